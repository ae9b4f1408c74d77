//! What the store takes and gives, beyond the types of the wire.

use super::leads::Needle;
use super::proof::LogHash;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{
    CampaignId, ChatId, DesktopId, FileId, LeadId, MessageId, SdrId, TenantId, WaMessageId,
};
use hotdesk_protocol::policy::{Caps, FirstMessage, Hours, Policy};
use hotdesk_protocol::queue::{
    ActiveDesktop, ClaimedMessage, OptOuts, QueueContact, WhatsappSession, Wish,
};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, UtcMs};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The one office of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Part of every derived WhatsApp id; never changed once messages exist.
    pub tenant: TenantId,
    /// IANA name; says when the office's day begins, and counts for leads whose number tells no zone.
    pub time_zone: String,
    /// Pacing and the day's cap of every SDR.
    pub policy: Policy,
    /// When messages may begin, by the clock of their leads.
    pub hours: Hours,
    /// How many new leads and unanswered messages there may be.
    pub caps: Caps,
    /// What leads know the office by; none until an admin says it.
    pub name: Option<String>,
    /// What the first message to a lead must say.
    pub first_message: FirstMessage,
    /// How many days after they left messages lose their text; none for never.
    pub retention_days: Option<u32>,
}

impl Default for Office {
    /// Of a database in which nothing was settled yet.
    fn default() -> Self {
        Self {
            tenant: TenantId::from("office"),
            time_zone: "UTC".to_owned(),
            policy: Policy::default(),
            hours: Hours::default(),
            caps: Caps::default(),
            name: None,
            first_message: FirstMessage::default(),
            retention_days: None,
        }
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sends through their own session; sees their own messages.
    Sdr,
    /// Enqueues, cancels and sees everything; never sends.
    Manager,
    /// As a manager.
    Admin,
}

impl Role {
    /// The word for it on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sdr => "sdr",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sdr, Self::Manager, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == word)
    }
}

/// Someone who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: SdrId,
    /// Their e-mail, compared without case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A person and the argon2id hash of their password. No `Debug`.
#[derive(Clone)]
pub struct Credentials {
    /// Who.
    pub person: Person,
    /// PHC string.
    pub password_hash: String,
}

/// What an SDR's desktops close their data with beside the PIN. No `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecoveryKey(pub [u8; 32]);

/// SHA-256 of a token.
pub type TokenHash = [u8; 32];

/// Who stands behind a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub person: Person,
    /// The desktop the token was given to; none for a browser or an lk1 client.
    pub desktop: Option<DesktopId>,
    /// When it ends by itself; none but for a browser's.
    pub ends_at_ms: Option<UtcMs>,
}

/// A lead to be written. Matched by phone: the same phone is the same lead.
#[derive(Clone, PartialEq, Eq)]
pub struct NewLead {
    /// The id if the lead is new.
    pub id: LeadId,
    /// Their name.
    pub name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// Their company.
    pub company: Option<String>,
    /// Their position.
    pub position: Option<String>,
    /// Their site.
    pub site: Option<String>,
    /// What they struggle with.
    pub pain: Option<String>,
    /// Why they may be written to.
    pub consent: String,
    /// In which time zone they are; none to go by the number.
    pub time_zone: Option<String>,
}

/// Whom a message is for.
#[derive(Clone, PartialEq, Eq)]
pub enum Addressee {
    /// A lead of the database.
    Known(LeadId),
    /// A lead given with the message.
    Given(Box<NewLead>),
}

/// A message to be queued.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, chosen by the client or by the route.
    pub id: MessageId,
    /// Through whose session.
    pub sdr_id: SdrId,
    /// To whom.
    pub addressee: Addressee,
    /// What, 1..=65,536 bytes; the caption where there is a file.
    pub text: String,
    /// The file it carries.
    pub file: Option<FileId>,
    /// Who asked for it.
    pub by: SdrId,
}

/// What a desktop asks of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose messages.
    pub sdr_id: SdrId,
    /// For which desktop.
    pub desktop_id: DesktopId,
    /// At most this many.
    pub limit: u32,
    /// Not these.
    pub holding: Vec<MessageId>,
    /// The same claim again leases nothing new.
    pub claim_id: Option<String>,
    /// The epoch at which the desktop believes to be active.
    pub session_epoch: Option<u32>,
    /// How far it knows the blocked numbers, if it wants them.
    pub opt_outs_since: Option<i64>,
    /// How long the leases last.
    pub lease_ms: u32,
}

