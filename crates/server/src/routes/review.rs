//! `GET /api/review[?sdrId=&after=&limit=]`.

use crate::app::App;
use crate::cursor::page;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::review::facts;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::review::{ReviewAnswer, ShownReview};
use serde::Deserialize;

const MAX_PAGE: u32 = 200;

/// Which page; an SDR sees their own.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct ReviewParams {
    sdr_id: Option<SdrId>,
    after: Option<i64>,
    limit: Option<u32>,
}

/// Messages whose fate a person must decide, oldest first.
#[utoipa::path(
    get,
    operation_id = "get_review",
    path = "/api/review",
    tag = "Review",
    params(ReviewParams),
    responses(
        (status = 200, description = "A page of them, oldest first", body = ReviewAnswer),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ReviewParams>,
) -> Result<Json<ReviewAnswer>, ApiError> {
    let sdr_id = params.sdr_id.or_else(|| caller.own_sdr().cloned());
    if let Some(sdr) = &sdr_id {
        caller.must_see(sdr)?;
    }
    app.sweep().await?;
    let limit = params.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let after = params.after.unwrap_or(0);
    let items = app.store.in_review(sdr_id, after, limit + 1).await?;
    let (items, next) = page(items, limit, |last| last.seq);
    let messages = items
        .into_iter()
        .map(|item| ShownReview {
            facts: facts(&item),
            item,
        })
        .collect();
    Ok(Json(ReviewAnswer { messages, next }))
}
