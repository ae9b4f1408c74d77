//! Who has the window, and since when nobody has touched it. Pure: time is told.

use crate::agent::Order;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};

/// Who may see and do what in the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    /// It is locked: names, states and counts.
    #[default]
    Nobody,
    /// This SDR: their own session.
    Sdr(SdrId),
    /// A manager of this name: states and counts, no page and no text of anybody.
    Manager(String),
}

impl Holder {
    /// In a word, for the log, which holds no name.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Sdr(_) => "sdr",
            Self::Manager(_) => "manager",
        }
    }
}

/// Why the window was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockCause {
    /// A person asked for it.
    Asked,
    /// Somebody else unlocked their own session.
    HandedOver,
    /// Nobody had touched it for too long.
    Idle,
    /// The operating system's session was locked.
    System,
    /// The computer had slept.
    Slept,
    /// The SDR is signed out, or no longer on this machine.
    Gone,
}

/// The window's holder and the time of the last touch.
#[derive(Default)]
pub(super) struct Hold {
    holder: Holder,
    /// The holder has just shown the password, and may choose a PIN.
    by_password: bool,
    touched: Millis,
}

impl Hold {
    pub(super) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Whoever had it before.
    pub(super) fn take(&mut self, holder: Holder, by_password: bool, now: Millis) -> Holder {
        self.by_password = by_password;
        self.touched = now;
        std::mem::replace(&mut self.holder, holder)
    }

    /// Whoever had it.
    pub(super) fn lock(&mut self) -> Holder {
        self.by_password = false;
        std::mem::take(&mut self.holder)
    }

    /// A touch counts only while somebody has the window: it unlocks nothing.
    pub(super) fn touch(&mut self, now: Millis) {
        self.touched = self.touched.max(now);
    }

    pub(super) fn is_idle(&self, now: Millis, most_ms: u64) -> bool {
        self.holder != Holder::Nobody && now.since(self.touched) >= most_ms
    }

    /// Whether this SDR's page and texts may be on the screen.
    pub(super) fn may_see(&self, sdr: &SdrId) -> bool {
        matches!(&self.holder, Holder::Sdr(holder) if holder == sdr)
    }

    /// Whether the holder may change their PIN without the one before.
    pub(super) fn may_choose_pin(&self) -> bool {
        self.by_password
    }

    pub(super) fn pin_chosen(&mut self) {
        self.by_password = false;
    }

    /// Anybody may pause, for nothing is easier to take back; a manager may also resume and remove.
    pub(super) fn may(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        let manager = matches!(self.holder, Holder::Manager(_));
        let allowed = match order {
            Order::Pause => true,
            Order::Resume | Order::Remove => manager || self.may_see(sdr),
            Order::Connect
            | Order::Disconnect
            | Order::Unlink
            | Order::RefreshQr
            | Order::Reload
            | Order::UseHere
            | Order::TakeOver
            | Order::Assist
            | Order::AssistSent
            | Order::AssistNotSent
            | Order::AssistUnsure => self.may_see(sdr),
        };
        if allowed { Ok(()) } else { Err(locked()) }
    }
}

/// What is said where only the SDR themselves may see or do something.
pub(super) fn locked() -> Problem {
    Problem::new(
        ProblemCode::Locked,
        "This is locked. Nothing was changed, and sending goes on. Unlock this SDR first.",
    )
}
