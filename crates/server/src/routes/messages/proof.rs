//! `GET /api/messages/{id}/proof`.

use crate::app::App;
use crate::extract::Caller;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::audit;
use crate::store::Which;
use crate::store::proof::Proof;
use axum::Json;
use axum::extract::{Path, State};
use hotdesk_protocol::Problem;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::ids::MessageId;

/// The log of a message with its hashes, for `hotdesk-server verify-proof`. The audit says who took it.
#[utoipa::path(
    get,
    operation_id = "get_messages_one_proof",
    path = "/api/messages/{id}/proof",
    tag = "Messages",
    params(("id" = MessageId, Path, description = "Which message")),
    responses(
        (status = 200, description = "Its log with the hashes", body = Proof),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Proof>, ApiError> {
    let nothing = || ApiError::not_found("There is no message with this id.");
    let id = MessageId(id);
    let found = app.store.messages(Which::One(id.clone())).await?.pop();
    let sdr_id = found.ok_or_else(nothing)?.sdr_id;
    caller.must_see(&sdr_id)?;
    let proof = app.store.proof(id.clone()).await?.ok_or_else(nothing)?;
    audit::note(&app, &caller, AuditAct::Exported, sdr_id, Some(id)).await?;
    Ok(Json(proof))
}
