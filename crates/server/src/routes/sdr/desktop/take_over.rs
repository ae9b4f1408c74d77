//! `POST /api/sdr/desktop/take-over`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::sender::heartbeat;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::queue::{ActiveDesktop, TakeOverRequest};

/// Makes the caller's desktop the SDR's active one. The former one is fenced off from claiming and
/// beginning; what it reports is taken as ever.
#[utoipa::path(
    post,
    operation_id = "post_sdr_desktop_take_over",
    path = "/api/sdr/desktop/take-over",
    tag = "Desktops",
    request_body = TakeOverRequest,
    responses(
        (status = 200, description = "They are active here", body = ActiveDesktop),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "Another epoch is in force", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<TakeOverRequest>,
) -> Result<Json<ActiveDesktop>, ApiError> {
    caller.must_be_on(&request.sdr_id, &request.desktop_id)?;
    request.desktop_name = request.desktop_name.as_deref().map(heartbeat::shown);
    let sdr = request.sdr_id.clone();
    let active = app.store.take_over(request, app.now()).await?;
    app.hints.wake(&sdr);
    app.hints.tell(LiveKind::Sdr, &sdr);
    tracing::info!(sdr.id = %sdr, desktop.id = %active.desktop_id, "active on another desktop");
    Ok(Json(active))
}
