//! What the sender reads of the machine it runs on: its clocks and its free space. A test brings
//! its own.

use crate::clock;
use hotdesk_engine::input::Now;
use std::path::Path;
use std::sync::Arc;

type ReadClock = Arc<dyn Fn() -> Now + Send + Sync>;
type ReadSpace = Arc<dyn Fn(&Path) -> Option<u64> + Send + Sync>;

/// The machine's clocks and free space.
#[derive(Clone)]
pub struct Machine {
    now: ReadClock,
    free_bytes: ReadSpace,
}

impl Machine {
    /// This machine.
    pub fn os() -> Self {
        Self {
            now: Arc::new(clock::now),
            free_bytes: Arc::new(|dir| fs4::available_space(dir).ok()),
        }
    }

    /// The same with other clocks.
    #[must_use]
    pub fn with_clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// The same with other free space.
    #[must_use]
    pub fn with_space(
        mut self,
        free_bytes: impl Fn(&Path) -> Option<u64> + Send + Sync + 'static,
    ) -> Self {
        self.free_bytes = Arc::new(free_bytes);
        self
    }

    /// Both clocks.
    pub(crate) fn now(&self) -> Now {
        (self.now)()
    }

    /// What this account may still write on the file system of `dir`; `None` where it does not say.
    pub(crate) fn free_bytes(&self, dir: &Path) -> Option<u64> {
        (self.free_bytes)(dir)
    }
}
