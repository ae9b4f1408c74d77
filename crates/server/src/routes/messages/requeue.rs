//! `POST /api/messages/{id}/requeue`.

use crate::app::App;
use crate::extract::Caller;
use crate::problem::ApiError;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::ids::MessageId;

/// Queues a message again that was given up before it was begun: 204, also when that was done before.
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
