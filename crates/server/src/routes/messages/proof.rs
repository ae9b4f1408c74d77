//! `GET /api/messages/{id}/proof`.

use crate::app::App;
use crate::extract::Caller;
use crate::problem::ApiError;
use crate::store::Which;
use crate::store::proof::Proof;
use axum::Json;
use axum::extract::{Path, State};
use hotdesk_protocol::ids::MessageId;

/// The log of a message with its hashes, for `hotdesk-server verify-proof`.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Proof>, ApiError> {
    let nothing = || ApiError::not_found("There is no message with this id.");
    let id = MessageId(id);
    let found = app.store.messages(Which::One(id.clone())).await?.pop();
    caller.must_see(&found.ok_or_else(nothing)?.sdr_id)?;
    let proof = app.store.proof(id).await?;
    Ok(Json(proof.ok_or_else(nothing)?))
}
