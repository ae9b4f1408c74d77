//! What decides about a message, and the decisions themselves: the same in both stores, which read the
//! row and write what was decided.

use super::rules::Standing as Stands;
use super::{Cause, Refusal, Report, Reporter};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId, WaMessageId};
use hotdesk_protocol::queue::{BeginRequest, RenewRequest};
use hotdesk_protocol::session::MessageState;

/// A call's end: a refusal is no error of the database and takes nothing back.
pub(super) type Outcome<T> = Result<T, Refusal>;

/// What of a row of `messages` decides about it.
pub(super) struct Standing {
    pub(super) id: MessageId,
    pub(super) sdr_id: SdrId,
    pub(super) phone: String,
    pub(super) state: MessageState,
    pub(super) expired_leases: u32,
    pub(super) lease_token: Option<String>,
    /// Who has it, or had it last.
    pub(super) lease_desktop: Option<DesktopId>,
    pub(super) lease_until: UtcMs,
    pub(super) profile_epoch: Option<String>,
    pub(super) generation: u32,
    /// The only desktop that may take it while it is queued.
    pub(super) pinned_to: Option<DesktopId>,
    pub(super) begun_at: Option<UtcMs>,
    pub(super) created_at: UtcMs,
    /// The zones its lead may be in.
    pub(super) zone_key: String,
}

/// Its columns.
pub(super) const STANDING: &str = "id, sdr_id, phone, state, expired_leases, lease_token, \
     lease_desktop, lease_until_ms, profile_epoch, begun_at_ms, created_at_ms, generation, \
     pinned_to, zone_key";

/// Who moved a message.
#[derive(Clone, Copy, Default)]
pub(super) struct Mover<'a> {
    pub(super) desktop: Option<&'a DesktopId>,
    pub(super) person: Option<&'a SdrId>,
    pub(super) reported_at: Option<UtcMs>,
    pub(super) wa_message_id: Option<&'a WaMessageId>,
    pub(super) note: Option<&'a str>,
}

impl<'a> Mover<'a> {
    /// A desktop.
    pub(super) fn desktop(desktop: &'a DesktopId) -> Self {
        Self {
            desktop: Some(desktop),
            ..Self::default()
        }
    }
}

/// What a begin does.
pub(super) enum Beginning {
    /// It begins.
    Begins,
    /// It was begun before, by the same desktop through the same profile.
    Again,
    /// Its number was blocked after it was leased: it is withdrawn.
    Blocked,
    /// The hours ended after it was leased: it goes back into the queue.
    OutOfHours,
    /// It went back because of the hours, and they have not begun again.
    StillOutOfHours,
    /// Nobody can tell whether it left: a person decides, and is told these words.
    InDoubt {
        words: &'static str,
        cause: Cause,
        refusal: Refusal,
    },
    /// It is not this desktop's to begin.
    Fenced,
}

impl Standing {
    /// What was found, if it is this SDR's or anybody may have it.
    pub(super) fn of(found: Option<Self>, sdr: Option<&SdrId>) -> Outcome<Self> {
        match found {
            None => Err(Refusal::NoSuchMessage),
            Some(found) if sdr.is_some_and(|sdr| *sdr != found.sdr_id) => Err(Refusal::NotYours),
            Some(found) => Ok(found),
        }
    }

    /// The lease this proves is the one in force, whether or not it has run out.
    fn held_by(&self, desktop: &DesktopId, token: &str) -> bool {
        self.lease_desktop.as_ref() == Some(desktop) && self.lease_token.as_deref() == Some(token)
    }

