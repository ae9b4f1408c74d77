//! `POST /api/sender/mark-sent` and `POST /api/sender/mark-failed`: results in the words of lk1.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use crate::store::{Report, Reporter};
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

const MAX_ERROR_CHARS: usize = 500;

/// The message has left.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkSent {
    contact_id: MessageId,
    /// ISO 8601 in UTC with `Z`.
    sent_at: String,
}

/// The message failed for good.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkFailed {
    contact_id: MessageId,
    /// 1 to 500 characters.
    error: String,
}

/// Accepted at any hour: the message has left.
pub async fn sent(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<MarkSent>,
) -> Result<Json<Value>, ApiError> {
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

/// Changes nothing once a desktop has the message.
pub async fn failed(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<MarkFailed>,
) -> Result<Json<Value>, ApiError> {
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
) -> Result<Json<Value>, ApiError> {
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
    Ok(Json(json!({
        "success": true,
        "contactId": message_id,
        "status": status,
    })))
}
