//! `POST /api/sdr/desktop/take-over`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::problem::ApiError;
use crate::routes::sender::heartbeat;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::queue::{ActiveDesktop, TakeOverRequest};

/// Makes the caller's desktop the SDR's active one. The former one is fenced off from claiming and
/// beginning; what it reports is taken as ever.
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
