//! `GET /api/sdr/whatsapp/status`: the session in the words of lk1.

use super::Whose;
use super::connect::{self, Connected, Connection, Done};
use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::DesktopId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The session in the words of lk1.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Always true.
    success: bool,
    /// Connected when it was told.
    connected: bool,
    /// The linked number, E.164.
    phone: Option<String>,
    /// Since when it is connected, ISO 8601 in UTC.
    connected_at: Option<String>,
    /// When it was last told, ISO 8601 in UTC.
    last_seen: Option<String>,
    /// Who holds the session.
    session_id: Option<DesktopId>,
}
use hotdesk_protocol::Problem;

/// Connected or not, which number, since when.
#[utoipa::path(
    get,
    operation_id = "get_sdr_whatsapp_status",
    path = "/api/sdr/whatsapp/status",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "The session", body = Status),
        (status = 404, description = "There is no such SDR", body = Problem),
        Lk1Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Status>, ApiError> {
    let seen = app.store.session(whose.seen_by(&caller)?).await?;
    Ok(Json(Status {
        success: true,
        connected: seen.session.connected,
        phone: seen.session.phone,
        connected_at: seen.session.connected_at_ms.and_then(iso),
        last_seen: seen.last_seen_ms.and_then(iso),
        session_id: seen.session.desktop_id,
    }))
}

/// As `PUT /api/sdr/whatsapp/connect`: the existing system's documents name both.
#[utoipa::path(
    put,
    operation_id = "put_sdr_whatsapp_status",
    path = "/api/sdr/whatsapp/status",
    tag = "lk1",
    params(Whose),
    request_body = Connection,
    responses(
        (status = 200, description = "It is kept", body = Connected),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "Another desktop is active", body = Problem),
        Lk1Refusals
    )
)]
pub async fn put(
    app: State<App>,
    caller: Caller,
    whose: Params<Whose>,
    told: Body<Connection>,
) -> Result<Json<Connected>, ApiError> {
    connect::put(app, caller, whose, told).await
}

/// As `DELETE /api/sdr/whatsapp/connect`: the existing system's documents name both.
#[utoipa::path(
    delete,
    operation_id = "delete_sdr_whatsapp_status",
    path = "/api/sdr/whatsapp/status",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "It is, or will be, disconnected", body = Done),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "The desktop is not heard", body = Problem),
        Lk1Refusals
    )
)]
pub async fn delete(
    app: State<App>,
    caller: Caller,
    whose: Params<Whose>,
) -> Result<Json<Done>, ApiError> {
    connect::delete(app, caller, whose).await
}

fn iso(at: UtcMs) -> Option<String> {
    Timestamp::from_millisecond(at.0)
        .ok()
        .map(|at| at.to_string())
}
