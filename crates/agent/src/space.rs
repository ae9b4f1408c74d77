//! How much may still be written.

use std::path::Path;
use std::sync::Arc;

type Read = Arc<dyn Fn(&Path) -> Option<u64> + Send + Sync>;

/// The free space of a disk, measured anew each time.
#[derive(Clone)]
pub struct Space(Read);

impl Space {
    /// The computer's own.
    pub fn real() -> Self {
        Self::reading(|dir| fs4::available_space(dir).ok())
    }

    /// As a test says.
    pub fn reading(read: impl Fn(&Path) -> Option<u64> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// What this account may still write on the file system of `dir`; `None` where it does not say.
    pub(crate) fn free_bytes(&self, dir: &Path) -> Option<u64> {
        (self.0)(dir)
    }
}
