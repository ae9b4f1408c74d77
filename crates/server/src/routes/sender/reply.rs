//! `POST /api/sender/reply`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_protocol::queue::ReplyRequest;

/// Keeps what a lead answered, once per inbound message.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ReplyRequest>,
) -> Result<StatusCode, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    if request.text.len() > MAX_TEXT_BYTES {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            ProblemCode::BadText,
            format!("The text is longer than {MAX_TEXT_BYTES} bytes."),
        ));
    }
    app.store.reply(request, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
