//! Dialect lk1: the queue API of a lead system that offices already run. It has no lease and no
//! begin. Errors are `{error, details}`. Hotdesk's own server answers these calls as well, see
//! [`crate::queue::QueueContact`].

use crate::ids::MessageId;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// Answer to `GET /api/sender/queue?sdrId=&limit=`: that SDR's pending contacts, oldest first.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// What waits; empty outside of the working hours.
    pub contacts: Vec<Entry<Contact>>,
    /// How many wait in all.
    #[serde(default)]
    pub total: Option<u32>,
    /// Why nothing is offered: `Queue blocked: …`.
    #[serde(default)]
    pub message: Option<String>,
}

/// One entry of a list. What cannot be read spoils only itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Entry<T> {
    /// As agreed.
    Known(T),
    /// Something else.
    Strange(IgnoredAny),
}

/// One pending contact.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Its id, a UUID.
    pub contact_id: MessageId,
    /// As somebody typed it; often E.164.
    #[serde(default)]
    pub phone: Option<String>,
    /// The lead's name.
    #[serde(default)]
    pub nome: Option<String>,
    /// The lead's company.
    #[serde(default)]
    pub empresa: Option<String>,
    /// The text; null where nobody wrote one.
    #[serde(default)]
    pub message: Option<String>,
}

/// `POST /api/sender/mark-sent`. 403 outside of the working hours, although the message has left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkSent {
    /// Which contact.
    pub contact_id: MessageId,
    /// ISO 8601 in UTC with `Z`; an offset is refused.
    pub sent_at: String,
}

/// `POST /api/sender/mark-failed`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkFailed {
    /// Which contact.
    pub contact_id: MessageId,
    /// 1 to 500 characters.
    pub error: String,
}

/// Answer to [`MarkSent`] and [`MarkFailed`].
#[derive(Clone, Debug, Deserialize)]
pub struct Marked {
    /// Whether it was taken.
    pub success: bool,
}

/// Answer to `GET /api/sdr/whatsapp/status`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Whoever holds the session says that it is connected.
    #[serde(default)]
    pub connected: bool,
    /// The linked number.
    #[serde(default)]
    pub phone: Option<String>,
    /// When it was last told, ISO 8601.
    #[serde(default)]
    pub last_seen: Option<String>,
    /// Who holds the session. Without `connected` it may be a wish of the web page: please link.
    #[serde(default)]
    pub session_id: Option<String>,
}

/// `PUT /api/sdr/whatsapp/connect`; `DELETE` of the same path clears it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The linked number.
    pub phone: Option<String>,
    /// Connected right now.
    pub connected: bool,
    /// Who says so.
    pub session_id: String,
}
