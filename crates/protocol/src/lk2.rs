//! Dialect lk2: one queue behind one service token, without SDRs, leases, or begin.

use crate::ids::MessageId;
use crate::lk1::Entry;
use serde::{Deserialize, Serialize};

/// Answer to `GET /api/sender/queue?limit=`.
#[derive(Clone, Debug, Deserialize)]
pub struct Queue {
    /// How to send.
    pub config: Config,
    /// What waits.
    pub pending: Vec<Entry<Pending>>,
}

/// How to send. Numbers come as numbers or as texts.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Not before this time of the day: `9`, `09:00`.
    pub working_start: Option<Scalar>,
    /// And not from this time on.
    pub working_end: Option<Scalar>,
    /// Least time between two messages, seconds.
    pub delay_min_sec: Option<Scalar>,
    /// Most time between two messages, seconds.
    pub delay_max_sec: Option<Scalar>,
}

/// One waiting message.
#[derive(Clone, Debug, Deserialize)]
pub struct Pending {
    /// Its id.
    pub send_id: Scalar,
    /// Who it is for.
    #[serde(default)]
    pub lead_id: Option<Scalar>,
    /// As somebody typed it; often E.164.
    #[serde(default)]
    pub phone: Option<String>,
    /// The lead's name.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// The lead's company.
    #[serde(default)]
    pub business_name: Option<String>,
    /// The text.
    #[serde(default)]
    pub message_text: Option<String>,
}

/// `POST /api/sender/mark-sent`.
#[derive(Clone, Debug, Serialize)]
pub struct MarkSent {
    /// Which message.
    pub send_id: Scalar,
    /// ISO 8601 in UTC with `Z`.
    pub sent_at: String,
}

/// `POST /api/sender/mark-failed`.
#[derive(Clone, Debug, Serialize)]
pub struct MarkFailed {
    /// Which message.
    pub send_id: Scalar,
    /// Why.
    pub error_message: String,
}

/// `POST /api/sender/reply`. Content: this type has no `Debug`.
#[derive(Clone, Serialize)]
pub struct Reply {
    /// The message that was answered.
    pub send_id: Scalar,
    /// What the lead wrote.
    pub reply_text: String,
    /// ISO 8601 in UTC with `Z`.
    pub reply_at: String,
}

/// A number or a text, given back in the kind it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `5`
    Number(u64),
    /// `"5"`
    Text(String),
}

impl From<&Scalar> for MessageId {
    /// Texts that would read as a number are put in quotes, so that the way back is certain.
    fn from(scalar: &Scalar) -> Self {
        Self(match scalar {
            Scalar::Number(number) => number.to_string(),
            Scalar::Text(text) if text.starts_with('"') || text.parse::<u64>().is_ok() => {
                format!("\"{text}\"")
            }
            Scalar::Text(text) => text.clone(),
        })
    }
}

impl From<&MessageId> for Scalar {
    fn from(id: &MessageId) -> Self {
        let text = id.as_str();
        let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        match (quoted, text.parse::<u64>()) {
            (Some(inner), _) => Self::Text(inner.to_owned()),
            (None, Ok(number)) => Self::Number(number),
            (None, Err(_)) => Self::Text(text.to_owned()),
        }
    }
}
