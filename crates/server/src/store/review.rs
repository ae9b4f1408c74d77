//! What a person decides about a message whose fate no program can tell.

use super::Cause;
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId, WaMessageId};
use hotdesk_protocol::queue::WhatsappSession;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, UtcMs};
use serde::{Deserialize, Serialize};

/// What a person says after a look into the chat on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is in the chat: it was sent after all.
    Sent,
    /// It is not: send it as new, under a new WhatsApp id.
    Resend,
    /// It is not to be sent again, whether or not it has left.
    Cancel,
}

impl Verdict {
    /// How the log names it.
    pub fn cause(self) -> Cause {
        match self {
            Self::Sent => Cause::DecidedSent,
            Self::Resend => Cause::DecidedResend,
            Self::Cancel => Cause::DecidedCancel,
        }
    }
}

/// A person's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decide {
    /// About which message.
    pub message_id: MessageId,
    /// What it is.
    pub verdict: Verdict,
    /// The generation the person saw; makes a repeated call harmless however late it comes.
    pub generation: Option<u32>,
    /// The person has unlinked the device that began it, on the phone: any desktop may send it.
    pub unlinked: bool,
    /// Why, in their words.
    pub note: Option<String>,
    /// Only if it is that SDR's.
    pub of: Option<SdrId>,
    /// Who decides.
    pub by: SdrId,
}

/// Where a message stands after a decision, or after the one it repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// Whose it is.
    pub sdr_id: SdrId,
    /// Where it stands.
    pub state: MessageState,
    /// Which generation it is in.
    pub generation: u32,
    /// The only desktop that may send it.
    pub pinned_to: Option<DesktopId>,
}

/// A message that waits for a decision, with what is known of it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewItem {
    /// Its number in the queue, for paging.
    pub seq: i64,
    /// Its id.
    pub message_id: MessageId,
    /// Through whose session.
    pub sdr_id: SdrId,
    /// Their name.
    pub sdr_name: String,
    /// To whom.
    pub lead_id: LeadId,
    /// Their name.
    pub lead_name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// What.
    pub text: String,
    /// To be given back with the decision.
    pub generation: u32,
    /// How many leases it has had.
    pub attempts: u32,
    /// Since when it waits.
    pub since_ms: Option<UtcMs>,
    /// When the desktop said it begins, right before it hands a message to WhatsApp.
    pub begun_at_ms: Option<UtcMs>,
    /// The desktop that has or last had it.
    pub desktop_id: Option<DesktopId>,
    /// The profile it was begun in.
    pub profile_epoch: Option<ProfileEpoch>,
    /// The WhatsApp id it was to leave with.
    pub wa_message_id: WaMessageId,
    /// Why nobody can tell.
    pub problem: Option<Problem>,
    /// The SDR's session as last told.
    pub session: Option<WhatsappSession>,
    /// When that was.
    pub session_seen_at_ms: Option<UtcMs>,
}

impl ReviewItem {
    /// What is known, in plain sentences.
    pub fn facts(&self) -> Vec<String> {
        let mut facts = vec![match (&self.desktop_id, self.begun_at_ms) {
            (Some(desktop), Some(at)) => format!(
                "Desktop {desktop} began to send it at {}, right before it hands a message to WhatsApp.",
                iso(at)
            ),
            (Some(desktop), None) => {
                format!("Desktop {desktop} had it and did not say that it began to send it.")
            }
            (None, Some(_) | None) => "No desktop is known to have had it.".to_owned(),
        }];
        facts.push("No tick was reported since, so nobody knows that WhatsApp has it.".to_owned());
        facts.extend(self.problem.as_ref().map(|it| it.message.clone()));
        facts.push(match (&self.session, self.session_seen_at_ms) {
            (Some(session), Some(at)) => format!(
                "{}'s WhatsApp was last seen {} at {}, on desktop {}.",
                self.sdr_name,
                if session.connected {
                    "connected"
                } else {
                    "not connected"
                },
                iso(at),
                session
                    .desktop_id
                    .as_ref()
                    .map_or("unknown", DesktopId::as_str),
            ),
            (Some(_) | None, _) => {
                format!(
                    "{}'s WhatsApp was never seen by this server.",
                    self.sdr_name
                )
            }
        });
        facts
    }
}

fn iso(at: UtcMs) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}
