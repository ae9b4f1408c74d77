//! `POST /api/sender/release`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::RenewRequest;

/// Gives a message back that was not begun; repeatable.
#[utoipa::path(
    post,
    operation_id = "post_sender_release",
    path = "/api/sender/release",
    tag = "Desktops",
    request_body = RenewRequest,
    responses(
        (status = 204, description = "It is in the queue"),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "It is begun", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<RenewRequest>,
) -> Result<StatusCode, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    let sdr = request.sdr_id.clone();
    app.store.release(request, app.now()).await?;
    app.hints.wake(&sdr);
    Ok(StatusCode::NO_CONTENT)
}
