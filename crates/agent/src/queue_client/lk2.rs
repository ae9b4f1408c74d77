//! The calls of an lk2 server, as [`Look`]s and marks.

use super::Token;
use super::desk::{Look, Waiting, iso, some_readable};
use super::dialect::Dialect;
use super::error::QueueError;
use super::phone::normalised;
use super::server::{QueueServer, SignedIn, Wire};
use crate::clock::Clock;
use crate::secret::Secret;
use hotdesk_protocol::ids::{LeadId, MessageId, SdrId, TenantId};
use hotdesk_protocol::lk1::Entry;
use hotdesk_protocol::lk2::{Config, MarkFailed, MarkSent, Queue, Reply, Scalar};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{ReplyRequest, Sdr};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::civil::Time;
use sha2::{Digest, Sha256};

const QUEUE: &str = "api/sender/queue";
const LOOK_LIMIT: u32 = 50;

/// There is no sign-in: whoever reads the queue with this token is in. The SDR's id holds the server's
/// address, because the ids of messages mean nothing beyond it.
pub(super) async fn sign_in(
    server: &QueueServer,
    email: &str,
    token: &Secret<String>,
) -> Result<SignedIn, QueueError> {
    let hash = Sha256::digest(format!("{}|{email}", server.url()));
    let id = SdrId(format!("lk2-{}", &hex::encode(hash)[..12]));
    let wire = Wire {
        server: server.clone(),
        sdr: id.clone(),
        token: Token::new(token.expose().clone()),
    };
    let _queue: Queue = wire.look(QUEUE, 1, Dialect::Lk2).await?;
    let name = email.split('@').next().unwrap_or(email);
    Ok(SignedIn {
        sdr: Sdr {
            id,
            email: email.to_owned(),
            name: name.to_owned(),
            role: "sdr".to_owned(),
        },
        token: wire.token,
        dialect: Dialect::Lk2,
    })
}

/// What waits, within the working hours of the server's configuration on the office's clock.
pub(super) async fn look(wire: &Wire, clock: &Clock) -> Result<Look, QueueError> {
    let queue: Queue = wire.look(QUEUE, LOOK_LIMIT, Dialect::Lk2).await?;
    let (policy, hours) = (policy(&queue.config)?, Hours::of(&queue.config)?);
    let offered = queue.pending.len();
    let known = queue.pending.into_iter().filter_map(|entry| match entry {
        Entry::Known(pending) => Some(pending),
        Entry::Strange(_) => None,
    });
    let mut waiting: Vec<Waiting> = known
        .map(|pending| {
            let id = MessageId::from(&pending.send_id);
            let lead = pending.lead_id.as_ref().map(MessageId::from);
            Waiting {
                lead_id: LeadId(lead.unwrap_or_else(|| id.clone()).0),
                lead_name: pending
                    .contact_name
                    .or(pending.business_name)
                    .unwrap_or_default(),
                phone: normalised(&pending.phone.unwrap_or_default()),
                text: pending.message_text.unwrap_or_default(),
                id,
            }
        })
        .collect();
    some_readable(offered, waiting.len())?;
    let total = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let now = clock.local(clock.now().utc).time();
    let blocked = hours
        .filter(|hours| !hours.holds(now))
        .map(|hours| hours.words());
    if blocked.is_some() {
        waiting.clear();
    }
    Ok(Look {
        tenant: TenantId(format!("lk2|{}", wire.server.url())),
        total,
        policy,
        blocked,
        waiting,
    })
}

pub(super) async fn mark_sent(wire: &Wire, id: &MessageId, at: UtcMs) -> Result<(), QueueError> {
    let body = MarkSent {
        send_id: Scalar::from(id),
        sent_at: iso(at),
    };
    wire.acknowledged("api/sender/mark-sent", &body).await
}

