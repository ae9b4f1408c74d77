//! `POST /api/sender/renew`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{LeaseAnswer, RenewRequest};

/// Prolongs a lease that is still the caller's.
#[utoipa::path(
    post,
    operation_id = "post_sender_renew",
    path = "/api/sender/renew",
    tag = "Desktops",
    request_body = RenewRequest,
    responses(
        (status = 200, description = "How long it lasts now", body = LeaseAnswer),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "The lease is gone", body = Problem),
        Refusals
    )
)]
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
