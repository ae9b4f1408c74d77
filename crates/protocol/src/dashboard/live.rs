//! `GET /api/live`: server-sent events that say what to read again. A hint and no more: a page that
//! misses one reads all again every 30 s. First comes `hello`.

use crate::ids::SdrId;
use serde::{Deserialize, Serialize};

/// The name of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LiveKind {
    /// An SDR's row.
    Sdr,
    /// An SDR's QR code.
    Qr,
    /// An SDR's messages.
    Queue,
}

impl LiveKind {
    /// The word for it on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sdr => "sdr",
            Self::Qr => "qr",
            Self::Queue => "queue",
        }
    }
}

/// The data of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LiveNews {
    /// Whose; null for everybody's.
    pub id: Option<SdrId>,
}
