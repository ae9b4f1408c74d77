//! What a person decides about a message whose fate no program can tell.

use super::Cause;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
pub use hotdesk_protocol::review::{DecisionAnswer, ReviewItem, Verdict};

/// How the log names a verdict.
pub fn cause(verdict: Verdict) -> Cause {
    match verdict {
        Verdict::Sent => Cause::DecidedSent,
        Verdict::Resend => Cause::DecidedResend,
        Verdict::Cancel => Cause::DecidedCancel,
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

impl Decide {
    /// What the log keeps beside it.
    pub(super) fn log_note(&self) -> Option<String> {
        match (self.verdict, self.unlinked) {
            (Verdict::Resend, true) => {
                let word = "the old device was unlinked on the phone";
                let note = self.note.as_ref();
                Some(note.map_or_else(|| word.to_owned(), |note| format!("{word}; {note}")))
            }
            (Verdict::Resend | Verdict::Sent | Verdict::Cancel, _) => self.note.clone(),
        }
    }
}

/// What is known, in plain sentences.
pub fn facts(item: &ReviewItem) -> Vec<String> {
    let mut facts = vec![match (&item.desktop_id, item.begun_at_ms) {
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
    facts.extend(item.problem.as_ref().map(|it| it.message.clone()));
    facts.push(match (&item.session, item.session_seen_at_ms) {
        (Some(session), Some(at)) => format!(
            "{}'s WhatsApp was last seen {} at {}, on desktop {}.",
            item.sdr_name,
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
                item.sdr_name
            )
        }
    });
    facts
}

fn iso(at: UtcMs) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}
