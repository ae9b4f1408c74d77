//! `GET /api/sdrs`: how each SDR stands.

pub mod whatsapp;

use crate::app::App;
use crate::etag::tagged;
use crate::extract::Caller;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hotdesk_protocol::dashboard::SdrsAnswer;

/// The SDRs the caller may see, by name; 304 while nothing changed.
#[utoipa::path(
    get,
    operation_id = "get_sdrs",
    path = "/api/sdrs",
    tag = "SDRs",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` that is known")),
    responses(
        (status = 200, description = "The SDRs", body = SdrsAnswer),
        (status = 304, description = "Nothing has changed"),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let of = caller.own_sdr().cloned();
    let mut sdrs = app.store.sdrs(of, app.now()).await?;
    sdrs.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id.clone()));
    tagged(&headers, &SdrsAnswer { sdrs })
}
