//! Campaigns: one text with variables for many leads, or for one, at once or at a time.

use super::LeadsFilter;
use crate::ids::{CampaignId, LeadId, SdrId};
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// Most leads of one campaign.
pub const MOST_CAMPAIGN_LEADS: usize = 20_000;
/// Most texts that a preview shows.
pub const MOST_PREVIEWED_TEXTS: u32 = 20;

/// To whom, at most [`MOST_CAMPAIGN_LEADS`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Recipients {
    /// These.
    LeadIds(Vec<LeadId>),
    /// All that these words match.
    Filter(
        #[serde(deserialize_with = "crate::object::only")]
        #[cfg_attr(feature = "specta", specta(type = LeadsFilter))]
        LeadsFilter,
    ),
}

/// Through whose sessions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(untagged)]
pub enum Senders {
    /// `"owners"`: each lead's own SDR; leads that are nobody's are skipped.
    Owners(Owners),
    /// These in turn over the leads that are nobody's; a lead that is somebody's stays with them.
    Turn(Vec<SdrId>),
}

/// The word for each lead's own SDR.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Owners {
    /// `"owners"`.
    Owners,
}

/// Why a lead gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// They are nobody's, or of an SDR who sends no more.
    Nobody,
    /// Their number must not be written to.
    OptedOut,
    /// No consent is recorded for them, or they are no longer there.
    NoConsent,
    /// A variable has no value for them, and the text says nothing instead.
    MissingVariable,
    /// The text is too long for one message.
    TooLong,
    /// The first message to them would not name the SDR, the office, or a word that ends it.
    NotNamed,
}

/// Leads that get nothing for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct SkippedLeads {
    /// Why.
    pub reason: SkipReason,
    /// How many.
    pub leads: u32,
}

/// `POST /api/campaigns/preview`, by a manager: what a campaign would be; changes nothing.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignPreviewRequest {
    /// With its variables.
    pub text: String,
    /// To whom.
    pub to: Recipients,
    /// Through whose sessions.
    pub sdrs: Senders,
    /// How many texts to show, 1 to [`MOST_PREVIEWED_TEXTS`]; 5 if nothing is said.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Answer to [`CampaignPreviewRequest`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CampaignPreview {
    /// What is wrong with the text, in words; if anything is, the rest is empty.
    pub problems: Vec<String>,
    /// The variables in it, each once.
    pub variables: Vec<String>,
    /// How many leads there are.
    pub total: u32,
    /// How many of them would get it.
    pub will_get: u32,
    /// Why the others would not.
    pub skipped: Vec<SkippedLeads>,
    /// Which values are missing, of those [`SkipReason::MissingVariable`] counts; each lead under the first
    /// in the text.
    pub missing: Vec<MissingValue>,
    /// The text of the first few.
    pub previews: Vec<PreviewedText>,
    /// How many of those who would get it were never written to.
    pub first_messages: u32,
}

/// A variable that has no value for some leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MissingValue {
    /// Its name, as it is written in the text.
    pub variable: String,
    /// For how many.
    pub leads: u32,
}

/// What one lead would get. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewedText {
    /// Who.
    pub lead_id: LeadId,
    /// Their name.
    pub lead_name: String,
    /// Through whose session; none if they are nobody's.
    pub sdr_id: Option<SdrId>,
    /// What; empty where it cannot be told.
    pub text: String,
    /// Why they would get nothing.
    pub skipped: Option<SkipReason>,
    /// The variable they have no value for, where that is why.
    pub missing: Option<String>,
}

/// `POST /api/campaigns`, by a manager. The same again under the same id is made once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CampaignRequest {
    /// Chosen by the caller to make a repeated call harmless.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// 1 to 100 characters.
    pub name: String,
    /// With its variables.
    pub text: String,
    /// To whom.
    pub to: Recipients,
    /// Through whose sessions.
    pub sdrs: Senders,
    /// When it begins; at once if that is past or nothing is said.
    #[serde(default)]
    pub starts_at_ms: Option<UtcMs>,
    /// How many leads the caller saw; if they are more or fewer now, nothing is made (409).
    #[serde(default)]
    pub expected: Option<u32>,
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// It has not begun.
    Scheduled,
    /// Some of its messages have not left.
    Running,
    /// Nothing of it waits any more.
    Done,
    /// A person withdrew what had not left.
    Cancelled,
}

/// How its recipients stand; together they are all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CampaignCounts {
    /// Their message is not in the queue yet.
    pub waiting: u32,
    /// It is in the queue or on its way.
    pub queued: u32,
    /// It left.
    pub sent: u32,
    /// It was delivered.
    pub delivered: u32,
    /// It was read.
    pub read: u32,
    /// It failed or was given up.
    pub failed: u32,
    /// A person must decide about it.
    pub review: u32,
    /// It was withdrawn.
    pub cancelled: u32,
    /// They get nothing.
    pub skipped: u32,
}

/// A campaign. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// With its variables as written.
    pub text: String,
    /// Where it stands.
    pub state: CampaignState,
    /// When it was made.
    pub created_at_ms: UtcMs,
    /// By whom, their name.
    pub created_by: String,
    /// When it begins or began.
    pub starts_at_ms: UtcMs,
    /// How many recipients it has.
    pub total: u32,
    /// How they stand.
    pub counts: CampaignCounts,
    /// How many answered to its message.
    pub replied: u32,
    /// Why some get nothing.
    pub skipped: Vec<SkippedLeads>,
}

/// Answer to `GET /api/campaigns?cursor=&limit=`: newest first.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CampaignsAnswer {
    /// A page of them.
    pub campaigns: Vec<Campaign>,
    /// The `cursor` of the next page; none on the last.
    pub next: Option<String>,
}
