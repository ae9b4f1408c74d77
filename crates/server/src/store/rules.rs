//! The rules both stores share, without a database.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{MessageId, TenantId, WaMessageId};
use hotdesk_protocol::session::MessageState;
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

/// How long a desktop stays active that is heard now.
pub fn session_until(until: UtcMs, now: UtcMs) -> UtcMs {
    let anew = UtcMs(now.0.saturating_add(SESSION_MS));
    if anew.0 - until.0 >= SESSION_RENEWED_MS {
        anew
    } else {
        until
    }
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
