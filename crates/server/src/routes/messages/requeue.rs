//! `POST /api/messages/{id}/requeue`.

use crate::app::App;
use crate::extract::Caller;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::MessageId;

/// Queues a message again that was given up before it was begun: 204, also when that was done before.
#[utoipa::path(
    post,
    operation_id = "post_messages_one_requeue",
    path = "/api/messages/{id}/requeue",
    tag = "Messages",
    params(("id" = MessageId, Path, description = "Which message")),
    responses(
        (status = 204, description = "It is queued again"),
        (status = 404, description = "There is none", body = Problem),
        (status = 409, description = "It was not given up", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (of, by) = (caller.own_sdr().cloned(), caller.id().clone());
    let sdr = app.store.requeue(MessageId(id), of, by, app.now()).await?;
    app.hints.wake(&sdr);
    Ok(StatusCode::NO_CONTENT)
}
