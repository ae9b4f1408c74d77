//! Webhooks: which program is told what, and how each telling went.
//!
//! An event is written by a trigger of the database, in the transaction of the change it is about, and
//! with it one delivery for each webhook that wants it. So nothing is told that did not happen, and
//! whatever happened is told at least once, also after a crash; its id tells a repetition.

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use serde::Serialize;
use utoipa::ToSchema;

/// Told by `POST /api/webhooks/{id}/test` only, and to every webhook.
pub const TEST: &str = "webhook.test";

/// What may be asked for.
pub const KINDS: [&str; 11] = [
    "message.queued",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "message.dead",
    "message.cancelled",
    "message.review",
    "reply.received",
    "opt_out.added",
    "session.changed",
];

/// How long a delivery that was taken is nobody else's: longer than one try.
pub const TAKEN_MS: i64 = 60_000;

/// The waits after each try that failed: two days in all.
const WAITS_MS: [i64; 9] = [
    5_000, 30_000, 120_000, 600_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/// How long to wait after so many tries have failed; `None` gives it up.
pub fn wait_after(attempts: u32) -> Option<i64> {
    let at = usize::try_from(attempts.checked_sub(1)?).ok()?;
    WAITS_MS.get(at).copied()
}

/// What an event is signed with. No `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(pub [u8; 32]);

/// A program that is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where.
    pub url: String,
    /// What its events are signed with.
    pub secret: WebhookSecret,
    /// What it is told of: some of [`KINDS`].
    pub kinds: Vec<String>,
    /// Who made it.
    pub created_by: SdrId,
    /// When.
    pub created_at_ms: UtcMs,
}

/// A webhook, and how its deliveries stand.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookView {
    /// The webhook.
    pub webhook: Webhook,
    /// Something may be delivered now.
    pub due: bool,
    /// Deliveries that wait for their first or next try.
    pub waiting: u32,
    /// Deliveries that were given up.
    pub failed: u32,
}

/// An event to be delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Due {
    /// The delivery's id, the same at each try.
    pub id: String,
    /// What happened.
    pub kind: String,
    /// When.
    pub at_ms: UtcMs,
    /// About what, a JSON object.
    pub data: String,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

/// How a try went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What was answered, if anything was.
    pub status: Option<u16>,
    /// Why it did not work, in our words; none if it did.
    pub problem: Option<String>,
    /// It is never to be tried again.
    pub for_good: bool,
}

/// Where a delivery stands after a try: its word, and when it is due next.
pub(super) fn after(tried: &Tried, attempts: u32, now: UtcMs) -> (&'static str, i64) {
    let wait = wait_after(attempts).filter(|_| !tried.for_good);
    match (&tried.problem, wait) {
        (None, _) => ("delivered", now.0),
        (Some(_), Some(wait)) => ("waiting", now.0.saturating_add(wait)),
        (Some(_), None) => ("failed", now.0),
    }
}

/// A line of a webhook's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its number, for paging.
    pub seq: i64,
    /// Its id, as the program was told it.
    pub id: String,
    /// What happened.
    pub kind: String,
    /// When.
    pub at_ms: UtcMs,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried last.
    pub tried_at_ms: Option<UtcMs>,
    /// When it is tried next, while it waits.
    pub due_at_ms: Option<UtcMs>,
    /// What was answered last.
    pub status: Option<u16>,
    /// Why the last try did not work.
    pub problem: Option<String>,
}
