//! `GET /api/figures[?days=&sdrId=]`.

use crate::app::App;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::MOST_DAYS;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::dashboard::Figures;
use hotdesk_protocol::ids::SdrId;
use serde::Deserialize;

const DEFAULT_DAYS: u32 = 30;

/// How many days, and whose; an SDR sees their own.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct FiguresParams {
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
    sdr_id: Option<SdrId>,
}

/// What came of the messages of the last days.
#[utoipa::path(
    get,
    operation_id = "get_figures",
    path = "/api/figures",
    tag = "Figures",
    params(FiguresParams),
    responses(
        (status = 200, description = "What came of the messages", body = Figures),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<FiguresParams>,
) -> Result<Json<Figures>, ApiError> {
    let sdr_id = params.sdr_id.or_else(|| caller.own_sdr().cloned());
    if let Some(sdr) = &sdr_id {
        caller.must_see(sdr)?;
    }
    let days = params.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(ApiError::bad_request(format!("days is 1 to {MOST_DAYS}.")));
    }
    Ok(Json(app.store.figures(sdr_id, days, app.now()).await?))
}
