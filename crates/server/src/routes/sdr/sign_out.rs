//! `POST /api/sdr/sign-out`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::audit;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::ids::SdrId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whom to sign out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignOut {
    sdr_id: SdrId,
}

/// Ends every token of an SDR, on all desktops and in all browsers, also for a claim that waits under
/// one; repeatable. What was begun stays with its desktop until they sign in there again.
#[utoipa::path(
    post,
    operation_id = "post_sdr_sign_out",
    path = "/api/sdr/sign-out",
    tag = "Sign-in",
    request_body = SignOut,
    responses(
        (status = 204, description = "Every sign-in of theirs has ended"),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(SignOut { sdr_id }): Body<SignOut>,
) -> Result<StatusCode, ApiError> {
    caller.must_see(&sdr_id)?;
    app.store.revoke_tokens(sdr_id.clone(), app.now()).await?;
    app.hints.wake(&sdr_id);
    app.hints.tell(LiveKind::Sdr, &sdr_id);
    tracing::info!(sdr.id = %sdr_id, caller.id = %caller.id(), "signed out everywhere");
    audit::note(&app, &caller, AuditAct::SignedOutEverywhere, sdr_id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
