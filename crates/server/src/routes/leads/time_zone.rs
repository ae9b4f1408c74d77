//! `PUT /api/leads/{id}/time-zone`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::hours::is_zone;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::audit::note_of_office;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::ids::LeadId;
use serde::Deserialize;
use utoipa::ToSchema;

/// The act as the audit knows it.
const WRITTEN: &str = "time_zone_written";

/// Where a lead is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WrittenZone {
    /// IANA name; null to go by the number again.
    time_zone: Option<String>,
}

/// Writes down a lead's time zone, which then counts instead of what the number tells; repeatable.
#[utoipa::path(
    put,
    operation_id = "put_leads_one_time_zone",
    path = "/api/leads/{id}/time-zone",
    tag = "Leads",
    params(("id" = LeadId, Path, description = "Which lead")),
    request_body = WrittenZone,
    responses(
        (status = 204, description = "It counts from now on"),
        (status = 404, description = "There is no such lead", body = Problem),
        Refusals
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(lead): Path<LeadId>,
    Body(request): Body<WrittenZone>,
) -> Result<StatusCode, ApiError> {
    caller.must_manage()?;
    if request
        .time_zone
        .as_deref()
        .is_some_and(|name| !is_zone(name))
    {
        return Err(ApiError::bad_request(
            "The time zone is not an IANA name such as America/Manaus. Nothing was changed.",
        ));
    }
    let note = format!(
        "{lead}: {}",
        request.time_zone.as_deref().unwrap_or("by the number")
    );
    let sdrs = app.store.put_time_zone(lead, request.time_zone).await?;
    sdrs.iter().for_each(|sdr| app.hints.wake(sdr));
    let act = AuditAct::Other(WRITTEN.to_owned());
    note_of_office(&app, &caller, act, note).await?;
    Ok(StatusCode::NO_CONTENT)
}
