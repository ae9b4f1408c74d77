//! A row of the file, as a lead.

use super::columns::Columns;
use super::records::Record;
use crate::hours::is_zone;
use crate::phone::normalise;
use crate::store::NewLead;
use hotdesk_protocol::dashboard::{ImportRejected, LeadField, MAX_IMPORT_ROWS, RejectedCode};
use hotdesk_protocol::ids::LeadId;
use phonenumber::country::Id;

/// Longest field that is kept.
const MAX_FIELD_BYTES: usize = 500;

/// What is said of all rows.
pub struct Defaults {
    /// The country of numbers that do not name one.
    pub country: Id,
    /// Why leads may be written to that do not say so themselves.
    pub consent: Option<String>,
    /// Whether each lead must have a consent: not before it was asked for.
    pub consent_needed: bool,
}

/// The lead of a row.
pub fn lead(record: &Record, columns: &Columns, all: &Defaults) -> Result<NewLead, RejectedCode> {
    let field = |field| {
        let at = columns.at(field)?;
        record.fields.get(at).map(|text| tidy(text))
    };
    if record.fields.iter().any(|field| is_garbled(field)) {
        return Err(RejectedCode::Unreadable);
    }
    let name = field(LeadField::Name).unwrap_or_default();
    if name.is_empty() {
        return Err(RejectedCode::NoName);
    }
    let written = field(LeadField::Phone).unwrap_or_default();
    let phone = normalise(&written, all.country).ok_or(RejectedCode::BadPhone)?;
    let some = |name| field(name).filter(|text| !text.is_empty());
    let consent = some(LeadField::Consent).or_else(|| all.consent.clone());
    if consent.is_none() && all.consent_needed {
        return Err(RejectedCode::NoConsent);
    }
    let time_zone = some(LeadField::TimeZone);
    if time_zone.as_deref().is_some_and(|name| !is_zone(name)) {
        return Err(RejectedCode::BadTimeZone);
    }
    let lead = NewLead {
        id: LeadId(uuid::Uuid::now_v7().to_string()),
        name,
        phone,
        company: some(LeadField::Company),
        position: some(LeadField::Position),
        site: some(LeadField::Site),
        pain: some(LeadField::Pain),
        consent: consent.unwrap_or_default(),
        time_zone,
    };
    if is_too_long(&lead) {
        return Err(RejectedCode::TooLong);
    }
    Ok(lead)
}

fn is_too_long(lead: &NewLead) -> bool {
    let fields = [&lead.company, &lead.position, &lead.site, &lead.pain];
    let mut fields = fields
        .into_iter()
        .flatten()
        .chain([&lead.name, &lead.consent]);
    fields.any(|field| field.len() > MAX_FIELD_BYTES)
}

/// Without blanks around it, and in one line.
fn tidy(text: &str) -> String {
    let words = text.split(['\n', '\r', '\t']);
    let words: Vec<&str> = words.map(str::trim).filter(|it| !it.is_empty()).collect();
    words.join(" ")
}

/// Has letters that the file's bytes were not, or that no text has.
fn is_garbled(text: &str) -> bool {
    let garbled = |letter: char| {
        letter == '\u{fffd}' || (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
    };
    text.contains(garbled)
}

/// Why a row is not taken, in words.
pub fn rejected(line: u32, code: RejectedCode, earlier: Option<u32>) -> ImportRejected {
    let message = match code {
        RejectedCode::Columns => {
            "It has more or fewer columns than the first line. Mostly a quote is missing or one too many; close it and import the file again.".to_owned()
        }
        RejectedCode::Unreadable => {
            "It cannot be read as text: it is very long, or has bytes that are no letters. Save the file as CSV in UTF-8 and import it again.".to_owned()
        }
        RejectedCode::NoName => "It has no name. Write one and import the file again.".to_owned(),
        RejectedCode::TooLong => {
            format!("A field is longer than {MAX_FIELD_BYTES} bytes. Shorten it and import the file again.")
        }
        RejectedCode::BadPhone => {
            "The phone number is none that can be dialled. Write it with its area code, or with + and the country's code, and import the file again.".to_owned()
        }
        RejectedCode::Duplicate => earlier.map_or_else(
            || "An earlier line has the same phone number; that one was taken.".to_owned(),
            |first| format!("Line {first} has the same phone number; that one was taken."),
        ),
        RejectedCode::DoNotContact => {
            "The number is on the do-not-contact list and is not written to.".to_owned()
        }
        RejectedCode::NoConsent => {
            "Nothing says why this lead may be written to. Fill in the column, or give one reason for all.".to_owned()
        }
        RejectedCode::BadTimeZone => {
            "The time zone is not an IANA name such as America/Manaus. Correct it, or leave it empty to go by the number.".to_owned()
        }
        RejectedCode::TooMany => {
            format!("A file may have {MAX_IMPORT_ROWS} rows. From this line on nothing was taken; put the rest into another file.")
        }
        RejectedCode::BrokenOff => {
            "A quote is opened here that nothing closes. Close it and import the file again.".to_owned()
        }
    };
    ImportRejected {
        line,
        code,
        message,
    }
}