    /// Compare-and-set. A begun message may be begun again by its desktop under its last token, even
    /// after the lease: nobody else can have it. Through another profile it may not: there "not in the
    /// page" would not prove "not sent", so a person decides. `blocked`: its number is. `closed`: no message
    /// may begin to its lead now; one that has begun in time goes on.
    pub(super) fn begin(
        &self,
        begin: &BeginRequest,
        blocked: bool,
        closed: bool,
        now: UtcMs,
    ) -> Beginning {
        let held = self.held_by(&begin.desktop_id, begin.lease_token.as_str());
        match self.state {
            MessageState::Leased if held && self.lease_until > now => {
                if blocked {
                    Beginning::Blocked
                } else if closed {
                    Beginning::OutOfHours
                } else {
                    Beginning::Begins
                }
            }
            MessageState::Queued if closed && self.is_with(&begin.desktop_id) => {
                Beginning::StillOutOfHours
            }
            MessageState::Begun if held && blocked => Beginning::InDoubt {
                words: "The lead opted out while it was being sent, and nobody can tell whether it left. It is not sent again.",
                cause: Cause::OptedOut,
                refusal: Refusal::Cancelled,
            },
            MessageState::Begun if held => {
                if self.profile_epoch.as_deref() == Some(begin.profile_epoch.as_str()) {
                    Beginning::Again
                } else {
                    Beginning::InDoubt {
                        words: "It was begun in one WhatsApp profile and then again in another, so nobody can tell whether it left. Look into the chat on the phone, then decide.",
                        cause: Cause::ProfileChanged,
                        refusal: Refusal::Fenced,
                    }
                }
            }
            MessageState::Leased
            | MessageState::Begun
            | MessageState::Queued
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Cancelled
            | MessageState::Review => Beginning::Fenced,
        }
    }

    /// Whether its lease is this one and may be prolonged.
    pub(super) fn may_be_renewed(&self, renew: &RenewRequest, now: UtcMs) -> bool {
        let alive = match self.state {
            MessageState::Leased => self.lease_until > now,
            MessageState::Begun => true,
            MessageState::Queued
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Cancelled
            | MessageState::Review => false,
        };
        alive && self.held_by(&renew.desktop_id, renew.lease_token.as_str())
    }

    /// Whether it goes back into the queue. Where nothing is to be given back nothing changes, so that
    /// a repeated call is harmless; only a begun message is refused.
    pub(super) fn release(&self, release: &RenewRequest) -> Outcome<bool> {
        match self.state {
            MessageState::Leased => {
                Ok(self.held_by(&release.desktop_id, release.lease_token.as_str()))
            }
            MessageState::Begun => Err(Refusal::Fenced),
            MessageState::Queued
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Cancelled
            | MessageState::Review => Ok(false),
        }
    }

    /// Whether that desktop has it, or had it last.
    pub(super) fn is_with(&self, desktop: &DesktopId) -> bool {
        self.lease_desktop.as_ref() == Some(desktop)
    }

    /// How the reporter of a result stands to it. `ever_held`: the desktop had it once.
    pub(super) fn reporter(&self, by: &Reporter, ever_held: bool) -> Outcome<Stands> {
        match by {
            Reporter::Desktop(desktop) if self.is_with(desktop) => Ok(Stands::Holder),
            Reporter::Desktop(_) if ever_held => Ok(Stands::Former),
            Reporter::Desktop(_) => Err(Refusal::NeverHeld),
            Reporter::Lk1 => Ok(match self.state {
                MessageState::Queued => Stands::Holder,
                MessageState::Leased
                | MessageState::Begun
                | MessageState::Sent
                | MessageState::Delivered
                | MessageState::Read
                | MessageState::Failed
                | MessageState::Dead
                | MessageState::Cancelled
                | MessageState::Review => Stands::Former,
            }),
        }
    }

    /// When it left by this report, which is never before its begin nor in the future; none if it does
    /// not say that it left.
    pub(super) fn left_at(&self, report: &Report, to: MessageState, now: UtcMs) -> Option<UtcMs> {
        let left = matches!(
            to,
            MessageState::Sent | MessageState::Delivered | MessageState::Read
        );
        let earliest = self.begun_at.unwrap_or(self.created_at).min(now);
        left.then(|| report.at_ms.clamp(earliest, now))
    }
}

/// Where a message goes that is leased: one that was begun stays so.
pub(super) fn leased_from(from: MessageState) -> MessageState {
    match from {
        MessageState::Begun => MessageState::Begun,
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Cancelled
        | MessageState::Review => MessageState::Leased,
    }
}
