//! Numbers that must not be written to.

use crate::ids::SdrId;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// One number. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OptOutRow {
    /// E.164, with the plus.
    pub phone: String,
    /// Why.
    pub reason: Option<String>,
    /// Since when; 0 if nobody knows.
    pub at_ms: UtcMs,
    /// Under whose sign-in it was told.
    pub by: Option<SdrId>,
    /// Their name.
    pub by_name: Option<String>,
    /// `message`: an answer to a message said so. `number`: a person gave the number. None: the
    /// office's own list, or one of before this was kept.
    pub source: Option<String>,
}

/// Answer to `GET /api/opt-outs?search=&cursor=&limit=`: newest first.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OptOutsAnswer {
    /// A page of them.
    pub opt_outs: Vec<OptOutRow>,
    /// The `cursor` of the next page; none on the last.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u32,
}

/// `POST /api/opt-outs`, by a manager: the number is blocked for every SDR at once. Repeatable;
/// answered 200 with how many messages were withdrawn.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptOutRequest {
    /// E.164, with the plus.
    pub phone: String,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}
