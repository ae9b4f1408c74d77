//! Tells a slow reader the newest state: not every one, but always the last.

use std::time::Duration;
use tokio::sync::watch;

/// Tells each newest state, with a gap after it, until nobody makes new ones. A state whose `urgent`
/// part differs from that of the one told last waits for no gap.
pub async fn tell_paced<T: Clone, K: PartialEq>(
    mut states: watch::Receiver<T>,
    gap: Duration,
    urgent: impl Fn(&T) -> K,
    mut tell: impl FnMut(T),
) {
    while states.changed().await.is_ok() {
        let state = states.borrow_and_update().clone();
        let told = urgent(&state);
        tell(state);
        // On a receiver of its own: what is looked at in the gap is still to be told after it.
        let mut ahead = states.clone();
        let differs = ahead.wait_for(|state| urgent(state) != told);
        let _ = tokio::time::timeout(gap, differs).await;
    }
}

#[cfg(test)]
mod tests {
    use super::tell_paced;
    use std::time::Duration;
    use tokio::sync::{mpsc, watch};

    type Told = mpsc::UnboundedReceiver<(u8, bool)>;

    fn telling(gap: Duration) -> (watch::Sender<(u8, bool)>, Told) {
        let (states, following) = watch::channel((0, false));
        let (tell, told) = mpsc::unbounded_channel();
        tokio::spawn(tell_paced(
            following,
            gap,
            |(_, locked)| *locked,
            move |state| tell.send(state).expect("somebody listens"),
        ));
        (states, told)
    }

    async fn next(told: &mut Told) -> (u8, bool) {
        let next = tokio::time::timeout(Duration::from_secs(30), told.recv());
        next.await.expect("told in time").expect("still telling")
    }

    #[tokio::test]
    async fn the_last_of_a_burst_is_told_after_the_gap_though_nothing_follows_it() {
        let (states, mut told) = telling(Duration::from_millis(50));
        states.send_replace((1, false));
        assert_eq!(next(&mut told).await, (1, false), "the first at once");
        states.send_replace((2, false));
        tokio::task::yield_now().await;
        states.send_replace((3, false));
        assert_eq!(next(&mut told).await, (3, false), "the last of the burst");
    }

    #[tokio::test]
    async fn a_lock_waits_for_no_gap() {
        let (states, mut told) = telling(Duration::from_secs(3_600));
        states.send_replace((1, false));
        next(&mut told).await;
        states.send_replace((2, true));
        assert_eq!(next(&mut told).await, (2, true));
    }
}
