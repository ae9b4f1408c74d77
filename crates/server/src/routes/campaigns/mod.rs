//! `/api/campaigns`: one text with variables for many leads, at once or at a time. For managers.

pub mod preview;
mod recipients;

use super::audit::note_of_one;
use super::leads::assign::expect;
use super::templates::{checked_name, checked_text};
use super::{MAX_ID_BYTES, can_be_addressed};
use crate::app::App;
use crate::campaigns::withdraw;
use crate::cursor;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::Refusal;
use crate::store::campaigns::{Asked, NewCampaign, NewRecipient};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{Campaign, CampaignRequest, CampaignsAnswer};
use hotdesk_protocol::ids::CampaignId;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const ROWS: u32 = 20;
const MAX_ROWS: u32 = 50;
const MOST_AHEAD_MS: i64 = 366 * 86_400_000;
/// Of all texts of one campaign: they are made at once, and written in one transaction.
const MOST_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// Which page.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignsParams {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The campaigns of the office, newest first.
#[utoipa::path(
    get,
    operation_id = "get_campaigns",
    path = "/api/campaigns",
    tag = "Campaigns",
    params(CampaignsParams),
    responses(
        (status = 200, description = "A page of them, newest first", body = CampaignsAnswer),
        Refusals
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<CampaignsParams>,
) -> Result<Json<CampaignsAnswer>, ApiError> {
    caller.must_manage()?;
    let before = params.cursor.as_deref().map(cursor::of).transpose()?;
    let limit = params.limit.unwrap_or(ROWS).clamp(1, MAX_ROWS);
    let before = before.unwrap_or(i64::MAX);
    let found = app.store.campaigns(before, limit, app.now()).await?;
    let next = found.next.map(|end| cursor::word(&end)).transpose()?;
    Ok(Json(CampaignsAnswer {
        campaigns: found.campaigns,
        next,
    }))
}

/// A campaign as it stands.
#[utoipa::path(
    get,
    operation_id = "get_campaigns_one",
    path = "/api/campaigns/{id}",
    tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Which campaign")),
    responses(
        (status = 200, description = "How it stands", body = Campaign),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Campaign>, ApiError> {
    caller.must_manage()?;
    found(&app, CampaignId(id)).await
}

/// 201; 200 if this very campaign was made before. Its recipients and their texts are fixed from here on.
#[utoipa::path(
    post,
    operation_id = "post_campaigns",
    path = "/api/campaigns",
    tag = "Campaigns",
    request_body = CampaignRequest,
    responses(
        (status = 200, description = "This very campaign was made before", body = Campaign),
        (status = 201, description = "It is made, and begins at its time", body = Campaign),
        (status = 404, description = "There is no such SDR or lead", body = Problem),
        (status = 409, description = "The id is another campaign's, or the leads are others than were expected", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(mut request): Body<CampaignRequest>,
) -> Result<(StatusCode, Json<Campaign>), ApiError> {
    caller.must_manage()?;
    let id = checked_id(request.campaign_id.take())?;
    let asked = asked(&request)?;
    if let Some(before) = app.store.asked_campaign(id.clone()).await? {
        if before != asked {
            return Err(Refusal::CampaignIdTaken.into());
        }
        return Ok((StatusCode::OK, found(&app, id).await?));
    }
    let text = checked_text(&request.text)?;
    let mut new = NewCampaign {
        id: id.clone(),
        name: checked_name(&request.name)?,
        text: request.text,
        asked,
        by: caller.id().clone(),
        starts_at_ms: starts_at(request.starts_at_ms, app.now())?,
        recipients: Vec::new(),
    };
    let (mut bytes, mut will_get) = (0_usize, 0_u32);
    let (to, sdrs, expected) = (request.to, request.sdrs, request.expected);
    recipients::each(&app, &caller, text, to, sdrs, |lead, planned| {
        if let Ok(text) = &planned.gets {
            bytes += text.len();
            will_get += 1;
        }
        if bytes > MOST_TEXT_BYTES {
            return Err(ApiError::bad_request(
                "The texts of this campaign have more than 64 MiB together; nothing was made. Make several.",
            ));
        }
        new.recipients.push(NewRecipient {
            lead: lead.id,
            sdr: planned.sdr,
            gets: planned.gets,
        });
        Ok(())
    })
    .await?;
    expect(expected, new.recipients.len())?;
    if will_get == 0 {
        return Err(ApiError::bad_request(
            "Nobody would get it, so nothing was made. The preview says why.",
        ));
    }
    let fresh = app.store.add_campaign(new, app.now()).await?;
    app.campaigns.notify_one();
    if fresh {
        note_of_one(&app, &caller, "campaign_added", id.as_str()).await?;
    }
    let status = if fresh {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, found(&app, id).await?))
}

/// Withdraws what has not begun; repeatable. What is leased or begun goes its way.
#[utoipa::path(
    post,
    operation_id = "post_campaigns_one_cancel",
    path = "/api/campaigns/{id}/cancel",
    tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Which campaign")),
    responses(
        (status = 200, description = "How it stands now", body = Campaign),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Campaign>, ApiError> {
    caller.must_manage()?;
    let id = CampaignId(id);
    let by = caller.id().clone();
    app.store.cancel_campaign(id.clone(), by, app.now()).await?;
    note_of_one(&app, &caller, "campaign_cancelled", id.as_str()).await?;
    // Should the caller hang up now, what is left is done with the next look.
    withdraw(&app).await?;
    found(&app, id).await
}

async fn found(app: &App, id: CampaignId) -> Result<Json<Campaign>, ApiError> {
    let found = app.store.campaign(id, app.now()).await?;
    found
        .map(Json)
        .ok_or_else(|| Refusal::NoSuchCampaign.into())
}

fn checked_id(given: Option<CampaignId>) -> Result<CampaignId, ApiError> {
    let id = given.unwrap_or_else(|| CampaignId(uuid::Uuid::now_v7().to_string()));
    if !can_be_addressed(id.as_str()) {
        return Err(ApiError::bad_request(format!(
            "A campaignId has 1 to {MAX_ID_BYTES} bytes, no control characters, and is not . or ..; nothing was made."
        )));
    }
    Ok(id)
}

/// What the same call has in common with itself, whatever has become of the leads meanwhile.
fn asked(request: &CampaignRequest) -> Result<Asked, ApiError> {
    let json = serde_json::to_vec(request).map_err(|error| ApiError::failed(&error))?;
    Ok(Sha256::digest(json).into())
}

fn starts_at(wanted: Option<UtcMs>, now: UtcMs) -> Result<UtcMs, ApiError> {
    let at = wanted.map_or(now, |wanted| wanted.max(now));
    if at.0 - now.0 > MOST_AHEAD_MS {
        return Err(ApiError::bad_request(
            "A campaign begins at most 366 days from now; nothing was made.",
        ));
    }
    Ok(at)
}
