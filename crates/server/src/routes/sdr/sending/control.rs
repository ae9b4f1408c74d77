//! `GET` and `POST /api/sdr/sending/control`: whether anything more is leased to an SDR. Unlike lk1's,
//! one SDR's start stops nobody else.

use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::problem::ApiError;
use crate::routes::audit;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::LiveKind;
use serde::Deserialize;
use serde_json::{Value, json};

/// What to do.
#[derive(Deserialize)]
pub struct Control {
    action: Action,
}

/// To stop and to pause are one here, as are to start and to resume.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Start,
    Stop,
    Pause,
    Resume,
}

/// Whether sending is stopped.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Value>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    Ok(Json(told(app.store.is_stopped(sdr).await?)))
}

/// Stops, or lets go on; repeatable. What is leased already is finished.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Body(Control { action }): Body<Control>,
) -> Result<Json<Value>, ApiError> {
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

fn told(stopped: bool) -> Value {
    json!({
        "success": true,
        "status": if stopped { "stopped" } else { "running" },
        "isRunning": !stopped,
    })
}
