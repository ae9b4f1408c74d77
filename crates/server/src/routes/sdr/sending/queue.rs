//! `GET /api/sdr/sending/queue`: an SDR's counts.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// How many messages wait, left today, and need a person.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Value>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let stopped = app.store.is_stopped(sdr.clone()).await?;
    let counts = app.store.counts(sdr, app.now()).await?;
    Ok(Json(json!({
        "success": true,
        "pending": counts.queued,
        "sentToday": counts.sent_today,
        "review": counts.review,
        "isRunning": !stopped,
    })))
}
