//! Leads from a file of comma-separated values.

use crate::dashboard::LeadStatus;
use crate::ids::LeadId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most rows of one file.
pub const MAX_IMPORT_ROWS: u32 = 1_000_000;
/// Most bytes of one file.
pub const MAX_IMPORT_BYTES: u64 = 200 * 1024 * 1024;
/// Most of the rows not taken that an answer names.
pub const MOST_REJECTED: usize = 1_000;
/// Most rows that an answer shows.
pub const MOST_PREVIEWED: usize = 20;

/// A field of a lead that a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LeadField {
    /// Their name.
    Name,
    /// Their phone number.
    Phone,
    /// Their company.
    Company,
    /// Their position.
    Position,
    /// Their site.
    Site,
    /// What they struggle with.
    Pain,
    /// Why they may be written to.
    Consent,
    /// In which time zone they are: an IANA name.
    TimeZone,
}

/// Which column holds which field: the column's name, as the file's first line has it, and the field.
pub type ImportMapping = BTreeMap<String, LeadField>;

/// Why a row is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RejectedCode {
    /// It has more or fewer columns than the first line: mostly a quote or a separator too many.
    Columns,
    /// It is longer than any row of leads, or of bytes that are no text.
    Unreadable,
    /// It has no name.
    NoName,
    /// A field is longer than is kept.
    TooLong,
    /// The phone number is none.
    BadPhone,
    /// An earlier row of the file has the same number.
    Duplicate,
    /// The number must not be written to.
    DoNotContact,
    /// Nothing says why this lead may be written to.
    NoConsent,
    /// The time zone is none that there is.
    BadTimeZone,
    /// It and all after it are more than one file may have.
    TooMany,
    /// The file ended, or broke off, in the middle of what the row begins.
    BrokenOff,
}

/// A row that is not taken. Never with what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ImportRejected {
    /// The line of the file on which it begins, from 1.
    pub line: u32,
    /// Why.
    pub code: RejectedCode,
    /// Why, in words for a person.
    pub message: String,
}

/// A row as it would be taken. Content: no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    /// The line of the file on which it begins, from 1.
    pub line: u32,
    /// The lead's id, if the number is known already.
    pub lead_id: Option<LeadId>,
    /// How they stand, if the number is known already.
    pub status: Option<LeadStatus>,
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
    /// Why they may be written to.
    pub consent: Option<String>,
    /// IANA name of their time zone.
    pub time_zone: Option<String>,
}

/// Answer to `POST /api/leads/import`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ImportAnswer {
    /// The id under which the audit names this import; none for a dry run.
    pub import_id: Option<String>,
    /// How many rows the file has, without its first line.
    pub rows: u32,
    /// How many leads are new.
    pub fresh: u32,
    /// How many numbers were known already; what those leads lacked was filled in.
    pub known: u32,
    /// The first rows that were not taken.
    pub rejected: Vec<ImportRejected>,
    /// How many were not taken.
    pub rejected_count: u32,
    /// The first rows that were taken.
    pub preview: Vec<ImportPreview>,
    /// The file's columns, as its first line names them.
    pub columns: Vec<String>,
    /// What the columns' names seem to say; used if no mapping is given.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, LeadField>))]
    pub guessed: ImportMapping,
    /// How the file's letters are written: `utf-8`, `windows-1252`, `utf-16le` or `utf-16be`.
    pub encoding: String,
    /// What stands between two columns.
    pub separator: String,
}
