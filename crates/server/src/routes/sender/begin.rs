//! `POST /api/sender/begin`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{BeginRequest, LeaseAnswer};

/// Pins the message to the desktop; repeatable under the same token.
#[utoipa::path(
    post,
    operation_id = "post_sender_begin",
    path = "/api/sender/begin",
    tag = "Desktops",
    request_body = BeginRequest,
    responses(
        (status = 200, description = "It may be sent", body = LeaseAnswer),
        (status = 404, description = "There is no such message", body = Problem),
        (status = 409, description = "It is not to be sent by this desktop, or not now", body = Problem),
        (status = 410, description = "It was withdrawn, or its lead opted out", body = Problem),
        Refusals
    )
)]
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
