//! Who a campaign is for, and what each of them gets.

use crate::app::App;
use crate::campaigns::{Plan, Planned};
use crate::extract::Caller;
use crate::problem::ApiError;
use crate::routes::leads::filter_of;
use crate::store::Refusal;
use crate::store::campaigns::LeadFacts;
use crate::store::leads::LeadFilter;
use crate::templates::Text;
use hotdesk_protocol::dashboard::{
    MOST_CAMPAIGN_LEADS, Recipients, Senders, SkipReason, SkippedLeads,
};
use hotdesk_protocol::ids::LeadId;
use std::collections::{HashMap, HashSet};

/// Leads of one look.
const AT_ONCE: u32 = 500;
const MOST_SDRS: usize = 100;

/// Goes through the leads in their order and tells of each what it gets; at most a fixed number of leads
/// is in memory.
pub(super) async fn each(
    app: &App,
    caller: &Caller,
    text: Text,
    to: Recipients,
    sdrs: Senders,
    mut take: impl FnMut(LeadFacts, Planned) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let rows = app.store.sdrs(None, app.now()).await?;
    let names: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    match &sdrs {
        Senders::Owners(_) => {}
        Senders::Turn(turn) if turn.is_empty() || turn.len() > MOST_SDRS => {
            return Err(ApiError::bad_request(format!(
                "Name 1 to {MOST_SDRS} SDRs, or \"owners\"; nothing was made."
            )));
        }
        Senders::Turn(turn) if !turn.iter().all(|sdr| names.contains_key(sdr)) => {
            return Err(Refusal::NoSuchSdr.into());
        }
        Senders::Turn(_) => {}
    }
    let mut plan = Plan::new(text, sdrs, names, app.store.office().await?);
    let mut tell = |leads: Vec<LeadFacts>| {
        leads.into_iter().try_for_each(|lead| {
            let planned = plan.next(&lead);
            take(lead, planned)
        })
    };
    match to {
        Recipients::LeadIds(leads) => {
            let leads = checked(leads)?;
            let at_once = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            for some in leads.chunks(at_once) {
                let facts = app.store.lead_facts(some.to_vec()).await?;
                if facts.len() < some.len() {
                    return Err(ApiError::not_found(
                        "Some of these leads are not there; nothing was made. Look at the list again.",
                    ));
                }
                tell(facts)?;
            }
        }
        Recipients::Filter(filter) => {
            let filter = filter_of(caller, filter)?;
            let mut pages = Pages {
                app,
                filter,
                after: None,
                seen: 0,
            };
            while let Some(leads) = pages.next().await? {
                tell(app.store.lead_facts(leads).await?)?;
            }
        }
    }
    Ok(())
}

/// Each once, in the order in which they are named.
fn checked(leads: Vec<LeadId>) -> Result<Vec<LeadId>, ApiError> {
    let mut seen = HashSet::new();
    let leads: Vec<LeadId> = leads
        .into_iter()
        .filter(|lead| seen.insert(lead.clone()))
        .collect();
    if leads.is_empty() {
        return Err(ApiError::bad_request(
            "Name at least one lead; nothing was made.",
        ));
    }
    if leads.len() > MOST_CAMPAIGN_LEADS {
        return Err(too_many());
    }
    Ok(leads)
}

fn too_many() -> ApiError {
    ApiError::bad_request(format!(
        "A campaign has at most {MOST_CAMPAIGN_LEADS} leads; nothing was made. Narrow them down."
    ))
}

/// The leads of a filter, in the order of their ids.
struct Pages<'a> {
    app: &'a App,
    filter: LeadFilter,
    after: Option<LeadId>,
    seen: usize,
}

impl Pages<'_> {
    async fn next(&mut self) -> Result<Option<Vec<LeadId>>, ApiError> {
        let (filter, after) = (self.filter.clone(), self.after.take());
        let leads = self.app.store.lead_ids(filter, after, AT_ONCE).await?;
        self.seen += leads.len();
        if self.seen > MOST_CAMPAIGN_LEADS {
            return Err(too_many());
        }
        self.after = leads.last().cloned();
        Ok(Some(leads).filter(|leads| !leads.is_empty()))
    }
}

/// How many get nothing, for each reason.
#[derive(Default)]
pub(super) struct Skips(Vec<SkippedLeads>);

impl Skips {
    pub(super) fn count(&mut self, reason: SkipReason) {
        match self.0.iter_mut().find(|skipped| skipped.reason == reason) {
            Some(skipped) => skipped.leads += 1,
            None => self.0.push(SkippedLeads { reason, leads: 1 }),
        }
    }

    /// In the order of the reasons.
    pub(super) fn all(mut self) -> Vec<SkippedLeads> {
        self.0.sort_by_key(|skipped| skipped.reason);
        self.0
    }
}
