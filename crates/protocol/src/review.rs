//! The review: messages whose fate no program can tell, and what a person decides about them.

use crate::file::Attachment;
use crate::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId, WaMessageId};
use crate::problem::Problem;
use crate::queue::WhatsappSession;
use crate::session::MessageState;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// Answer to `GET /api/review?sdrId=&after=&limit=`: oldest first.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewAnswer {
    /// What waits for a person.
    pub messages: Vec<ShownReview>,
    /// What to give as `after` for the next page; none on the last.
    pub next: Option<i64>,
}

/// A message with what is known of it, as data and in sentences.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShownReview {
    /// As data.
    #[serde(flatten)]
    pub item: ReviewItem,
    /// In plain sentences.
    #[serde(default)]
    pub facts: Vec<String>,
}

/// A message that waits for a decision, with what is known of it. Holds content: has no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What; the caption where there is a file.
    pub text: String,
    /// The file it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
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

/// What a person says after a look into the chat on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is in the chat: it was sent after all.
    Sent,
    /// It is not: send it as new, under a new WhatsApp id.
    Resend,
    /// It is not to be sent again, whether or not it has left.
    Cancel,
}

/// `POST /api/messages/{id}/decision`: done once; repeated it is answered alike, another decision
/// afterwards is 409. Answer: [`DecisionAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionRequest {
    /// What is decided.
    pub decision: Verdict,
    /// As shown in the review; makes the call harmless to repeat at any later time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
    /// With `resend`: the device that began it has been unlinked on the phone.
    #[serde(default)]
    pub unlinked: bool,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a message stands after a decision, or after the one it repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DecisionAnswer {
    /// Whose it is.
    pub sdr_id: SdrId,
    /// Where it stands.
    pub state: MessageState,
    /// Which generation it is in.
    pub generation: u32,
    /// The only desktop that may send it.
    pub pinned_to: Option<DesktopId>,
}
