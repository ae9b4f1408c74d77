//! What each SDR's desktop said last, so that open dashboards are told of what is new and not of every
//! heartbeat. Of this process alone: at worst one is told too many.

use crate::store::Beat;
use crate::store::rules::SESSION_MS;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::WhatsappSession;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

struct Last {
    session: WhatsappSession,
    beat: Beat,
    at: UtcMs,
}

/// The last heartbeat of each SDR's active desktop.
#[derive(Default)]
pub struct Beats {
    last: Mutex<HashMap<SdrId, Last>>,
}

impl Beats {
    /// Whether this heartbeat says something new, or is the first after a silence.
    pub fn is_news(&self, session: WhatsappSession, beat: Beat, now: UtcMs) -> bool {
        // How far the blocked numbers are known is nobody's news.
        let beat = Beat {
            opt_outs_since: None,
            ..beat
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let id = session.sdr_id.clone();
        let same = last.get(&id).is_some_and(|last| {
            last.session == session && last.beat == beat && now.0 - last.at.0 < SESSION_MS
        });
        let at = now;
        last.insert(id, Last { session, beat, at });
        !same
    }
}
