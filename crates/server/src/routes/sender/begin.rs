//! `POST /api/sender/begin`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::queue::{BeginRequest, LeaseAnswer};

/// Pins the message to the desktop; repeatable under the same token.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<BeginRequest>,
) -> Result<Json<LeaseAnswer>, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    let lease_ms = app.lease_ms;
    app.store.begin(request, lease_ms, app.now()).await?;
    Ok(Json(LeaseAnswer { lease_ms }))
}
