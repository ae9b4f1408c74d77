//! What of the office whoever has the window may see: of others no name and no text of a lead.

use super::holder::Holder;
use crate::views::{GuardView, LockView, OfficeView, SdrView};
use hotdesk_protocol::ids::SdrId;
use std::collections::{BTreeMap, BTreeSet};

/// How the SDRs of this machine unlock.
pub(super) type Locks = BTreeMap<SdrId, LockView>;

/// The office as its holder sees it.
pub(super) fn seen(
    all: &OfficeView,
    holder: &Holder,
    locks: &Locks,
    strict: &BTreeSet<SdrId>,
) -> OfficeView {
    let sdrs = all.sdrs.iter().map(|sdr| {
        let seen = match holder {
            Holder::Sdr(id) if *id == sdr.id => SdrView {
                lock: LockView::Open,
                ..sdr.clone()
            },
            Holder::Sdr(_) | Holder::Manager(_) | Holder::Nobody => from_outside(sdr, locks),
        };
        SdrView {
            strict: strict.contains(&sdr.id),
            ..seen
        }
    });
    OfficeView {
        guard: match holder {
            Holder::Nobody => GuardView::Nobody,
            Holder::Sdr(sdr) => GuardView::Sdr {
                sdr: sdr.clone(),
                has_pin: locks.get(sdr) == Some(&LockView::Pin),
            },
            Holder::Manager(name) => GuardView::Manager { name: name.clone() },
        },
        sdrs: sdrs.collect(),
        ..all.clone()
    }
}

/// States and counts; every field is named, so that a new one is decided about here.
fn from_outside(sdr: &SdrView, locks: &Locks) -> SdrView {
    let mut seen = sdr.clone();
    let SdrView {
        id,
        name: _,
        email: _,
        phone: _,
        state: _,
        stale: _,
        signed_out,
        paused: _,
        page_open: _,
        queued: _,
        sent_today: _,
        review: _,
        problem: _,
        adapter: _,
        missing: _,
        elsewhere: _,
        assist,
        run: _,
        activity,
        lock,
        strict: _,
        sealed: _,
    } = &mut seen;
    *assist = None;
    activity.clear();
    *lock = match locks.get(id) {
        Some(LockView::Pin) if !*signed_out => LockView::Pin,
        Some(LockView::Pin | LockView::Password | LockView::Open) | None => LockView::Password,
    };
    seen
}
