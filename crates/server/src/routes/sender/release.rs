//! `POST /api/sender/release`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::queue::RenewRequest;

/// Gives a message back that was not begun; repeatable.
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
