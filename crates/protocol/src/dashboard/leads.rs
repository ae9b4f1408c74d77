//! Leads: the list, one lead's thread, and whose they are.

use crate::file::Attachment;
use crate::ids::{LeadId, MessageId, SdrId, WaMessageId};
use crate::problem::Problem;
use crate::session::MessageState;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// As `sdrId` of a filter: leads that are nobody's. As its `consent`: leads without one.
pub const NOBODY: &str = "none";
/// Most leads named one by one in an [`AssignRequest`].
pub const MOST_ASSIGNED: usize = 10_000;
/// Most of the leads skipped that an [`AssignAnswer`] names.
pub const MOST_SKIPPED: usize = 1_000;

/// How a lead stands: by their newest message that was not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LeadStatus {
    /// Has no message.
    New,
    /// It waits, or is on its way.
    Queued,
    /// It left; it may have been delivered and read.
    Sent,
    /// It was answered.
    Replied,
    /// It failed or was given up.
    Failed,
    /// The number must not be written to, whatever became of its messages.
    OptedOut,
    /// A person must decide about it.
    Review,
}

/// By what leads are sorted. Names and companies: without regard to case and accents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LeadSort {
    /// Their name.
    Name,
    /// Their company; those without one come first.
    Company,
    /// When they were added.
    #[default]
    CreatedAt,
    /// Their newest message; those without one come first.
    LastMessageAt,
    /// How they stand, each status by itself.
    Status,
}

/// One lead of a list. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LeadRow {
    /// Their id.
    pub id: LeadId,
    /// Their name.
    pub name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// Their company.
    pub company: Option<String>,
    /// Their position.
    pub position: Option<String>,
    /// Their site.
    pub site: Option<String>,
    /// What they struggle with.
    pub pain: Option<String>,
    /// Why they may be written to; without it nothing is queued for them.
    pub consent: Option<String>,
    /// Whose they are.
    pub sdr_id: Option<SdrId>,
    /// How they stand.
    pub status: LeadStatus,
    /// When they were added; 0 if only the office knows.
    pub created_at_ms: UtcMs,
    /// When their newest message left, or was queued if it has not left.
    pub last_message_at_ms: Option<UtcMs>,
    /// How many messages they have, without those withdrawn.
    pub messages: u32,
    /// How many answers they gave.
    pub replies: u32,
    /// Their number must not be written to.
    pub opted_out: bool,
    /// IANA name of the time zone that is written down for them.
    pub time_zone: Option<String>,
    /// IANA names of the zones they may be in: the one that is written down, or those of their number.
    /// None where neither tells: the office's counts.
    pub zones: Vec<String>,
}

/// Which leads. Each field narrows it down.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeadsFilter {
    /// Part of the name or the company, without regard to case and accents, or of the phone number.
    #[serde(default)]
    pub search: Option<String>,
    /// Whose; [`NOBODY`] for those who are nobody's.
    #[serde(default)]
    pub sdr_id: Option<SdrId>,
    /// How they stand.
    #[serde(default)]
    pub status: Option<LeadStatus>,
    /// With exactly this consent; [`NOBODY`] for those without one.
    #[serde(default)]
    pub consent: Option<String>,
}

/// Answer to `GET /api/leads?search=&sdrId=&status=&consent=&sort=&desc=&cursor=&limit=`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LeadsAnswer {
    /// A page of them.
    pub leads: Vec<LeadRow>,
    /// The `cursor` of the next page; none on the last.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u32,
}

/// Answer to `GET /api/leads/{id}`: the lead's thread, oldest first. An SDR sees what is their own.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LeadAnswer {
    /// The lead.
    pub lead: LeadRow,
    /// Their messages, the newest [`crate::dashboard::MAX_ROWS`].
    pub messages: Vec<ThreadMessage>,
    /// What they answered to these.
    pub replies: Vec<LeadReply>,
}

/// One message of a thread. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ThreadMessage {
    /// Its id.
    pub message_id: MessageId,
    /// Through whose session.
    pub sdr_id: SdrId,
    /// What; empty once it was taken out.
    pub text: String,
    /// Its text was taken out, so many days after it left as the office says.
    pub text_gone: bool,
    /// The file it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Where it stands.
    pub state: MessageState,
    /// Why it failed or needs a review.
    pub problem: Option<Problem>,
    /// When it was queued.
    pub created_at_ms: UtcMs,
    /// When it left.
    pub sent_at_ms: Option<UtcMs>,
}

/// One answer of a lead. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LeadReply {
    /// The inbound message's id.
    pub wa_message_id: WaMessageId,
    /// Which message it answers.
    pub message_id: MessageId,
    /// What they wrote; empty once it was taken out.
    pub text: String,
    /// When, by the desktop's clock.
    pub at_ms: UtcMs,
}

/// Whose leads become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AssignTo {
    /// All this SDR's.
    SdrId(SdrId),
    /// The first one the first SDR's, and so on in turn.
    RoundRobin(Vec<SdrId>),
    /// Nobody's; always true.
    Nobody(bool),
}

/// `POST /api/leads/assign`, by a manager. One of `leadIds` and `filter`. What was assigned before is
/// assigned anew; the same call again changes nothing more.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignRequest {
    /// These, at most [`MOST_ASSIGNED`].
    #[serde(default)]
    pub lead_ids: Option<Vec<LeadId>>,
    /// All that these words match.
    #[serde(default, deserialize_with = "crate::object::or_null")]
    #[cfg_attr(feature = "specta", specta(type = Option<LeadsFilter>))]
    pub filter: Option<LeadsFilter>,
    /// Whose they become.
    pub to: AssignTo,
    /// How many leads the caller saw; if they are more or fewer now, nothing is done (409).
    #[serde(default)]
    pub expected: Option<u32>,
}

/// A lead that stays whose it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AssignSkipped {
    /// Which.
    pub lead_id: LeadId,
    /// Why, in words for a person.
    pub why: String,
}

/// Answer to [`AssignRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AssignAnswer {
    /// How many leads are now as the call says.
    pub assigned: u32,
    /// How many are not.
    pub skipped_count: u32,
    /// Which, at most [`MOST_SKIPPED`] of them.
    pub skipped: Vec<AssignSkipped>,
}
