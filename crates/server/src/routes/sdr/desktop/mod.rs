//! `GET /api/sdr/desktop[?sdrId=]`: where an SDR is active.

pub mod take_over;

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::queue::ActiveDesktop;
use serde::Serialize;

/// Where an SDR is active.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DesktopAnswer {
    /// None while no desktop is heard.
    active_desktop: Option<ActiveDesktop>,
}

/// The SDR's active desktop.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<DesktopAnswer>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let active_desktop = app.store.active_desktop(sdr, app.now()).await?;
    Ok(Json(DesktopAnswer { active_desktop }))
}