/// What it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The office and its policy at this moment.
    pub office: Office,
    /// Leased by this call.
    pub messages: Vec<ClaimedMessage>,
    /// What is left.
    pub counts: Counts,
    /// Why nothing more is offered although something waits.
    pub blocked: Option<Problem>,
    /// Where the SDR is active, this call included.
    pub active: ActiveDesktop,
    /// Numbers blocked since.
    pub opt_outs: Option<OptOuts>,
    /// What a person wants of the active desktop; none for another one.
    pub wish: Option<Wish>,
}

/// The two figures an SDR sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages in state `queued`.
    pub queued: u32,
    /// Messages that went out on the office's day.
    pub sent_today: u32,
    /// Messages in state `review`.
    pub review: u32,
}

impl Counts {
    /// After so many of the queued messages were leased.
    pub(super) fn without(self, leased: usize) -> Self {
        let leased = u32::try_from(leased).unwrap_or(u32::MAX);
        Self {
            queued: self.queued.saturating_sub(leased),
            ..self
        }
    }
}

/// What waits for an SDR; nothing is leased by looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Oldest first.
    pub contacts: Vec<QueueContact>,
    /// How many wait in all, also where they are held back.
    pub total: u32,
    /// Why nothing is listed although something waits, as sentences.
    pub why_nothing: Option<String>,
    /// The SDR's session.
    pub session: Option<WhatsappSession>,
}

/// Who reports a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// A desktop that has or had the message.
    Desktop(DesktopId),
    /// A client of the lk1 dialect, which knows no leases.
    Lk1,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The reporter's SDR.
    pub sdr_id: SdrId,
    /// Who says so.
    pub by: Reporter,
    /// The message.
    pub message_id: MessageId,
    /// Sent, delivered, read, failed or review.
    pub state: MessageState,
    /// When, by the reporter's clock.
    pub at_ms: UtcMs,
    /// The id it left with.
    pub wa_message_id: Option<WaMessageId>,
    /// The chat it went to.
    pub chat_id: Option<ChatId>,
    /// Why it failed or needs a review.
    pub problem: Option<Problem>,
}

/// Whom an opt-out is about.
#[derive(Clone, PartialEq, Eq)]
pub enum OptOutOf {
    /// The lead of this message, which must be the SDR's own.
    Message(MessageId),
    /// This number.
    Phone(String),
}

/// What an opt-out did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptedOut {
    /// How many messages were withdrawn because of this number, by this call or an earlier one.
    pub cancelled: u32,
    /// Whose; their claims are woken.
    pub sdrs: Vec<SdrId>,
}

/// What a heartbeat adds to the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Sending is paused on the desktop.
    pub paused: bool,
    /// Messages in the desktop's outbox.
    pub in_flight: u32,
    /// The app's version.
    pub app_version: String,
    /// What the desktop calls itself.
    pub desktop_name: Option<String>,
    /// How far it knows the blocked numbers, if it wants them.
    pub opt_outs_since: Option<i64>,
}

/// What a heartbeat gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beaten {
    /// The SDR's figures.
    pub counts: Counts,
    /// Where the SDR is active; none for a heartbeat of no desktop that nobody preceded.
    pub active: Option<ActiveDesktop>,
    /// Numbers blocked since.
    pub opt_outs: Option<OptOuts>,
    /// What a person wants of the active desktop; none for another one.
    pub wish: Option<Wish>,
}

/// An SDR's session with the time of the last word from its desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSession {
    /// The session.
    pub session: WhatsappSession,
    /// The last heartbeat or session report.
    pub last_seen_ms: Option<UtcMs>,
}

/// Which messages to list.
#[derive(Clone, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(MessageId),
    /// An SDR's, or everybody's, oldest first, with a number above `after`.
    Page {
        /// In this state; none for all.
        state: Option<MessageState>,
        /// Whose; none for everybody's.
        sdr_id: Option<SdrId>,
        /// The last number of the page before.
        after: i64,
        /// At most this many.
        limit: u32,
    },
    /// Those that fit, by their number.
    Found {
        /// In this state; none for all.
        state: Option<MessageState>,
        /// Whose; none for everybody's.
        sdr_id: Option<SdrId>,
        /// To this lead; none for all.
        lead_id: Option<LeadId>,
        /// Of this campaign; none for all.
        campaign_id: Option<CampaignId>,
        /// Part of the text, or of the lead's name, company or number.
        search: Option<Needle>,
        /// Newest first.
        newest: bool,
        /// The last number of the page before.
        after: i64,
        /// At most this many.
        limit: u32,
    },
}

