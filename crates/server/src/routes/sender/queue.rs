//! `GET /api/sender/queue?sdrId=&campaignId=&limit=`.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::hours::spoken;
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{CampaignId, SdrId};
use hotdesk_protocol::queue::QueueAnswer;
use jiff::Timestamp;
use serde::Deserialize;

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 500;
/// In the words by which lk1 says that nothing is offered for now.
const STOPPED: &str = "Queue blocked: sending was stopped for this SDR. What waits is kept.";

/// Whose queue; an lk1 client may leave `sdrId` to the token.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct QueueParams {
    sdr_id: Option<SdrId>,
    campaign_id: Option<CampaignId>,
    limit: Option<u32>,
}

/// What waits for one SDR and may be sent now. Looking leases nothing.
#[utoipa::path(
    get,
    operation_id = "get_sender_queue",
    path = "/api/sender/queue",
    tag = "lk1",
    params(QueueParams),
    responses(
        (status = 200, description = "What waits and may be sent now", body = QueueAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        Lk1Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<QueueParams>,
) -> Result<Json<QueueAnswer>, ApiError> {
    let sdr = params
        .sdr_id
        .or_else(|| caller.own_sdr().cloned())
        .ok_or_else(|| ApiError::bad_request("sdrId is needed: whose queue?"))?;
    caller.must_see(&sdr)?;
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let campaign = params.campaign_id;
    let mut waiting = app
        .store
        .waiting(sdr.clone(), campaign, limit, app.now())
        .await?;
    let stopped = app.store.is_stopped(sdr).await?;
    if stopped {
        waiting.contacts.clear();
    }
    let held = waiting
        .why_nothing
        .map(|why| format!("Queue blocked: {why} What waits is kept and goes on by itself."));
    let message = if stopped {
        Some(STOPPED.to_owned())
    } else {
        held
    };
    let blocked = message.is_some();
    let working_hours = if blocked {
        Some(spoken(&app.store.office().await?.hours))
    } else {
        None
    };
    let now = Timestamp::from_millisecond(app.now().0).ok();
    Ok(Json(QueueAnswer {
        count: u32::try_from(waiting.contacts.len()).unwrap_or(u32::MAX),
        contacts: waiting.contacts,
        total: waiting.total,
        session: waiting.session,
        message,
        current_time: now.filter(|_| blocked).map(|now| now.to_string()),
        working_hours,
    }))
}
