//! What the model says of campaigns.

use super::model::Model;
use hotdesk_protocol::dashboard::{CampaignCounts, CampaignState, SkipReason, SkippedLeads};
use hotdesk_protocol::session::MessageState;

pub struct Campaign {
    pub recipients: Vec<Recipient>,
    pub starts_at: i64,
    pub cancelled: bool,
}

pub struct Recipient {
    pub lead: usize,
    pub sdr: Option<usize>,
    pub stands: Stands,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    Waiting,
    Skipped(SkipReason),
    Withdrawn,
    /// As this message does.
    Queued(usize),
}

/// A campaign as the dashboard shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct ShownCampaign {
    pub state: CampaignState,
    pub total: u32,
    pub counts: CampaignCounts,
    pub replied: u32,
    pub skipped: Vec<SkippedLeads>,
}

impl Model {
    /// What each of these leads would get, each once; those that are not there are left out. `turn`: who
    /// writes to leads that are nobody's.
    pub fn recipients(&self, leads: &[usize], turn: Option<usize>) -> Vec<Recipient> {
        let mut recipients: Vec<Recipient> = Vec::new();
        for lead in leads {
            let Some(whose) = self.leads.get(lead) else {
                continue;
            };
            if recipients.iter().any(|it| it.lead == *lead) {
                continue;
            }
            let sdr = whose.or(turn);
            let stands = if sdr.is_none() {
                Stands::Skipped(SkipReason::Nobody)
            } else if self.opted_out.contains(lead) {
                Stands::Skipped(SkipReason::OptedOut)
            } else {
                Stands::Waiting
            };
            recipients.push(Recipient {
                lead: *lead,
                sdr,
                stands,
            });
        }
        recipients
    }

    /// Queues the next recipients of the campaign that is due longest; whether there may be more.
    pub fn start(&mut self, most: usize) -> bool {
        let waits = |it: &Recipient| it.stands == Stands::Waiting;
        let due = |it: &Campaign| {
            !it.cancelled && it.starts_at <= self.now && it.recipients.iter().any(waits)
        };
        let all = self.campaigns.iter().enumerate().filter(|(_, it)| due(it));
        let Some((campaign, _)) = all.min_by_key(|(nth, it)| (it.starts_at, *nth)) else {
            return false;
        };
        for _ in 0..most {
            let recipients = &self.campaigns[campaign].recipients;
            let Some(at) = recipients.iter().position(waits) else {
                break;
            };
            let lead = recipients[at].lead;
            let sdr = self.leads[&lead].or(recipients[at].sdr).unwrap();
            let stands = match self.enqueue(sdr, lead) {
                Ok(()) => {
                    let message = self.messages.len() - 1;
                    let n = i64::try_from(at).unwrap() + 1;
                    self.messages[message].campaign = Some((campaign, n));
                    Stands::Queued(message)
                }
                Err(_) => Stands::Skipped(SkipReason::OptedOut),
            };
            self.campaigns[campaign].recipients[at].stands = stands;
        }
        true
    }

    /// Whether there is such a campaign.
    pub fn cancel_campaign(&mut self, campaign: usize) -> bool {
        let Some(it) = self.campaigns.get_mut(campaign) else {
            return false;
        };
        it.cancelled = true;
        for recipient in &mut it.recipients {
            if recipient.stands == Stands::Waiting {
                recipient.stands = Stands::Withdrawn;
            }
        }
        for message in &mut self.messages {
            let own = message.campaign.is_some_and(|(of, _)| of == campaign);
            if own && message.state == MessageState::Queued {
                message.state = MessageState::Cancelled;
            }
        }
        true
    }

    pub fn shown_campaigns(&self) -> Vec<ShownCampaign> {
        self.campaigns.iter().map(|it| self.shown_one(it)).collect()
    }

    fn shown_one(&self, it: &Campaign) -> ShownCampaign {
        let many = |fits: &dyn Fn(Stands) -> bool| {
            let those = it.recipients.iter().filter(|it| fits(it.stands));
            u32::try_from(those.count()).unwrap()
        };
        let in_state = |states: &[MessageState]| {
            many(&|stands| match stands {
                Stands::Queued(message) => states.contains(&self.messages[message].state),
                Stands::Waiting | Stands::Skipped(_) | Stands::Withdrawn => false,
            })
        };
        use MessageState::{
            Begun, Cancelled, Dead, Delivered, Failed, Leased, Queued, Read, Review, Sent,
        };
        let counts = CampaignCounts {
            waiting: many(&|stands| stands == Stands::Waiting),
            queued: in_state(&[Queued, Leased, Begun]),
            sent: in_state(&[Sent]),
            delivered: in_state(&[Delivered]),
            read: in_state(&[Read]),
            failed: in_state(&[Failed, Dead]),
            review: in_state(&[Review]),
            cancelled: in_state(&[Cancelled]) + many(&|stands| stands == Stands::Withdrawn),
            skipped: many(&|stands| matches!(stands, Stands::Skipped(_))),
        };
        let skipped = [SkipReason::Nobody, SkipReason::OptedOut].map(|reason| SkippedLeads {
            reason,
            leads: many(&|stands| stands == Stands::Skipped(reason)),
        });
        let state = if it.cancelled {
            CampaignState::Cancelled
        } else if counts.waiting > 0 && it.starts_at > self.now {
            CampaignState::Scheduled
        } else if counts.waiting + counts.queued > 0 {
            CampaignState::Running
        } else {
            CampaignState::Done
        };
        ShownCampaign {
            state,
            total: u32::try_from(it.recipients.len()).unwrap(),
            counts,
            replied: many(&|stands| match stands {
                Stands::Queued(message) => !self.messages[message].replies.is_empty(),
                Stands::Waiting | Stands::Skipped(_) | Stands::Withdrawn => false,
            }),
            skipped: skipped.into_iter().filter(|it| it.leads > 0).collect(),
        }
    }
}
