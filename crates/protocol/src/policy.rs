//! How fast and how much an SDR may send; the server decides, the desktop obeys.

use serde::{Deserialize, Serialize};

/// Pacing and caps of one SDR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
