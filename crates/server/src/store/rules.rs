//! The rules both stores share, without a database.

use super::OptOutOf;
use super::leads::{By, WhyKept};
use hotdesk_protocol::audit::{AuditAct, AuditActor, AuditEntry};
use hotdesk_protocol::ids::{MessageId, SdrId, TenantId, WaMessageId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{ActiveDesktop, WhatsappSession, WishKind};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

/// A message whose lease ran out this often before it was begun is given up.
pub const MAX_EXPIRED_LEASES: u32 = 5;

/// For how long a desktop stays the SDR's active one after its last claim or heartbeat.
pub const SESSION_MS: i64 = 90_000;
/// An active desktop's time is not written anew more often than this.
const SESSION_RENEWED_MS: i64 = 15_000;
/// Most blocked numbers in one answer.
pub const MAX_OPT_OUTS: usize = 500;

/// For how long what a person wants of an SDR's WhatsApp is told; later they may have changed their mind.
pub const WISH_MS: i64 = 600_000;

/// Whether a session that is told like this is what was wished for.
pub fn is_fulfilled(wish: WishKind, session: &WhatsappSession) -> bool {
    match wish {
        WishKind::Link | WishKind::LinkByCode => session.connected,
        WishKind::Disconnect => match session.state {
            SessionState::LoggedOut
            | SessionState::Qr
            | SessionState::PairingCode
            | SessionState::Passkey => true,
            SessionState::Closed
            | SessionState::Starting
            | SessionState::Syncing
            | SessionState::Connected
            | SessionState::Offline
            | SessionState::Conflict
            | SessionState::NeedsUpdate
            | SessionState::Crashed
            | SessionState::Hibernated
            | SessionState::Stopped => false,
        },
        WishKind::Unknown => true,
    }
}

/// The word for a wish in the database.
pub fn wish_name(wish: WishKind) -> &'static str {
    match wish {
        WishKind::Link => "link",
        WishKind::LinkByCode => "link_by_code",
        WishKind::Disconnect => "disconnect",
        WishKind::Unknown => "unknown",
    }
}

/// The wish of a word.
pub fn parse_wish(word: &str) -> Option<WishKind> {
    [WishKind::Link, WishKind::LinkByCode, WishKind::Disconnect]
        .into_iter()
        .find(|wish| wish_name(*wish) == word)
}

/// How long a desktop stays active that is heard now.
pub fn session_until(until: UtcMs, now: UtcMs) -> UtcMs {
    let anew = UtcMs(now.0.saturating_add(SESSION_MS));
    if anew.0 - until.0 >= SESSION_RENEWED_MS {
        anew
    } else {
        until
    }
}

/// How many more messages may begin their way today. `used`: those that went out or are under way.
pub fn left_today(policy: &Policy, used: u32, stopped: bool) -> u32 {
    if stopped {
        0
    } else {
        policy.daily_messages.saturating_sub(used)
    }
}

/// Why nothing more is offered although so many wait, if that is so. `held`: why none of them may be
/// offered now.
pub fn why_no_more(
    policy: &Policy,
    queued: u32,
    left_today: u32,
    stopped: bool,
    held: Option<String>,
) -> Option<Problem> {
    let words = if queued == 0 {
        return None;
    } else if stopped {
        format!(
            "Sending was stopped at the queue server. The {queued} that wait are kept and go on once it is started there again."
        )
    } else if left_today == 0 {
        format!(
            "The daily limit of {} messages is reached. The {queued} that wait are kept and go on tomorrow.",
            policy.daily_messages
        )
    } else {
        let why = held?;
        format!(
            "{why} The {queued} that wait are kept; nothing is lost and they go on by themselves."
        )
    };
    Some(Problem::new(ProblemCode::NotNow, words))
}

/// Why nothing is offered to a desktop that is not the SDR's active one.
pub fn active_elsewhere(active: &ActiveDesktop) -> Problem {
    let name = active.name.as_deref().unwrap_or(active.desktop_id.as_str());
    let since = Timestamp::from_millisecond(active.since_ms.0)
        .map_or_else(|_| String::new(), |at| format!(", since {at}"));
    Problem::new(
        ProblemCode::OtherDesktop,
        format!(
            "You are active on another desktop ({name}{since}), so nothing is sent from this one. Nothing is lost. Take over if you want to go on here."
        ),
    )
}

/// How the reporter of a result stands to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has the message, or had it last.
    Holder,
    /// It had the message before another.
    Former,
}

/// Where a message stands after a report; `None` leaves it where it is.
///
/// That WhatsApp has a message is a fact and counts from anyone who ever held it, whatever the queue
/// thought meanwhile. That it failed, or that nobody can tell, is said only by the one who has it:
/// of a message that was cancelled or given up before it was begun it says nothing.
pub fn after_report(
    now: MessageState,
    reported: MessageState,
    standing: Standing,
) -> Option<MessageState> {
    use MessageState::{
        Begun, Cancelled, Dead, Delivered, Failed, Leased, Queued, Read, Review, Sent,
    };
    let rises = match reported {
        Sent | Delivered | Read => rank(reported) > rank(now),
        Failed => standing == Standing::Holder && matches!(now, Queued | Leased | Begun | Review),
        Review => standing == Standing::Holder && matches!(now, Queued | Leased | Begun),
        Queued | Leased | Begun | Dead | Cancelled => false,
    };
    rises.then_some(reported)
}

