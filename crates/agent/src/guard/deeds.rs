//! What of all that a window does goes into the audit, and as whose deed.

use super::holder::{Holder, LockCause};
use crate::agent::Order;
use crate::audit::Deed;
use crate::review::Decision;
use hotdesk_protocol::audit::{AuditAct, AuditActor};
use hotdesk_protocol::ids::{MessageId, SdrId};

/// What this holder did about that SDR's session.
pub(super) fn of(holder: &Holder, sdr: &SdrId, act: AuditAct) -> Deed {
    let (actor, who) = match holder {
        Holder::Nobody => (AuditActor::Nobody, None),
        Holder::Sdr(own) if own == sdr => (AuditActor::Sdr, None),
        Holder::Sdr(other) => (AuditActor::Sdr, Some(other.0.clone())),
        Holder::Manager(name) => (AuditActor::Manager, Some(name.clone())),
    };
    Deed {
        sdr: Some(sdr.clone()),
        actor,
        who,
        act,
        message: None,
        note: None,
    }
}

/// What this holder did with the window itself; none of nobody.
pub(super) fn of_window(holder: &Holder, act: AuditAct) -> Option<Deed> {
    match holder {
        Holder::Nobody => None,
        Holder::Sdr(sdr) => Some(of(holder, sdr, act)),
        Holder::Manager(name) => Some(Deed {
            sdr: None,
            actor: AuditActor::Manager,
            who: Some(name.clone()),
            act,
            message: None,
            note: None,
        }),
    }
}

/// How this holder's time at the window ended; none of nobody.
pub(super) fn of_lock(holder: &Holder, cause: LockCause) -> Option<Deed> {
    let (by_itself, note) = match cause {
        LockCause::Asked => (false, "asked"),
        LockCause::HandedOver => (false, "handed over"),
        LockCause::Idle => (true, "idle"),
        LockCause::System => (true, "system"),
        LockCause::Slept => (true, "slept"),
        LockCause::Gone => (true, "gone"),
    };
    let mut deed = of_window(holder, AuditAct::Locked)?;
    deed.note = Some(note);
    if by_itself {
        deed.actor = AuditActor::Hotdesk;
    }
    Some(deed)
}

/// What an order is in the audit; none of those that only look or load.
pub(super) fn of_order(holder: &Holder, sdr: &SdrId, order: Order) -> Option<Deed> {
    let act = match order {
        Order::Connect => AuditAct::Connected,
        Order::Disconnect => AuditAct::Disconnected,
        Order::Pause => AuditAct::Paused,
        Order::Resume => AuditAct::Resumed,
        Order::Unlink => AuditAct::Unlinked,
        Order::TakeOver => AuditAct::TookOver,
        Order::AssistSent => AuditAct::SentByHand,
        Order::Remove => AuditAct::Removed,
        Order::RefreshQr
        | Order::Reload
        | Order::UseHere
        | Order::Assist
        | Order::AssistNotSent
        | Order::AssistUnsure => return None,
    };
    Some(of(holder, sdr, act))
}

/// What a decision is in the audit.
pub(super) fn of_decision(sdr: &SdrId, message: MessageId, decision: Decision) -> Deed {
    let (act, note) = match decision {
        Decision::Arrived => (AuditAct::DecidedSent, None),
        Decision::SendAsNew => (AuditAct::DecidedResend, None),
        Decision::SendAsNewUnlinked => (AuditAct::DecidedResend, Some("unlinked")),
        Decision::DoNotSend => (AuditAct::DecidedCancel, None),
    };
    Deed {
        message: Some(message),
        note,
        ..of(&Holder::Sdr(sdr.clone()), sdr, act)
    }
}