pub(super) async fn mark_failed(
    wire: &Wire,
    id: &MessageId,
    error_message: String,
) -> Result<(), QueueError> {
    let body = MarkFailed {
        send_id: Scalar::from(id),
        error_message,
    };
    wire.acknowledged("api/sender/mark-failed", &body).await
}

pub(super) async fn reply(wire: &Wire, reply: &ReplyRequest) -> Result<(), QueueError> {
    let body = Reply {
        send_id: Scalar::from(&reply.message_id),
        reply_text: reply.text.clone(),
        reply_at: iso(reply.at_ms),
    };
    wire.acknowledged("api/sender/reply", &body).await
}

/// The middle of the two delays: the pace the server's owner reckons with. No dice are thrown, because
/// their only use would be to look like a person typing.
fn policy(config: &Config) -> Result<Policy, QueueError> {
    let (least, most) = (
        seconds("delay_min_sec", config.delay_min_sec.as_ref())?,
        seconds("delay_max_sec", config.delay_max_sec.as_ref())?,
    );
    let default = Policy::default();
    let gap_ms = match (least, most) {
        (Some(least), Some(most)) => (least.saturating_add(most.max(least))).saturating_mul(500),
        (Some(only), None) | (None, Some(only)) => only.saturating_mul(1_000),
        (None, None) => default.gap_ms,
    };
    Ok(Policy { gap_ms, ..default })
}

fn seconds(key: &str, given: Option<&Scalar>) -> Result<Option<u32>, QueueError> {
    let read = match given {
        None => return Ok(None),
        Some(Scalar::Number(number)) => u32::try_from(*number).ok(),
        Some(Scalar::Text(text)) => text.trim().parse().ok(),
    };
    read.map(Some).ok_or_else(|| unreadable(key))
}

/// From a time of the day to another, over midnight where the end comes first.
struct Hours {
    start: Time,
    end: Time,
}

impl Hours {
    fn of(config: &Config) -> Result<Option<Self>, QueueError> {
        let start = time("working_start", config.working_start.as_ref())?;
        let end = time("working_end", config.working_end.as_ref())?;
        Ok(match (start, end) {
            (Some(start), Some(end)) => Some(Self { start, end }),
            (Some(start), None) => Some(Self {
                start,
                end: Time::midnight(),
            }),
            (None, Some(end)) => Some(Self {
                start: Time::midnight(),
                end,
            }),
            (None, None) => None,
        })
    }

    fn holds(&self, now: Time) -> bool {
        if self.start < self.end {
            self.start <= now && now < self.end
        } else {
            self.start <= now || now < self.end
        }
    }

    fn words(&self) -> Problem {
        let (start, end) = (self.start.strftime("%H:%M"), self.end.strftime("%H:%M"));
        Problem::new(
            ProblemCode::NotNow,
            format!(
                "Outside of the queue server's working hours, {start} to {end}. Nothing is lost; sending goes on by itself."
            ),
        )
    }
}

/// `9`, `9:00`, `09:00` or `09:00:00`; 24 is the end of the day.
fn time(key: &str, given: Option<&Scalar>) -> Result<Option<Time>, QueueError> {
    let text = match given {
        None => return Ok(None),
        Some(Scalar::Number(hour)) => hour.to_string(),
        Some(Scalar::Text(text)) => text.trim().to_owned(),
    };
    let mut parts = text.split(':').map(|part| part.parse::<i8>().ok());
    let hour = parts.next().flatten();
    let minute = parts.next().unwrap_or(Some(0));
    let read = match (hour, minute) {
        (Some(24), Some(0)) => Some(Time::midnight()),
        (Some(hour), Some(minute)) => Time::new(hour, minute, 0, 0).ok(),
        (None, _) | (_, None) => None,
    };
    read.map(Some).ok_or_else(|| unreadable(key))
}

fn unreadable(key: &str) -> QueueError {
    QueueError::BadAnswer {
        what: format!("`config.{key}` is not understood"),
    }
}
