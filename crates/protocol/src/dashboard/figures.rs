//! `GET /api/figures?days=&sdrId=`: what came of the messages of the last days. Days are the
//! office's, in its time zone.

use crate::ids::SdrId;
use crate::problem::ProblemCode;
use serde::{Deserialize, Serialize};

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// A line for each SDR and day on which anything left or failed; by day, then by SDR.
    pub days: Vec<DayFigures>,
    /// How far the messages came that were queued in these days.
    pub funnel: Funnel,
    /// Why messages failed in these days, the most frequent reason first.
    pub failures: Vec<FailureCount>,
}

/// What left on one day through one SDR's WhatsApp, and how far it has come since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DayFigures {
    /// `2026-11-29`.
    pub day: String,
    /// Whose.
    pub sdr_id: SdrId,
    /// Messages that left.
    pub sent: u32,
    /// Of these, on the lead's device.
    pub delivered: u32,
    /// Of these, read.
    pub read: u32,
    /// Of those that left, answered.
    pub replied: u32,
    /// Messages that failed on this day.
    pub failed: u32,
}

/// How far messages came. Each number is part of the one before, but for `replied`: a lead may answer
/// what was never seen as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    /// Queued.
    pub queued: u32,
    /// Left.
    pub sent: u32,
    /// On the lead's device.
    pub delivered: u32,
    /// Read.
    pub read: u32,
    /// Answered.
    pub replied: u32,
}

/// One reason of failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FailureCount {
    /// The reason.
    pub code: ProblemCode,
    /// How many messages.
    pub count: u32,
}
