//! `POST /api/sender/renew`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::queue::{LeaseAnswer, RenewRequest};

/// Prolongs a lease that is still the caller's.
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<RenewRequest>,
) -> Result<Json<LeaseAnswer>, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    let lease_ms = app.lease_ms;
    app.store.renew(request, lease_ms, app.now()).await?;
    Ok(Json(LeaseAnswer { lease_ms }))
}
