//! `GET /api/sdr/sending/queue`: an SDR's counts.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use crate::routes::sdr::whatsapp::Whose;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// An SDR's counts, in lk1's words.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendingCounts {
    /// Always true.
    success: bool,
    /// Messages that wait.
    pending: u32,
    /// Messages that left on the office's day.
    sent_today: u32,
    /// Messages that wait for a person's decision.
    review: u32,
    /// Not stopped.
    is_running: bool,
}
use hotdesk_protocol::Problem;

/// How many messages wait, left today, and need a person.
#[utoipa::path(
    get,
    operation_id = "get_sdr_sending_queue",
    path = "/api/sdr/sending/queue",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "The counts", body = SendingCounts),
        (status = 404, description = "There is no such SDR", body = Problem),
        Lk1Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<SendingCounts>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let stopped = app.store.is_stopped(sdr.clone()).await?;
    let counts = app.store.counts(sdr, app.now()).await?;
    Ok(Json(SendingCounts {
        success: true,
        pending: counts.queued,
        sent_today: counts.sent_today,
        review: counts.review,
        is_running: !stopped,
    }))
}
