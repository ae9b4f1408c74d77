//! Campaigns and templates, in words both stores share.
//!
//! A campaign's recipients and their texts are fixed when it is made. When its time has come they are queued
//! in batches, each in one transaction with its messages, whose ids follow from the campaign and the number
//! of the recipient: so nothing is queued twice, whichever process does it and whenever it dies.

use super::Refusal;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{
    Campaign, CampaignCounts, CampaignState, SkipReason, SkippedLeads,
};
use hotdesk_protocol::ids::{CampaignId, LeadId, MessageId, SdrId, TemplateId};
use hotdesk_protocol::session::MessageState;
use sha2::{Digest, Sha256};

/// SHA-256 of what was asked for.
pub type Asked = [u8; 32];

/// A text that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTemplate {
    /// Its id.
    pub id: TemplateId,
    /// What people call it.
    pub name: String,
    /// With its variables as written.
    pub text: String,
    /// When it was written or changed last.
    pub changed_at_ms: UtcMs,
    /// By whom, their name.
    pub changed_by: String,
}

/// A text to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    /// Its id.
    pub id: TemplateId,
    /// No other has the same, whatever its case.
    pub name: String,
    /// With its variables.
    pub text: String,
    /// Who says so.
    pub by: SdrId,
}

impl NewTemplate {
    /// What no other has.
    pub(super) fn key(&self) -> String {
        self.name.to_lowercase()
    }
}

/// What a text for a lead is made of, and whether they may get it.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadFacts {
    /// Their id.
    pub id: LeadId,
    /// Their name.
    pub name: String,
    /// Their company.
    pub company: Option<String>,
    /// Their position.
    pub position: Option<String>,
    /// Their site.
    pub site: Option<String>,
    /// What they struggle with.
    pub pain: Option<String>,
    /// Whose they are.
    pub sdr_id: Option<SdrId>,
    /// A consent is recorded.
    pub consents: bool,
    /// Their number must not be written to.
    pub opted_out: bool,
    /// No message ever left to their number.
    pub fresh: bool,
}

/// A campaign to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCampaign {
    /// Its id.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// With its variables as written.
    pub text: String,
    /// The same for the same call.
    pub asked: Asked,
    /// Who makes it.
    pub by: SdrId,
    /// When it begins.
    pub starts_at_ms: UtcMs,
    /// In their order.
    pub recipients: Vec<NewRecipient>,
}

/// One lead of a campaign.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecipient {
    /// Who.
    pub lead: LeadId,
    /// Through whose session, unless the lead is another's by then.
    pub sdr: Option<SdrId>,
    /// The text, or why there is none.
    pub gets: Result<String, SkipReason>,
}

/// What one call moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many recipients.
    pub recipients: u32,
    /// Whose queues changed.
    pub sdrs: Vec<SdrId>,
    /// There may be more.
    pub more: bool,
}

impl Moved {
    pub(super) fn count(&mut self, sdr: Option<&SdrId>) {
        self.recipients = self.recipients.saturating_add(1);
        if let Some(sdr) = sdr.filter(|sdr| !self.sdrs.contains(sdr)) {
            self.sdrs.push(sdr.clone());
        }
    }
}

/// A page of campaigns, newest first.
#[derive(Clone)]
pub struct FoundCampaigns {
    /// In order.
    pub campaigns: Vec<Campaign>,
    /// The number of the last one; none if nothing follows.
    pub next: Option<i64>,
}

/// The id of the message to a recipient.
pub fn message_id(campaign: &CampaignId, n: i64) -> MessageId {
    let hash = Sha256::digest(format!("campaign|{n}|{campaign}"));
    let digits = hex::encode(hash);
    MessageId(format!("c-{}", digits.get(..32).unwrap_or(&digits)))
}

