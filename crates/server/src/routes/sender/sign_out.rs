//! `POST /api/sender/sign-out`.

use crate::app::App;
use crate::extract::bearer;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hotdesk_protocol::dashboard::LiveKind;

/// Ends the caller's token, also for a claim that waits under it. Repeatable: a token that was ended is
/// answered like the first time.
#[utoipa::path(
    post,
    operation_id = "post_sender_sign_out",
    path = "/api/sender/sign-out",
    tag = "Sign-in",
    responses(
        (status = 204, description = "It has ended"),
        Refusals
    )
)]
pub async fn post(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, ApiError> {
    let token = bearer(&headers).ok_or_else(ApiError::unauthorized)?;
    let holder = app.store.holder(token, app.now()).await?;
    if !app.store.revoke_token(token, app.now()).await? {
        return Err(ApiError::unauthorized());
    }
    if let Some(holder) = holder {
        app.hints.wake(&holder.person.id);
        app.hints.tell(LiveKind::Sdr, &holder.person.id);
    }
    Ok(StatusCode::NO_CONTENT)
}
