//! `POST /api/sender/heartbeat`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::session;
use crate::store::Beat;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::queue::{HeartbeatAnswer, HeartbeatRequest};

/// Keeps how the desktop and its session stand.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<HeartbeatRequest>,
) -> Result<Json<HeartbeatAnswer>, ApiError> {
    let sdr = request.session.sdr_id.clone();
    let beat = Beat {
        paused: request.paused,
        in_flight: request.in_flight,
        app_version: request.app_version.chars().take(64).collect(),
    };
    session::keep(&app, &caller, request.session, Some(beat)).await?;
    let counts = app.store.counts(sdr, app.now()).await?;
    Ok(Json(HeartbeatAnswer {
        queued: counts.queued,
        sent_today: counts.sent_today,
    }))
}
