//! `POST /api/sender/sign-out`.

use crate::app::App;
use crate::extract::Caller;
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::StatusCode;

/// Ends the caller's token, also for a claim that waits under it.
pub async fn post(State(app): State<App>, caller: Caller) -> Result<StatusCode, ApiError> {
    app.store.revoke_token(caller.token(), app.now()).await?;
    app.hints.wake(caller.id());
    Ok(StatusCode::NO_CONTENT)
}
