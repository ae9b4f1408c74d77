//! `/api/sdrs`: how each SDR stands.

use crate::ids::{DesktopId, SdrId};
use crate::problem::Problem;
use crate::queue::{LinkMethod, WishKind};
use crate::session::SessionState;
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// Answer to `GET /api/sdrs`: by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrsAnswer {
    /// Those the caller may see.
    pub sdrs: Vec<SdrRow>,
}

/// One SDR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrRow {
    /// Their id.
    pub id: SdrId,
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Their WhatsApp as their desktop last told it; none if no desktop ever did.
    pub session: Option<SdrSession>,
    /// Where they are active; none while no desktop is heard.
    pub active_desktop: Option<SdrDesktop>,
    /// Nothing more is begun: they paused on the desktop, or their sending is stopped here.
    pub paused: bool,
    /// Messages in the desktop's outbox whose end is not yet reported.
    pub in_flight: u32,
    /// The app's version on the desktop that told last.
    pub app_version: Option<String>,
    /// Their figures.
    pub counts: SdrCounts,
    /// A desktop of theirs was heard of in the last 90 s.
    pub online: bool,
    /// What a person wants of their WhatsApp and is not so yet.
    pub wish: Option<WishKind>,
}

/// An SDR's WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrSession {
    /// Where it stands.
    pub state: SessionState,
    /// Connected when it was told.
    pub connected: bool,
    /// The linked number, E.164.
    pub phone: Option<String>,
    /// Since when it is connected.
    pub connected_at_ms: Option<UtcMs>,
    /// Which adapter serves it.
    pub adapter_id: Option<String>,
    /// Which adapters are in force on its desktop: `built-in 1`, or the number of a pack.
    pub adapter_pack: Option<String>,
    /// Why it does not send.
    pub problem: Option<Problem>,
    /// When its desktop last told of it.
    pub last_seen_ms: UtcMs,
}

/// The desktop an SDR is active on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrDesktop {
    /// Which.
    pub desktop_id: DesktopId,
    /// What it calls itself.
    pub name: Option<String>,
    /// Since when.
    pub since_ms: UtcMs,
}

/// An SDR's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrCounts {
    /// Messages that wait.
    pub queued: u32,
    /// Messages that left on the office's day.
    pub sent_today: u32,
    /// Messages that wait for a person's decision.
    pub review: u32,
}

/// `POST /api/sdrs/{id}/whatsapp/connect`: the SDR's desktop is to show a code to link with; 202, or
/// 409 while none is heard, or where this would end a link there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LinkRequest {
    /// How.
    pub method: LinkMethod,
    /// The phone to link, for a pairing code, which cannot be without; E.164, with the plus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
