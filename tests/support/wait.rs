//! Waiting for a condition, the only way these tests wait.

use std::time::{Duration, Instant};

/// Asks every 100 ms until there is an answer; panics with `what` after `seconds`.
pub async fn until_within<T>(
    seconds: u64,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let limit = Instant::now() + Duration::from_secs(seconds);
    let mut pulse = tokio::time::interval(Duration::from_millis(100));
    loop {
        pulse.tick().await;
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < limit, "not within {seconds} s: {what}");
    }
}

/// [`until_within`] a minute: enough for any step on a busy machine.
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(60, what, ask).await
}