/// The order in which a message may only rise. The steps down: a lease that ends unused, from
/// `leased`; and a person's word, who sends one in review as new or queues a dead one again.
pub fn rank(state: MessageState) -> u8 {
    match state {
        MessageState::Queued => 0,
        MessageState::Leased => 1,
        MessageState::Begun => 2,
        MessageState::Cancelled | MessageState::Dead => 3,
        MessageState::Review => 4,
        MessageState::Failed => 5,
        MessageState::Sent => 6,
        MessageState::Delivered => 7,
        MessageState::Read => 8,
    }
}

/// The WhatsApp id each generation of a message leaves with; desktops derive the same.
pub fn wa_message_id(tenant: &TenantId, message: &MessageId, generation: u32) -> WaMessageId {
    let hash = Sha256::digest(format!("v1|{tenant}|{message}|{generation}"));
    let digits = hex::encode_upper(hash);
    WaMessageId(format!("3EB0{}", digits.get(..18).unwrap_or(&digits)))
}

/// Whether a report is about a generation before this one: that one failed or is in doubt says
/// nothing about this one. An id of no generation says nothing either.
pub fn is_of_the_past(
    tenant: &TenantId,
    message: &MessageId,
    generation: u32,
    reported: Option<&WaMessageId>,
) -> bool {
    reported
        .is_some_and(|id| (0..generation).any(|past| wa_message_id(tenant, message, past) == *id))
}

/// When the office's day began; a zone nobody knows counts as UTC.
pub fn day_start(now: UtcMs, time_zone: &str) -> UtcMs {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let start = Timestamp::from_millisecond(now.0)
        .ok()
        .and_then(|at| at.to_zoned(zone).start_of_day().ok());
    start.map_or(UtcMs(now.0 - now.0.rem_euclid(86_400_000)), |start| {
        UtcMs(start.timestamp().as_millisecond())
    })
}

/// The word for where a blocked number comes from.
pub fn source(of: &OptOutOf) -> &'static str {
    match of {
        OptOutOf::Message(_) => "message",
        OptOutOf::Phone(_) => "number",
    }
}

/// The word for a state in the database and on the wire.
pub fn state_name(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued => "queued",
        MessageState::Leased => "leased",
        MessageState::Begun => "begun",
        MessageState::Sent => "sent",
        MessageState::Delivered => "delivered",
        MessageState::Read => "read",
        MessageState::Failed => "failed",
        MessageState::Dead => "dead",
        MessageState::Cancelled => "cancelled",
        MessageState::Review => "review",
    }
}

/// The state of a word.
pub fn parse_state(word: &str) -> Option<MessageState> {
    use MessageState::{
        Begun, Cancelled, Dead, Delivered, Failed, Leased, Queued, Read, Review, Sent,
    };
    [
        Queued, Leased, Begun, Sent, Delivered, Read, Failed, Dead, Cancelled, Review,
    ]
    .into_iter()
    .find(|state| state_name(*state) == word)
}

/// Why a lead with such a message, which is another SDR's than the one it is to go to, stays whose it
/// is; `None` if it may go. `as_new`: a person said "send as new", and the desktop that had the old one
/// is the only one that can tell if it leaves after all. `to_somebody`: not to nobody.
pub fn why_kept(state: MessageState, as_new: bool, to_somebody: bool) -> Option<WhyKept> {
    match state {
        MessageState::Leased | MessageState::Begun => Some(WhyKept::InFlight),
        MessageState::Review => Some(WhyKept::InReview),
        MessageState::Queued if as_new => Some(WhyKept::SentAsNew),
        MessageState::Queued if !to_somebody => Some(WhyKept::Queued),
        MessageState::Queued
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Cancelled => None,
    }
}

/// What an SDR, or nobody, got by one assignment.
pub(super) struct Moved {
    to: Option<SdrId>,
    leads: u32,
    messages: u32,
}

impl Moved {
    /// Counts one lead and the messages that went with it.
    pub(super) fn count(all: &mut Vec<Self>, to: Option<&SdrId>, messages: u32) {
        if let Some(one) = all.iter_mut().find(|one| one.to.as_ref() == to) {
            one.leads += 1;
            one.messages += messages;
        } else {
            all.push(Self {
                to: to.cloned(),
                leads: 1,
                messages,
            });
        }
    }
}

/// What the audit says of it.
pub(super) fn moved_entry(by: &By, moved: &Moved, now: UtcMs) -> AuditEntry {
    AuditEntry {
        id: uuid::Uuid::now_v7().to_string(),
        at_ms: now,
        sdr_id: moved.to.clone(),
        actor: AuditActor::Manager,
        who: Some(by.name.clone()),
        act: AuditAct::LeadsAssigned,
        message_id: None,
        note: Some(format!(
            "{} leads, {} queued messages",
            moved.leads, moved.messages
        )),
    }
}

/// What a message's log says of it.
pub(super) fn moved_note(from: &SdrId, to: &SdrId) -> String {
    format!("from {from} to {to}")
}
