//! `GET /api/leads` and `GET /api/leads/{id}`.

pub mod assign;
pub mod import;
pub mod time_zone;

use crate::app::App;
use crate::cursor;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::leads::{LeadCursor, LeadFilter, LeadPage, Needle, SortKey, Whose, is_by_time};
use axum::Json;
use axum::extract::{Path, State};
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::{
    LeadAnswer, LeadSort, LeadStatus, LeadsAnswer, LeadsFilter, MAX_ROWS, NOBODY,
};
use hotdesk_protocol::ids::{LeadId, SdrId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const ROWS: u32 = 50;

/// Which leads, in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct LeadsParams {
    search: Option<String>,
    sdr_id: Option<SdrId>,
    status: Option<LeadStatus>,
    consent: Option<String>,
    sort: Option<LeadSort>,
    desc: Option<bool>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The end of a page; of this order only.
#[derive(Serialize, Deserialize, ToSchema)]
struct End {
    sort: LeadSort,
    desc: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    id: LeadId,
}

impl End {
    fn of(page: &LeadPage, end: LeadCursor) -> Self {
        let (text, number) = match end.key {
            SortKey::Text(text) => (Some(text), None),
            SortKey::Number(number) => (None, Some(number)),
        };
        Self {
            sort: page.sort,
            desc: page.desc,
            text,
            number,
            id: end.id,
        }
    }

    fn cursor(self, sort: LeadSort, desc: bool) -> Result<LeadCursor, ApiError> {
        let key = match (self.text, self.number) {
            (Some(text), None) if !is_by_time(sort) => SortKey::Text(text),
            (None, Some(number)) if is_by_time(sort) => SortKey::Number(number),
            _ => return Err(cursor::unknown()),
        };
        if (self.sort, self.desc) != (sort, desc) {
            return Err(cursor::unknown());
        }
        Ok(LeadCursor { key, id: self.id })
    }
}

/// A page of leads; an SDR sees their own.
#[utoipa::path(
    get,
    operation_id = "get_leads",
    path = "/api/leads",
    tag = "Leads",
    params(LeadsParams),
    responses(
        (status = 200, description = "A page of leads", body = LeadsAnswer),
        Refusals
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<LeadsParams>,
) -> Result<Json<LeadsAnswer>, ApiError> {
    let filter = LeadsFilter {
        search: params.search,
        sdr_id: params.sdr_id,
        status: params.status,
        consent: params.consent,
    };
    let (sort, desc) = (
        params.sort.unwrap_or_default(),
        params.desc.unwrap_or(false),
    );
    let after = params
        .cursor
        .as_deref()
        .map(cursor::of::<End>)
        .transpose()?;
    let page = LeadPage {
        filter: filter_of(&caller, filter)?,
        sort,
        desc,
        after: after.map(|end| end.cursor(sort, desc)).transpose()?,
        limit: params.limit.unwrap_or(ROWS).clamp(1, MAX_ROWS),
    };
    let found = app.store.leads(page.clone()).await?;
    let next = found.next.map(|end| cursor::word(&End::of(&page, end)));
    Ok(Json(LeadsAnswer {
        leads: found.leads,
        next: next.transpose()?,
        total: found.total,
    }))
}

/// What a caller may see of what they ask for.
pub(super) fn filter_of(caller: &Caller, filter: LeadsFilter) -> Result<LeadFilter, ApiError> {
    let whose = match (caller.own_sdr(), filter.sdr_id) {
        (Some(own), None) => Whose::Sdr(own.clone()),
        (Some(_), Some(sdr)) => {
            caller.must_be(&sdr)?;
            Whose::Sdr(sdr)
        }
        (None, None) => Whose::Any,
        (None, Some(sdr)) if sdr.as_str() == NOBODY => Whose::Nobody,
        (None, Some(sdr)) => Whose::Sdr(sdr),
    };
    let no_consent = |consent: String| {
        if consent == NOBODY {
            String::new()
        } else {
            consent
        }
    };
    let given = filter.consent.filter(|consent| !consent.is_empty());
    Ok(LeadFilter {
        search: filter.search.as_deref().and_then(Needle::of),
        whose,
        status: filter.status,
        consent: given.map(no_consent),
    })
}

/// A lead's thread; an SDR sees it of their own leads, and in it what they wrote themselves.
#[utoipa::path(
    get,
    operation_id = "get_leads_one",
    path = "/api/leads/{id}",
    tag = "Leads",
    params(("id" = LeadId, Path, description = "Which lead")),
    responses(
        (status = 200, description = "The lead with their messages and replies", body = LeadAnswer),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LeadAnswer>, ApiError> {
    let nothing = || ApiError::not_found("There is no lead with this id.");
    let own = caller.own_sdr().cloned();
    let found = app.store.thread(LeadId(id), own.clone()).await?;
    let thread = found.ok_or_else(nothing)?;
    if own.is_some() && thread.lead.sdr_id != own {
        return Err(ApiError::forbidden("This lead is not yours."));
    }
    Ok(Json(LeadAnswer {
        lead: thread.lead,
        messages: thread.messages,
        replies: thread.replies,
    }))
}
