//! `POST /api/sdr/recovery-key`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::audit;
use crate::store::RecoveryKey;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::queue::{RecoveryKeyAnswer, RecoveryKeyRequest};

/// The key an SDR's desktops close their data with beside the PIN; made at the first call. For the SDR
/// alone, and each call is in the audit.
#[utoipa::path(
    post,
    operation_id = "post_sdr_recovery_key",
    path = "/api/sdr/recovery-key",
    tag = "Desktops",
    request_body = RecoveryKeyRequest,
    responses(
        (status = 200, description = "The key", body = RecoveryKeyAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(RecoveryKeyRequest { sdr_id }): Body<RecoveryKeyRequest>,
) -> Result<Json<RecoveryKeyAnswer>, ApiError> {
    caller.must_be(&sdr_id)?;
    let mut offered = [0; 32];
    getrandom::fill(&mut offered).map_err(|error| ApiError::failed(&error))?;
    let key = app
        .store
        .recovery_key(sdr_id.clone(), RecoveryKey(offered))
        .await?;
    audit::note(&app, &caller, AuditAct::RecoveryKeyGiven, sdr_id, None).await?;
    Ok(Json(RecoveryKeyAnswer {
        recovery_key: hex::encode(key.0),
    }))
}
