//! `POST` and `GET /api/sdr/whatsapp/qr`.

use super::Whose;
use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::queue::QrRequest;

const MAX_VALUE_BYTES: usize = 4_096;
const MAX_MS: u32 = 600_000;

/// Keeps the code to scan for its time, in memory.
#[utoipa::path(
    post,
    operation_id = "post_sdr_whatsapp_qr",
    path = "/api/sdr/whatsapp/qr",
    tag = "Desktops",
    request_body = QrRequest,
    responses(
        (status = 204, description = "It is shown"),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<QrRequest>,
) -> Result<StatusCode, ApiError> {
    caller.must_be(&request.sdr_id)?;
    if request.value.is_empty() || request.value.len() > MAX_VALUE_BYTES {
        return Err(ApiError::bad_request(format!(
            "A code has 1 to {MAX_VALUE_BYTES} bytes."
        )));
    }
    let until = UtcMs(app.now().0 + i64::from(request.expires_in_ms.min(MAX_MS)));
    let sdr = request.sdr_id;
    app.qr_codes
        .put(sdr.clone(), request.method, request.value, until);
    app.hints.tell(LiveKind::Qr, &sdr);
    Ok(StatusCode::NO_CONTENT)
}

/// The code to scan, while it is good.
#[utoipa::path(
    get,
    operation_id = "get_sdr_whatsapp_qr",
    path = "/api/sdr/whatsapp/qr",
    tag = "SDRs",
    params(Whose),
    responses(
        (status = 200, description = "The code", body = QrRequest),
        (status = 404, description = "None is shown right now", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<QrRequest>, ApiError> {
    let sdr_id = whose.seen_by(&caller)?;
    let code = app.qr_codes.get(&sdr_id, app.now()).ok_or_else(|| {
        ApiError::not_found("No code is shown right now; the desktop sends the next one.")
    })?;
    Ok(Json(code))
}
