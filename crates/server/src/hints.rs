//! Wakes waiting claims and open dashboards. A hint and no more: a claim that misses one finds the
//! message at its next look, and a dashboard reads all again every 30 s.

use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::ids::SdrId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Notify, broadcast, mpsc};

/// A dashboard that is so far behind reads everything again.
const MOST_BEHIND: usize = 256;

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What; of [`LiveKind::Queue`] claims hear as well.
    pub kind: LiveKind,
    /// Whose; none for everybody's.
    pub sdr: Option<SdrId>,
}

/// One bell per SDR, and one channel for all dashboards.
pub struct Hints {
    bells: Mutex<HashMap<SdrId, Arc<Notify>>>,
    live: broadcast::Sender<Hint>,
    /// Where other server processes are told of it, if there may be others.
    others: OnceLock<mpsc::UnboundedSender<Hint>>,
}

impl Default for Hints {
    fn default() -> Self {
        Self {
            bells: Mutex::default(),
            live: broadcast::Sender::new(MOST_BEHIND),
            others: OnceLock::new(),
        }
    }
}

impl Hints {
    /// The bell of an SDR. `enable` a `notified()` of it before looking, so that no ring is missed.
    pub fn bell(&self, sdr: &SdrId) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(sdr.clone()).or_default())
    }

    /// All that changes from now on, for a dashboard.
    pub fn live(&self) -> broadcast::Receiver<Hint> {
        self.live.subscribe()
    }

    /// Something changed that may let this SDR claim.
    pub fn wake(&self, sdr: &SdrId) {
        self.tell(LiveKind::Queue, sdr);
    }

    /// Everyone may look again.
    pub fn wake_all(&self) {
        self.tell_all(Hint {
            kind: LiveKind::Queue,
            sdr: None,
        });
    }

    /// Something of this SDR changed.
    pub fn tell(&self, kind: LiveKind, sdr: &SdrId) {
        self.tell_all(Hint {
            kind,
            sdr: Some(sdr.clone()),
        });
    }

    /// Wakes every waiting claim of this process.
    pub(crate) fn ring_all(&self) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.values().for_each(|bell| bell.notify_waiters());
    }

    /// A hint for this process alone.
    pub(crate) fn here(&self, hint: Hint) {
        match (hint.kind, &hint.sdr) {
            (LiveKind::Queue, Some(sdr)) => {
                let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(bell) = bells.get(sdr) {
                    bell.notify_waiters();
                }
            }
            (LiveKind::Queue, None) => self.ring_all(),
            (LiveKind::Sdr | LiveKind::Qr, _) => {}
        }
        // No dashboard may be open.
        let _ = self.live.send(hint);
    }

    /// What other processes are to be told from now on. Asked for once; a second one hears nothing.
    pub(crate) fn relay(&self) -> mpsc::UnboundedReceiver<Hint> {
        let (tell, told) = mpsc::unbounded_channel();
        let _ = self.others.set(tell);
        told
    }

    fn tell_all(&self, hint: Hint) {
        if let Some(others) = self.others.get() {
            let _ = others.send(hint.clone());
        }
        self.here(hint);
    }
}
