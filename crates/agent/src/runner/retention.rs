//! Names, texts and kept answers stay for some days after the end of a message.

use super::Runner;
use crate::pages::Pages;
use hotdesk_protocol::UtcMs;

const EVERY_MS: u64 = 24 * 3_600_000;

impl<P: Pages> Runner<P> {
    /// At the start and once a day. What cannot be forgotten now is tried again the next day.
    pub(super) async fn purge(&mut self) {
        let now = self.clock.now();
        if now.boot < self.purge_at {
            return;
        }
        self.purge_at = now.boot.after(EVERY_MS);
        let kept_ms = i64::try_from(self.shared.retention_ms).unwrap_or(i64::MAX);
        let before = UtcMs(now.utc.0.saturating_sub(kept_ms));
        self.journal.purge(before);
        if let Err(error) = self.shared.store.purge(&self.sdr, before).await {
            tracing::warn!(problem.code = ?error.code(), %error, "What ended long ago could not be forgotten");
        }
    }
}
