//! `POST /api/sender/reply`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::opt_out_words::is_opt_out;
use crate::problem::ApiError;
use crate::store::OptOutOf;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_protocol::queue::ReplyRequest;
use hotdesk_protocol::{Problem, ProblemCode};

/// As the list of numbers says it; what they wrote is beside their message.
const REASON: &str = "asked for no more in a reply";

/// Keeps what a lead answered, once per inbound message. One who asks for no more gets no more, from any
/// SDR, whether or not their desktop noticed; the call is answered only when that is so, and until then
/// the desktop repeats it.
#[utoipa::path(
    post,
    operation_id = "post_sender_reply",
    path = "/api/sender/reply",
    tag = "Desktops",
    request_body = ReplyRequest,
    responses(
        (status = 204, description = "It is kept"),
        (status = 404, description = "There is no such message", body = Problem),
        Refusals
    )
)]
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
    let (message, by) = (request.message_id.clone(), request.sdr_id.clone());
    let is_opt_out = is_opt_out(&request.text);
    app.store.reply(request, app.now()).await?;
    if is_opt_out {
        let (of, reason) = (OptOutOf::Message(message), REASON.to_owned());
        app.store.opt_out(of, by, reason, app.now()).await?;
        // Every desktop keeps the list.
        app.hints.wake_all();
    }
    Ok(StatusCode::NO_CONTENT)
}
