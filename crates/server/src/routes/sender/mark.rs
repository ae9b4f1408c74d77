//! `POST /api/sender/mark-sent` and `POST /api/sender/mark-failed`: results in the words of lk1.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use crate::store::{Report, Reporter};
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MAX_ERROR_CHARS: usize = 500;

/// Where a message stands, in lk1's words.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Marked {
    /// Always true.
    success: bool,
    /// Which.
    contact_id: MessageId,
    /// `pending`, `sent` or `failed`.
    status: &'static str,
}

/// The message has left.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkSent {
    contact_id: MessageId,
    /// ISO 8601 in UTC with `Z`.
    sent_at: String,
}

/// The message failed for good.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkFailed {
    contact_id: MessageId,
    /// 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    error: String,
}

/// Takes that a message was sent, from an lk1 client, at any hour: it has left.
#[utoipa::path(
    post,
    operation_id = "post_sender_mark_sent",
    path = "/api/sender/mark-sent",
    tag = "lk1",
    request_body = MarkSent,
    responses(
        (status = 200, description = "Where it stands", body = Marked),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "It was never theirs to send", body = Problem),
        Lk1Refusals
    )
)]
pub async fn sent(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<MarkSent>,
) -> Result<Json<Marked>, ApiError> {
    let at = request
        .sent_at
        .ends_with('Z')
        .then(|| request.sent_at.parse::<Timestamp>().ok())
        .flatten()
        .ok_or_else(|| ApiError::bad_request("sentAt is ISO 8601 in UTC and ends in Z."))?;
    let (id, state, at) = (
        request.contact_id,
        MessageState::Sent,
        UtcMs(at.as_millisecond()),
    );
    take(&app, &caller, id, state, at, None).await
}

/// Takes that a message failed, from an lk1 client; changes nothing once a desktop has it.
#[utoipa::path(
    post,
    operation_id = "post_sender_mark_failed",
    path = "/api/sender/mark-failed",
    tag = "lk1",
    request_body = MarkFailed,
    responses(
        (status = 200, description = "Where it stands", body = Marked),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "It was never theirs to send", body = Problem),
        Lk1Refusals
    )
)]
pub async fn failed(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<MarkFailed>,
) -> Result<Json<Marked>, ApiError> {
    if !(1..=MAX_ERROR_CHARS).contains(&request.error.chars().count()) {
        return Err(ApiError::bad_request(format!(
            "error has 1 to {MAX_ERROR_CHARS} characters."
        )));
    }
    let problem = Problem::new(ProblemCode::Unknown, request.error);
    let (id, state) = (request.contact_id, MessageState::Failed);
    take(&app, &caller, id, state, app.now(), Some(problem)).await
}

async fn take(
    app: &App,
    caller: &Caller,
    message_id: MessageId,
    state: MessageState,
    at_ms: UtcMs,
    problem: Option<Problem>,
) -> Result<Json<Marked>, ApiError> {
    let sdr_id = caller
        .own_sdr()
        .ok_or_else(|| ApiError::forbidden("Only an SDR reports what became of a message."))?;
    let report = Report {
        sdr_id: sdr_id.clone(),
        by: Reporter::Lk1,
        message_id: message_id.clone(),
        state,
        at_ms,
        wa_message_id: None,
        chat_id: None,
        problem,
    };
    let now = app.store.report(report, app.now()).await?;
    app.hints.wake(sdr_id);
    let status = match now {
        MessageState::Sent | MessageState::Delivered | MessageState::Read => "sent",
        MessageState::Failed | MessageState::Dead | MessageState::Cancelled => "failed",
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Begun
        | MessageState::Review => "pending",
    };
    Ok(Json(Marked {
        success: true,
        contact_id: message_id,
        status,
    }))
}
