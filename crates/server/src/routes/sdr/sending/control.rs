//! `GET` and `POST /api/sdr/sending/control`: whether anything more is leased to an SDR. Unlike lk1's,
//! one SDR's start stops nobody else.

use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use crate::routes::audit;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::LiveKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to do.
#[derive(Deserialize, ToSchema)]
pub struct Control {
    action: Action,
}

/// To stop and to pause are one here, as are to start and to resume.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    Start,
    Stop,
    Pause,
    Resume,
}

/// Whether an SDR sends, in lk1's words.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendingStatus {
    /// Always true.
    success: bool,
    /// `running` or `stopped`.
    status: &'static str,
    /// The same once more.
    is_running: bool,
}

/// Whether sending is stopped.
#[utoipa::path(
    get,
    operation_id = "get_sdr_sending_control",
    path = "/api/sdr/sending/control",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "Whether it goes on", body = SendingStatus),
        (status = 404, description = "There is no such SDR", body = Problem),
        Lk1Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<SendingStatus>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    Ok(Json(told(app.store.is_stopped(sdr).await?)))
}

/// Stops, or lets go on; repeatable. What is leased already is finished.
#[utoipa::path(
    post,
    operation_id = "post_sdr_sending_control",
    path = "/api/sdr/sending/control",
    tag = "lk1",
    params(Whose),
    request_body = Control,
    responses(
        (status = 200, description = "Whether it goes on now", body = SendingStatus),
        (status = 404, description = "There is no such SDR", body = Problem),
        Lk1Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Body(Control { action }): Body<Control>,
) -> Result<Json<SendingStatus>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let (stopped, act) = match action {
        Action::Stop | Action::Pause => (true, AuditAct::Paused),
        Action::Start | Action::Resume => (false, AuditAct::Resumed),
    };
    let stop = app.store.stop_sending(sdr.clone(), stopped, app.now());
    stop.await?;
    app.hints.wake(&sdr);
    app.hints.tell(LiveKind::Sdr, &sdr);
    audit::note(&app, &caller, act, sdr, None).await?;
    Ok(Json(told(stopped)))
}

fn told(stopped: bool) -> SendingStatus {
    SendingStatus {
        success: true,
        status: if stopped { "stopped" } else { "running" },
        is_running: !stopped,
    }
}