/// Why a recipient gets nothing whose message is refused; none for what is no fault of theirs, as where
/// somebody took the message's id.
pub(super) fn reason_of(refusal: Refusal) -> Option<SkipReason> {
    match refusal {
        Refusal::NoSuchSdr => Some(SkipReason::Nobody),
        Refusal::DoNotContact => Some(SkipReason::OptedOut),
        Refusal::NoConsent | Refusal::NoSuchLead => Some(SkipReason::NoConsent),
        Refusal::NotNamed(_) => Some(SkipReason::NotNamed),
        Refusal::NoSuchMessage
        | Refusal::NotYours
        | Refusal::NeverHeld
        | Refusal::Fenced
        | Refusal::OtherDesktop
        | Refusal::NoDesktop
        | Refusal::OutOfHours
        | Refusal::Cancelled
        | Refusal::NotInReview
        | Refusal::NotDead
        | Refusal::TooLate
        | Refusal::NoSuchFile
        | Refusal::IdTaken
        | Refusal::Unstorable
        | Refusal::NameTaken
        | Refusal::NoSuchTemplate
        | Refusal::CampaignIdTaken
        | Refusal::NoSuchCampaign => None,
    }
}

/// The word for a reason in the database.
pub(super) fn reason_name(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Nobody => "nobody",
        SkipReason::OptedOut => "opted_out",
        SkipReason::NoConsent => "no_consent",
        SkipReason::MissingVariable => "missing_variable",
        SkipReason::TooLong => "too_long",
        SkipReason::NotNamed => "not_named",
    }
}

fn parse_reason(word: &str) -> Option<SkipReason> {
    use SkipReason::{MissingVariable, NoConsent, Nobody, NotNamed, OptedOut, TooLong};
    [
        Nobody,
        OptedOut,
        NoConsent,
        MissingVariable,
        TooLong,
        NotNamed,
    ]
    .into_iter()
    .find(|reason| reason_name(*reason) == word)
}

/// The word for where a recipient stands whose message was refused.
pub(super) fn refused_state(reason: Option<SkipReason>) -> &'static str {
    match reason {
        Some(_) => "skipped",
        None => "withdrawn",
    }
}

/// A row of `campaigns`.
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) id: CampaignId,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) created_at_ms: UtcMs,
    pub(super) created_by: String,
    pub(super) starts_at_ms: UtcMs,
    pub(super) total: u32,
    pub(super) cancelled: bool,
}

/// How the recipients of a campaign stand, counted state by state.
#[derive(Default)]
pub(super) struct Tally {
    counts: CampaignCounts,
    skipped: Vec<SkippedLeads>,
    pub(super) replied: u32,
}

impl Tally {
    /// So many recipients are in this state; those that are queued are counted by their messages.
    pub(super) fn recipients(&mut self, state: &str, reason: Option<&str>, many: u32) {
        match state {
            "waiting" => self.counts.waiting += many,
            "skipped" => {
                self.counts.skipped += many;
                let reason = reason.and_then(parse_reason);
                self.skipped.extend(reason.map(|reason| SkippedLeads {
                    reason,
                    leads: many,
                }));
            }
            "withdrawn" => self.counts.cancelled += many,
            _ => {}
        }
    }

    /// So many messages are in this state.
    pub(super) fn messages(&mut self, state: MessageState, many: u32) {
        let counts = &mut self.counts;
        *match state {
            MessageState::Queued | MessageState::Leased | MessageState::Begun => &mut counts.queued,
            MessageState::Sent => &mut counts.sent,
            MessageState::Delivered => &mut counts.delivered,
            MessageState::Read => &mut counts.read,
            MessageState::Failed | MessageState::Dead => &mut counts.failed,
            MessageState::Cancelled => &mut counts.cancelled,
            MessageState::Review => &mut counts.review,
        } += many;
    }

    /// The campaign, as it stands now.
    pub(super) fn of(mut self, head: Head, now: UtcMs) -> Campaign {
        self.skipped.sort_by_key(|skipped| skipped.reason);
        let waits = self.counts.waiting > 0;
        let state = if head.cancelled {
            CampaignState::Cancelled
        } else if waits && head.starts_at_ms > now {
            CampaignState::Scheduled
        } else if waits || self.counts.queued > 0 {
            CampaignState::Running
        } else {
            CampaignState::Done
        };
        Campaign {
            id: head.id,
            name: head.name,
            text: head.text,
            state,
            created_at_ms: head.created_at_ms,
            created_by: head.created_by,
            starts_at_ms: head.starts_at_ms,
            total: head.total,
            counts: self.counts,
            replied: self.replied,
            skipped: self.skipped,
        }
    }
}
