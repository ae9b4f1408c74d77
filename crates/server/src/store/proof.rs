//! The log of a message as a chain: every event carries the hash of the one before, so that no event
//! can be changed, taken out or put between without every later hash being wrong.
//!
//! Whoever can rewrite the whole data file can rewrite a whole chain as well. Against that stands a
//! head that was noted elsewhere: an export of an earlier day, or [`Proof::ends_in`].

use super::{Event, state_name};
use hotdesk_protocol::ids::{MessageId, TenantId};
use hotdesk_protocol::session::MessageState;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;
use utoipa::ToSchema;

/// Names the canonical form that is hashed; another form has another name.
pub const FORM: &str = "hotdesk-log/1";

/// SHA-256 of an event and, through it, of all before it. Hex on the wire.
#[derive(Clone, Copy, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
pub struct LogHash(pub [u8; 32]);

impl LogHash {
    /// What the first event of a log follows.
    pub const START: Self = Self([0; 32]);

    /// The hash of 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for LogHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for LogHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for LogHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a hash has 64 hex digits"))
    }
}

/// The hash an event must carry: SHA-256 over a JSON array without spaces of [`FORM`], the hash
/// before, the message's id, and every field in the order of [`Event`], null where there is none.
pub fn event_hash(message: &MessageId, event: &Event) -> LogHash {
    let form = json!([
        FORM,
        event.previous,
        message,
        event.seq,
        event.at_ms,
        event.from,
        event.to,
        event.cause,
        event.generation,
        event.desktop_id,
        event.person_id,
        event.reported_at_ms,
        event.wa_message_id,
        event.note,
    ]);
    LogHash(Sha256::digest(form.to_string()).into())
}

/// A message's log, to be kept and checked without the server. It has no content and no number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    /// [`FORM`].
    pub form: String,
    /// The office.
    pub tenant: TenantId,
    /// Whose log.
    pub message_id: MessageId,
    /// Where the message stands.
    pub state: MessageState,
    /// The hash of the last event.
    pub head: LogHash,
    /// Every step, oldest first.
    pub events: Vec<Event>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It is hashed in a way this version does not know.
    #[error("it is in the form {0:?}, which this version cannot check")]
    OtherForm(String),
    /// There are no events.
    #[error("it has no events")]
    Empty,
    /// A row holds what the server never writes.
    #[error("an event cannot be read")]
    Unreadable,
    /// A field is not what it was.
    #[error("event {0} was changed: its fields do not give the hash it carries")]
    Changed(i64),
    /// The chain is broken here.
    #[error("event {0} does not follow the one before it: one is missing, added or out of place")]
    Gap(i64),
    /// The end is missing.
    #[error(
        "its last event is not the noted head: events are missing at its end, or were replaced"
    )]
    Head,
    /// The message was moved without an event.
    #[error("it ends at {}, but the message stands at {}", state_name(*.log), state_name(*.message))]
    State {
        /// Where the log ends.
        log: MessageState,
        /// Where the message stands.
        message: MessageState,
    },
    /// The events are there and their message is not.
    #[error("its message is missing")]
    NoMessage,
}

impl Proof {
    /// Checks every hash, that each event follows the one before, and the end.
    pub fn check(&self) -> Result<(), Flaw> {
        if self.form != FORM {
            return Err(Flaw::OtherForm(self.form.clone()));
        }
        let (mut previous, mut at) = (LogHash::START, None);
        for event in &self.events {
            if event.hash != event_hash(&self.message_id, event) {
                return Err(Flaw::Changed(event.seq));
            }
            if event.previous != previous || event.from != at {
                return Err(Flaw::Gap(event.seq));
            }
            (previous, at) = (event.hash, Some(event.to));
        }
        let log = at.ok_or(Flaw::Empty)?;
        if self.head != previous {
            return Err(Flaw::Head);
        }
        if log != self.state {
            let message = self.state;
            return Err(Flaw::State { log, message });
        }
        Ok(())
    }

    /// As [`Proof::check`], and a head noted earlier is one of its events'.
    pub fn ends_in(&self, noted: LogHash) -> Result<(), Flaw> {
        self.check()?;
        let known = self.events.iter().any(|event| event.hash == noted);
        if known { Ok(()) } else { Err(Flaw::Head) }
    }
}

/// A log that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLog {
    /// Whose.
    pub message_id: MessageId,
    /// The first thing wrong with it.
    pub flaw: Flaw,
}

/// What a check of every log found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogCheck {
    /// Logs checked.
    pub messages: u64,
    /// Events that were written once and are not there.
    pub missing: u64,
    /// Logs that do not hold.
    pub broken: Vec<BrokenLog>,
}

impl LogCheck {
    /// Nothing is wrong.
    pub fn holds(&self) -> bool {
        self.missing == 0 && self.broken.is_empty()
    }
}
