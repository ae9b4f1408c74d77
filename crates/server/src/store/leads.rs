//! Leads as the dashboard asks for them, in words both stores share.

use super::NewLead;
use hotdesk_protocol::dashboard::{
    LeadReply, LeadRow, LeadSort, LeadStatus, OptOutRow, ThreadMessage,
};
use hotdesk_protocol::ids::{LeadId, SdrId};

/// Whose leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's and nobody's.
    #[default]
    Any,
    /// Nobody's.
    Nobody,
    /// This SDR's.
    Sdr(SdrId),
}

/// What leads must be like.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// Part of the name or the company, folded, or of the phone number.
    pub search: Option<Needle>,
    /// Whose they are.
    pub whose: Whose,
    /// How they stand.
    pub status: Option<LeadStatus>,
    /// With exactly this consent; empty for none.
    pub consent: Option<String>,
}

/// What is searched for.
#[derive(Clone, PartialEq, Eq)]
pub struct Needle {
    /// Folded; see [`crate::store::folding::fold`].
    pub words: String,
    /// The digits, where it may be part of a phone number.
    pub digits: Option<String>,
}

impl Needle {
    /// Fewer digits than this are found in nearly every number.
    const LEAST_DIGITS: usize = 3;

    /// What a person typed; none if it is nothing.
    pub fn of(typed: &str) -> Option<Self> {
        let words = super::folding::fold(typed.trim());
        if words.is_empty() {
            return None;
        }
        let number = |letter: char| letter.is_ascii_digit() || " +-().".contains(letter);
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        let may_be_part = words.chars().all(number) && digits.len() >= Self::LEAST_DIGITS;
        Some(Self {
            words,
            digits: may_be_part.then_some(digits),
        })
    }
}

/// Where a page of leads ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadCursor {
    /// What the last one was sorted by.
    pub key: SortKey,
    /// The last one.
    pub id: LeadId,
}

/// What a lead is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// A folded name or company, or a status.
    Text(String),
    /// A time; -1 for none.
    Number(i64),
}

/// One page of leads.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadPage {
    /// Which.
    pub filter: LeadFilter,
    /// In which order.
    pub sort: LeadSort,
    /// From the last to the first.
    pub desc: bool,
    /// Where the page before ended.
    pub after: Option<LeadCursor>,
    /// At most this many.
    pub limit: u32,
}

/// A page of leads.
#[derive(Clone)]
pub struct FoundLeads {
    /// In order.
    pub leads: Vec<LeadRow>,
    /// Where it ended; none if nothing follows.
    pub next: Option<LeadCursor>,
    /// How many match on all pages.
    pub total: u32,
}

/// A lead with what was written to and by them, oldest first.
#[derive(Clone)]
pub struct Thread {
    /// The lead.
    pub lead: LeadRow,
    /// The newest messages.
    pub messages: Vec<ThreadMessage>,
    /// What was answered to these.
    pub replies: Vec<LeadReply>,
}

/// Who does something at the server, for the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Their id.
    pub id: SdrId,
    /// Their name.
    pub name: String,
}

/// Leads to be given to SDRs in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// Which, at most a thousand.
    pub leads: Vec<LeadId>,
    /// To whom, in turn; to nobody if there is none.
    pub to: Vec<SdrId>,
    /// How many were assigned before these, for the turn.
    pub turn: u32,
    /// Who says so.
    pub by: By,
}

/// Why a lead stays whose it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyKept {
    /// There is no such lead.
    Unknown,
    /// One of its messages is leased or begun.
    InFlight,
    /// Whether one of its messages left is for a person to decide.
    InReview,
    /// One of its messages is sent as new, and the old one may still turn up with its SDR.
    SentAsNew,
    /// It has queued messages, which are always somebody's.
    Queued,
}

/// What an assignment did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// How many leads are now as it says.
    pub assigned: u32,
    /// Which are not.
    pub kept: Vec<(LeadId, WhyKept)>,
    /// Whose queues changed.
    pub sdrs: Vec<SdrId>,
}

/// Rows of a file of leads, each number once.
#[derive(Clone)]
pub struct ImportRows {
    /// The import's id.
    pub import: String,
    /// At most a thousand.
    pub rows: Vec<NewLead>,
    /// Whose the new ones become, and the known ones that are nobody's: in turn.
    pub to: Vec<SdrId>,
    /// How many were given away before these, for the turn.
    pub turn: u32,
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq)]
pub enum Imported {
    /// The lead is new.
    Fresh,
    /// The number was known; what the lead lacked was filled in.
    Known {
        /// The lead's id.
        id: LeadId,
        /// How they stand.
        status: LeadStatus,
    },
    /// The number must not be written to.
    Blocked,
}

/// What became of the rows, in their order.
#[derive(Clone)]
pub struct ImportedRows {
    /// One for each row.
    pub rows: Vec<Imported>,
    /// The turn after these.
    pub turn: u32,
}

/// One page of the numbers that must not be written to, newest first.
#[derive(Clone, PartialEq, Eq)]
pub struct OptOutPage {
    /// Part of the number.
    pub digits: Option<String>,
    /// Numbers blocked before this one of the list.
    pub before: i64,
    /// At most this many.
    pub limit: u32,
}

/// A page of numbers.
#[derive(Clone)]
pub struct FoundOptOuts {
    /// Newest first.
    pub rows: Vec<OptOutRow>,
    /// The number in the list of the last one; none if nothing follows.
    pub next: Option<i64>,
    /// How many match on all pages.
    pub total: u32,
}

/// The word for a status in the database and on the wire.
pub fn status_name(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::New => "new",
        LeadStatus::Queued => "queued",
        LeadStatus::Sent => "sent",
        LeadStatus::Replied => "replied",
        LeadStatus::Failed => "failed",
        LeadStatus::OptedOut => "opted_out",
        LeadStatus::Review => "review",
    }
}

/// The status of a word.
pub fn parse_status(word: &str) -> Option<LeadStatus> {
    use LeadStatus::{Failed, New, OptedOut, Queued, Replied, Review, Sent};
    [New, Queued, Sent, Replied, Failed, OptedOut, Review]
        .into_iter()
        .find(|status| status_name(*status) == word)
}

/// The column of `lead_book` that holds what leads are sorted by.
pub(super) fn sort_column(sort: LeadSort) -> &'static str {
    match sort {
        LeadSort::Name => "name_key",
        LeadSort::Company => "company_key",
        LeadSort::CreatedAt => "created_at_ms",
        LeadSort::LastMessageAt => "last_message_at_ms",
        LeadSort::Status => "status",
    }
}

/// Whether leads are sorted by a time.
pub fn is_by_time(sort: LeadSort) -> bool {
    match sort {
        LeadSort::CreatedAt | LeadSort::LastMessageAt => true,
        LeadSort::Name | LeadSort::Company | LeadSort::Status => false,
    }
}

/// Who is next in a turn; none if there is nobody.
pub(super) fn next_of(to: &[SdrId], turn: u32) -> Option<&SdrId> {
    let turn = usize::try_from(turn).unwrap_or(0);
    to.get(turn.checked_rem(to.len())?)
}
