//! The one snapshot the window shows, and who may change what in it.

use crate::views::{AdaptersView, OfficeView, SdrView};
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::SdrId;
use std::sync::Arc;
use tokio::sync::watch;

/// Writes the snapshot; each runner its own SDR's part.
#[derive(Clone)]
pub(crate) struct Office {
    view: Arc<watch::Sender<OfficeView>>,
}

impl Office {
    pub(crate) fn new(view: OfficeView) -> Self {
        Self {
            view: Arc::new(watch::Sender::new(view)),
        }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<OfficeView> {
        self.view.subscribe()
    }

    /// Replace one SDR's part, or add it at the end.
    pub(crate) fn show(&self, sdr: SdrView) {
        self.view.send_if_modified(|office| {
            match office.sdrs.iter_mut().find(|known| known.id == sdr.id) {
                Some(known) if *known == sdr => return false,
                Some(known) => *known = sdr,
                None => office.sdrs.push(sdr),
            }
            true
        });
    }

    /// Whether the SDR's sign-in has ended.
    pub(crate) fn is_signed_out(&self, sdr: &SdrId) -> bool {
        let office = self.view.borrow();
        let mut sdrs = office.sdrs.iter();
        sdrs.any(|known| known.id == *sdr && known.signed_out)
    }

    /// The SDR is no longer on this machine.
    pub(crate) fn forget(&self, sdr: &SdrId) {
        self.view.send_if_modified(|office| {
            let before = office.sdrs.len();
            office.sdrs.retain(|known| known.id != *sdr);
            office.sdrs.len() != before
        });
    }

    /// Which adapters are in force.
    pub(crate) fn adapters(&self, adapters: AdaptersView) {
        self.view.send_if_modified(|office| {
            if office.adapters == adapters {
                return false;
            }
            office.adapters = adapters;
            true
        });
    }

    /// The server answered, or did not.
    pub(crate) fn server(&self, problem: Option<&Problem>) {
        self.view.send_if_modified(|office| {
            if office.server.problem.as_ref() == problem {
                return false;
            }
            office.server.problem = problem.cloned();
            true
        });
    }
}
