//! What a session has spent on being safe: waits for the disk, and calls of the queue.

use std::time::Duration;
use tokio::time::Instant;

/// Told when the session ends.
#[derive(Default)]
pub(crate) struct Spent {
    calls: u64,
    writes: u64,
    waited: Duration,
}

impl Spent {
    /// The queue is called.
    pub(crate) fn call(&mut self) {
        self.calls += 1;
    }

    /// A write that was waited for since then is on the disk, or was refused.
    pub(crate) fn write(&mut self, since: Instant) {
        self.writes += 1;
        self.waited += since.elapsed();
    }

    /// Into the log.
    pub(crate) fn tell(&self) {
        tracing::info!(
            queue.calls = self.calls,
            store.writes = self.writes,
            store.waited_ms = u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX),
            "The session ends"
        );
    }
}
