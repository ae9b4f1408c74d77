//! `GET /api/sdr/desktop[?sdrId=]`: where an SDR is active.

pub mod take_over;

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::ActiveDesktop;
use serde::Serialize;
use utoipa::ToSchema;

/// Where an SDR is active.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesktopAnswer {
    /// None while no desktop is heard.
    active_desktop: Option<ActiveDesktop>,
}

/// The SDR's active desktop.
#[utoipa::path(
    get,
    operation_id = "get_sdr_desktop",
    path = "/api/sdr/desktop",
    tag = "Desktops",
    params(Whose),
    responses(
        (status = 200, description = "Where they are active", body = DesktopAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<DesktopAnswer>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let active_desktop = app.store.active_desktop(sdr, app.now()).await?;
    Ok(Json(DesktopAnswer { active_desktop }))
}
