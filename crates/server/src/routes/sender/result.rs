//! `POST /api/sender/result`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::{Report, Reporter};
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{ResultAnswer, ResultRequest};
use hotdesk_protocol::session::MessageState;

/// Takes what became of a message, at any hour, any number of times.
#[utoipa::path(
    post,
    operation_id = "post_sender_result",
    path = "/api/sender/result",
    tag = "Desktops",
    request_body = ResultRequest,
    responses(
        (status = 200, description = "Where it stands", body = ResultAnswer),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "The desktop never held it", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<ResultRequest>,
) -> Result<Json<ResultAnswer>, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    match request.state {
        MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Review => {}
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Begun
        | MessageState::Dead
        | MessageState::Cancelled => {
            return Err(ApiError::bad_request(
                "A result is sent, delivered, read, failed or review.",
            ));
        }
    }
    let sdr = request.sdr_id.clone();
    let report = Report {
        sdr_id: request.sdr_id,
        by: Reporter::Desktop(request.desktop_id),
        message_id: request.message_id,
        state: request.state,
        at_ms: request.at_ms,
        wa_message_id: request.wa_message_id,
        chat_id: request.chat_id,
        problem: request.problem,
    };
    let state = app.store.report(report, app.now()).await?;
    app.hints.wake(&sdr);
    Ok(Json(ResultAnswer { state }))
}
