//! Wakes waiting claims. A hint and no more: a claim that misses one finds the message at its next
//! look.

use hotdesk_protocol::ids::SdrId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// One bell per SDR.
#[derive(Default)]
pub struct Hints {
    bells: Mutex<HashMap<SdrId, Arc<Notify>>>,
}

impl Hints {
    /// The bell of an SDR. `enable` a `notified()` of it before looking, so that no ring is missed.
    pub fn bell(&self, sdr: &SdrId) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(sdr.clone()).or_default())
    }

    /// Something changed that may let this SDR claim.
    pub fn wake(&self, sdr: &SdrId) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(sdr) {
            bell.notify_waiters();
        }
    }

    /// Everyone may look again.
    pub fn wake_all(&self) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.values().for_each(|bell| bell.notify_waiters());
    }
}