/// A message with all that happened to it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Its number in the queue, for paging.
    pub seq: i64,
    /// Its id.
    pub message_id: MessageId,
    /// Through whose session.
    pub sdr_id: SdrId,
    /// To whom.
    pub lead_id: LeadId,
    /// Their name.
    pub lead_name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// What; empty once it was taken out.
    pub text: String,
    /// Its text was taken out, so many days after it left as the office says.
    pub text_gone: bool,
    /// The campaign it is of.
    pub campaign_id: Option<CampaignId>,
    /// The file it carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Where it stands.
    pub state: MessageState,
    /// Rises only when a person says "send as new".
    pub generation: u32,
    /// How many leases it has had.
    pub attempts: u32,
    /// Which desktop has or last had it.
    pub desktop_id: Option<DesktopId>,
    /// The only desktop that may take it, after "send as new".
    pub pinned_to: Option<DesktopId>,
    /// The id it left with.
    pub wa_message_id: Option<WaMessageId>,
    /// The chat it went to.
    pub chat_id: Option<ChatId>,
    /// Why it failed or needs a review.
    pub problem: Option<Problem>,
    /// When it was queued.
    pub created_at_ms: UtcMs,
    /// When it left.
    pub sent_at_ms: Option<UtcMs>,
    /// Every step, oldest first.
    pub events: Vec<Event>,
    /// What the lead answered.
    pub replies: Vec<Reply>,
}

/// One step of a message; a row that is never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// Its number over all messages.
    pub seq: i64,
    /// When, by the server's clock.
    pub at_ms: UtcMs,
    /// Where it stood; none at the first.
    pub from: Option<MessageState>,
    /// Where it stands since.
    pub to: MessageState,
    /// What moved it.
    pub cause: Cause,
    /// Which generation of the message; none in logs older than this field.
    pub generation: Option<u32>,
    /// Which desktop did it.
    pub desktop_id: Option<DesktopId>,
    /// Which person did it.
    pub person_id: Option<SdrId>,
    /// When it was seen, by the desktop's clock.
    pub reported_at_ms: Option<UtcMs>,
    /// The id it left with, as reported.
    pub wa_message_id: Option<WaMessageId>,
    /// What the person wrote beside it.
    pub note: Option<String>,
    /// The hash of the event before in this message's log.
    pub previous: LogHash,
    /// Of this event: [`event_hash`](super::proof::event_hash).
    pub hash: LogHash,
}

/// What a lead answered. Content: no `Debug`.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// The inbound message's id.
    pub wa_message_id: WaMessageId,
    /// The chat.
    pub chat_id: ChatId,
    /// What they wrote.
    pub text: String,
    /// When, by the desktop's clock.
    pub at_ms: UtcMs,
}

/// What moves a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Put into the queue.
    Enqueued,
    /// Leased to a desktop; a pinned message stays begun.
    Claimed,
    /// A desktop said it begins.
    Begun,
    /// A desktop gave it back.
    Released,
    /// Its lease ran out before it was begun.
    LeaseExpired,
    /// Too many leases ran out.
    GivenUp,
    /// A desktop reported what became of it.
    Reported,
    /// A person withdrew it.
    Cancelled,
    /// Its lead does not want messages.
    OptedOut,
    /// Begun again through another profile: its fate is unknown.
    ProfileChanged,
    /// Begun, and not heard of for too long after its lease: its fate is unknown.
    PinnedTooLong,
    /// A person found it in the chat.
    DecidedSent,
    /// A person sends it as new.
    DecidedResend,
    /// A person does not want it sent again.
    DecidedCancel,
    /// A person queued it again after it was given up.
    Requeued,
    /// Its SDR became active on another desktop before it was begun.
    TakenOver,
    /// Its lead was given to another SDR, and it went with them.
    Reassigned,
}

impl Cause {
    const ALL: [Self; 17] = [
        Self::Enqueued,
        Self::Claimed,
        Self::Begun,
        Self::Released,
        Self::LeaseExpired,
        Self::GivenUp,
        Self::Reported,
        Self::Cancelled,
        Self::OptedOut,
        Self::ProfileChanged,
        Self::PinnedTooLong,
        Self::DecidedSent,
        Self::DecidedResend,
        Self::DecidedCancel,
        Self::Requeued,
        Self::TakenOver,
        Self::Reassigned,
    ];

    /// The word for it in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enqueued => "enqueued",
            Self::Claimed => "claimed",
            Self::Begun => "begun",
            Self::Released => "released",
            Self::LeaseExpired => "lease_expired",
            Self::GivenUp => "given_up",
            Self::Reported => "reported",
            Self::Cancelled => "cancelled",
            Self::OptedOut => "opted_out",
            Self::ProfileChanged => "profile_changed",
            Self::PinnedTooLong => "pinned_too_long",
            Self::DecidedSent => "decided_sent",
            Self::DecidedResend => "decided_resend",
            Self::DecidedCancel => "decided_cancel",
            Self::Requeued => "requeued",
            Self::TakenOver => "taken_over",
            Self::Reassigned => "reassigned",
        }
    }

    /// The cause of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}
