//! Waiting for a condition, the only way these tests wait.

use std::time::{Duration, Instant};

/// Asks every 100 ms until there is an answer; none after `seconds`.
pub async fn within<T>(seconds: u64, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let limit = Instant::now() + Duration::from_secs(seconds);
    let mut pulse = tokio::time::interval(Duration::from_millis(100));
    while Instant::now() < limit {
        pulse.tick().await;
        if let Some(answer) = ask().await {
            return Some(answer);
        }
    }
    None
}

/// [`within`]; panics with `what` when there was no answer.
pub async fn until_within<T>(seconds: u64, what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    match within(seconds, ask).await {
        Some(answer) => answer,
        None => panic!("not within {seconds} s: {what}"),
    }
}

/// [`until_within`] a minute: enough for any step on a busy machine.
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(60, what, ask).await
}
