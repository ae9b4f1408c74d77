//! `POST /api/sender/heartbeat`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::session;
use crate::store::Beat;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::queue::{HeartbeatAnswer, HeartbeatRequest};

const MOST_LETTERS: usize = 64;

/// As much of a desktop's words about itself as is kept.
pub fn shown(words: &str) -> String {
    words.chars().take(MOST_LETTERS).collect()
}

/// Keeps how the desktop and its session stand.
#[utoipa::path(
    post,
    operation_id = "post_sender_heartbeat",
    path = "/api/sender/heartbeat",
    tag = "Desktops",
    request_body = HeartbeatRequest,
    responses(
        (status = 200, description = "How the SDR stands", body = HeartbeatAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<HeartbeatRequest>,
) -> Result<Json<HeartbeatAnswer>, ApiError> {
    let desktop = request.session.desktop_id.clone();
    let beat = Beat {
        paused: request.paused,
        in_flight: request.in_flight,
        app_version: shown(&request.app_version),
        desktop_name: request.desktop_name.as_deref().map(shown),
        opt_outs_since: request.opt_outs_since,
    };
    session::check(&app, &caller, &request.session)?;
    let (sdr, session) = (request.session.sdr_id.clone(), request.session.clone());
    let beaten = app
        .store
        .beat(request.session, beat.clone(), app.now())
        .await?;
    let active = beaten.active.as_ref().map(|active| &active.desktop_id);
    if active == session.desktop_id.as_ref() && app.beats.is_news(session, beat, app.now()) {
        app.hints.tell(LiveKind::Sdr, &sdr);
    }
    Ok(Json(HeartbeatAnswer {
        queued: beaten.counts.queued,
        sent_today: beaten.counts.sent_today,
        review: Some(beaten.counts.review),
        active: desktop.map(|desktop| {
            beaten
                .active
                .as_ref()
                .is_some_and(|active| active.desktop_id == desktop)
        }),
        active_desktop: beaten.active,
        opt_outs: beaten.opt_outs,
        wish: beaten.wish,
    }))
}
