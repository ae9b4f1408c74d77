//! How long to wait after a failure: what the server's `Retry-After` says, else doubling from 0.5 s to
//! 60 s (after a no: to 15 min), with jitter.

use crate::input::Millis;
use crate::rng::Rng;

const FIRST_MS: u64 = 500;
const MOST_MS: u64 = 60_000;
const REFUSED_MOST_MS: u64 = 15 * 60_000;

/// One thing that is tried again until it works.
#[derive(Clone, Default)]
pub(crate) struct Backoff {
    failures: u32,
    not_before: Millis,
}

impl Backoff {
    /// When the next try may be made.
    pub(crate) fn not_before(&self) -> Millis {
        self.not_before
    }

    pub(crate) fn failed(&mut self, now: Millis, retry_after_ms: u64, rng: &mut Rng) {
        self.wait(now, MOST_MS, retry_after_ms, rng);
    }

    /// The server said no and may say so for days: it is asked ever more seldom.
    pub(crate) fn refused(&mut self, now: Millis, rng: &mut Rng) {
        self.wait(now, REFUSED_MOST_MS, 0, rng);
    }

    fn wait(&mut self, now: Millis, most_ms: u64, retry_after_ms: u64, rng: &mut Rng) {
        let span = (FIRST_MS << self.failures.min(11)).min(most_ms);
        self.failures = self.failures.saturating_add(1);
        let wait = match retry_after_ms {
            0 => rng.jitter(span),
            asked => rng.just_after(asked),
        };
        self.not_before = now.after(wait);
    }

    /// It worked, or a person asked for a try right now.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}
