//! How fast, how much and when an SDR may send; the server decides, the desktop obeys.

use serde::{Deserialize, Serialize};

/// Pacing and caps of one SDR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Least time between two submits of one SDR.
    pub gap_ms: u32,
    /// Most messages a day for one SDR.
    pub daily_messages: u32,
    /// After this long at ack 0 the SDR stops and an alarm is shown.
    pub ack_stuck_ms: u32,
}

impl Default for Policy {
    /// The defaults of the design: 45 s apart, 60 a day, alarm after 120 s.
    fn default() -> Self {
        Self {
            gap_ms: 45_000,
            daily_messages: 60,
            ack_stuck_ms: 120_000,
        }
    }
}

/// How many messages may begin besides what [`Policy`] says; what is beyond waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Caps {
    /// Most leads a day to whom one SDR writes as the first of the office; none for any number.
    pub new_leads: Option<u32>,
    /// Most messages to a lead since their last reply, by whoever; none for any number.
    pub unanswered: Option<u32>,
}

impl Default for Caps {
    /// The design's: 20 new leads a day, 2 unanswered messages to a lead.
    fn default() -> Self {
        Self {
            new_leads: Some(20),
            unanswered: Some(2),
        }
    }
}

impl Caps {
    /// For rehearsals.
    pub const NONE: Self = Self {
        new_leads: None,
        unanswered: None,
    };
}

/// What the first message to a lead must say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstMessage {
    /// It names the SDR and the office, and a word that ends it. Not so if nobody says otherwise.
    pub required: bool,
}

/// When messages may begin. A message waits until it is within the hours wherever its lead may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Hours {
    /// At any hour: for rehearsals.
    Always,
    /// The same hours on some days of each week.
    Weekly(WeeklyHours),
}

impl Default for Hours {
    /// The design's: 09:00-18:00 from Monday to Friday, no holidays.
    fn default() -> Self {
        Self::Weekly(WeeklyHours {
            days: vec![
                Weekday::Mon,
                Weekday::Tue,
                Weekday::Wed,
                Weekday::Thu,
                Weekday::Fri,
            ],
            from_min: 9 * 60,
            to_min: 18 * 60,
            holidays: Vec::new(),
        })
    }
}

/// Hours by the lead's own clock and calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WeeklyHours {
    /// On which days.
    pub days: Vec<Weekday>,
    /// From so many minutes past midnight, 0..=1439.
    pub from_min: u16,
    /// Until before so many minutes past midnight, more than `from_min`, at most 1440.
    pub to_min: u16,
    /// Not on these days, for all leads alike: `2026-12-25`.
    pub holidays: Vec<String>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}
