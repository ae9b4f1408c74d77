//! `POST /api/leads/assign`.

use super::filter_of;
use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::leads::{Assign, By, LeadFilter, LeadPage, WhyKept};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::dashboard::{
    AssignAnswer, AssignRequest, AssignSkipped, AssignTo, LeadSort, MOST_ASSIGNED, MOST_SKIPPED,
};
use hotdesk_protocol::ids::{LeadId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};

/// Leads of one transaction: others wait no longer than for these.
const AT_ONCE: u32 = 500;
const MOST_SDRS: usize = 100;

/// Gives leads to an SDR, to several in turn, or to nobody. What is queued for them goes with them; what
/// is under way stays where it is, and so does its lead.
#[utoipa::path(
    post,
    operation_id = "post_leads_assign",
    path = "/api/leads/assign",
    tag = "Leads",
    request_body = AssignRequest,
    responses(
        (status = 200, description = "What became of it", body = AssignAnswer),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "Other than so many match; nothing was changed", body = Problem),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<AssignRequest>,
) -> Result<Json<AssignAnswer>, ApiError> {
    caller.must_manage()?;
    let mut giving = Giving {
        app: &app,
        to: receivers(request.to)?,
        by: By {
            id: caller.id().clone(),
            name: caller.name().to_owned(),
        },
        answer: AssignAnswer {
            assigned: 0,
            skipped_count: 0,
            skipped: Vec::new(),
        },
    };
    match (request.lead_ids, request.filter) {
        (Some(mut leads), None) => {
            if leads.len() > MOST_ASSIGNED {
                return Err(ApiError::bad_request(format!(
                    "At most {MOST_ASSIGNED} leads can be named at once; nothing was changed. Name them by a filter."
                )));
            }
            leads.sort();
            leads.dedup();
            expect(request.expected, leads.len())?;
            let at_once = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            for leads in leads.chunks(at_once) {
                giving.give(leads.to_vec()).await?;
            }
        }
        (None, Some(filter)) => {
            let filter = filter_of(&caller, filter)?;
            if request.expected.is_some() {
                let total = giving.total(filter.clone()).await?;
                expect(request.expected, total)?;
            }
            giving.give_all(&filter).await?;
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::bad_request(
                "Give either leadIds or filter; nothing was changed.",
            ));
        }
    }
    Ok(Json(giving.answer))
}

/// Whose leads become by an order; nobody's if there is none.
pub(super) fn receivers(to: AssignTo) -> Result<Vec<SdrId>, ApiError> {
    match to {
        AssignTo::SdrId(sdr) => Ok(vec![sdr]),
        AssignTo::RoundRobin(sdrs) if !sdrs.is_empty() && sdrs.len() <= MOST_SDRS => Ok(sdrs),
        AssignTo::RoundRobin(_) => Err(ApiError::bad_request(format!(
            "Name 1 to {MOST_SDRS} SDRs; nothing was changed."
        ))),
        AssignTo::Nobody(true) => Ok(Vec::new()),
        AssignTo::Nobody(false) => Err(ApiError::bad_request(
            "nobody can only be true; nothing was changed.",
        )),
    }
}

/// Nothing is done if other than so many are there.
pub(in crate::routes) fn expect(expected: Option<u32>, found: usize) -> Result<(), ApiError> {
    match expected {
        Some(expected) if usize::try_from(expected) != Ok(found) => Err(ApiError::new(
            StatusCode::CONFLICT,
            ProblemCode::BadRequest,
            format!(
                "{expected} leads were expected and there are {found} now; nothing was changed. Look at the list again."
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

struct Giving<'a> {
    app: &'a App,
    to: Vec<SdrId>,
    by: By,
    answer: AssignAnswer,
}

impl Giving<'_> {
    async fn total(&self, filter: LeadFilter) -> Result<usize, ApiError> {
        let page = LeadPage {
            filter,
            sort: LeadSort::default(),
            desc: false,
            after: None,
            limit: 1,
        };
        let found = self.app.store.leads(page).await?;
        Ok(usize::try_from(found.total).unwrap_or(usize::MAX))
    }

    /// In the order of their ids: one that no longer matches once it is assigned is not missed.
    async fn give_all(&mut self, filter: &LeadFilter) -> Result<(), ApiError> {
        let mut after: Option<LeadId> = None;
        loop {
            let store = &self.app.store;
            let leads = store.lead_ids(filter.clone(), after, AT_ONCE).await?;
            let Some(last) = leads.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            self.give(leads).await?;
        }
    }

    async fn give(&mut self, leads: Vec<LeadId>) -> Result<(), ApiError> {
        let assign = Assign {
            leads,
            to: self.to.clone(),
            turn: self.answer.assigned,
            by: self.by.clone(),
        };
        let done = self.app.store.assign(assign, self.app.now()).await?;
        done.sdrs.iter().for_each(|sdr| self.app.hints.wake(sdr));
        self.answer.assigned += done.assigned;
        for (lead_id, why) in done.kept {
            self.answer.skipped_count += 1;
            if self.answer.skipped.len() < MOST_SKIPPED {
                let why = words(why).to_owned();
                self.answer.skipped.push(AssignSkipped { lead_id, why });
            }
        }
        Ok(())
    }
}

fn words(why: WhyKept) -> &'static str {
    match why {
        WhyKept::Unknown => "There is no such lead.",
        WhyKept::InFlight => {
            "One of its messages is on a desktop right now and may be leaving. Try again when it has left."
        }
        WhyKept::InReview => {
            "Nobody can tell whether one of its messages left. Decide about it in the review first."
        }
        WhyKept::SentAsNew => {
            "One of its messages is sent as new, and the old one may still turn up with its SDR. Try again when it has left, or cancel it."
        }
        WhyKept::Queued => {
            "It has queued messages, and those are always somebody’s. Cancel them first, or give the lead to an SDR."
        }
    }
}
