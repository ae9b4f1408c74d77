//! What becomes of a request on its way to the server and back, and whether `Retry-After` is kept.

use super::rng::Rng;
use hotdesk_engine::QueueFault;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::{
    BeginRequest, ClaimRequest, HeartbeatRequest, RenewRequest, ReplyRequest, ResultRequest,
    TakeOverRequest,
};
use hotdesk_protocol::{Problem, ProblemCode};

/// A request under way.
#[derive(Clone)]
pub enum Request {
    Claim(ClaimRequest),
    Fetch(MessageId, Attachment),
    Begin(BeginRequest),
    Renew(RenewRequest),
    Release(RenewRequest),
    Report(ResultRequest),
    Reply(ReplyRequest),
    Beat(HeartbeatRequest),
    TakeOver(TakeOverRequest),
    Qr,
}

impl Request {
    /// What it asks of the server; `Retry-After` holds for all calls of a kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Claim(_) => "claim",
            Self::Fetch(..) => "file",
            Self::Begin(_) => "begin",
            Self::Renew(_) => "renew",
            Self::Release(_) => "release",
            Self::Report(_) => "report",
            Self::Reply(_) => "reply",
            Self::Beat(_) => "heartbeat",
            Self::TakeOver(_) => "take over",
            Self::Qr => "qr",
        }
    }

    /// What it is about.
    pub fn about(&self) -> &str {
        match self {
            Self::Fetch(id, _) => id.as_str(),
            Self::Begin(ask) => ask.message_id.as_str(),
            Self::Renew(ask) | Self::Release(ask) => ask.message_id.as_str(),
            Self::Report(ask) => ask.message_id.as_str(),
            Self::Reply(ask) => ask.wa_message_id.as_str(),
            Self::Claim(_) | Self::Beat(_) | Self::TakeOver(_) | Self::Qr => "",
        }
    }
}

/// How a request fares. Times in ms from when it was made.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It arrives, and its answer too.
    Fine { there: u64, back: u64 },
    /// It never arrives; the caller hears so.
    Refused { after: u64 },
    /// It arrives, perhaps long after its caller has given up; the answer is lost.
    NoAnswer { there: u64, gives_up: u64 },
    /// It arrives twice; the answer to the second is the one that is heard.
    Twice { there: u64, again: u64, back: u64 },
    /// The server does nothing and says when to come again.
    Later { back: u64, after: u64 },
    /// It is carried out, and something unreadable comes back.
    Garbage { there: u64, back: u64 },
}

/// How likely each fate is, in percent.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub slow_ms: u64,
    pub refused: u64,
    pub no_answer: u64,
    pub twice: u64,
    pub later: u64,
    pub garbage: u64,
}

impl Weather {
    pub const FINE: Self = Self {
        slow_ms: 20,
        refused: 0,
        no_answer: 0,
        twice: 0,
        later: 0,
        garbage: 0,
    };

    pub fn of(rng: &mut Rng) -> Self {
        let mut some = |most| {
            if rng.percent(50) {
                rng.between(0, most)
            } else {
                0
            }
        };
        Self {
            slow_ms: [5, 50, 500, 4_000][usize::try_from(some(3)).unwrap()],
            refused: some(30),
            no_answer: some(30),
            twice: some(20),
            later: some(30),
            garbage: some(15),
        }
    }

    pub fn fate(&self, rng: &mut Rng) -> Fate {
        let (there, back) = (
            rng.between(1, self.slow_ms.max(2)),
            rng.between(1, self.slow_ms.max(2)),
        );
        let mut dice = rng.next() % 100;
        let mut falls = |chance: u64| {
            let hit = dice < chance;
            dice = dice.wrapping_sub(chance).min(100);
            hit
        };
        if falls(self.refused) {
            let after = if rng.percent(50) { 3 } else { 5_000 };
            Fate::Refused { after }
        } else if falls(self.no_answer) {
            let quick = rng.percent(50);
            let gives_up = if quick { there + back } else { 10_000 };
            let there = if rng.percent(20) {
                rng.between(1, 90_000)
            } else {
                there
            };
            Fate::NoAnswer { there, gives_up }
        } else if falls(self.twice) {
            let again = there + rng.between(1, 2_000);
            Fate::Twice { there, again, back }
        } else if falls(self.later) {
            let after = rng.pick(&[0, 1_000, 5_000, 30_000, 120_000]);
            Fate::Later { back, after }
        } else if falls(self.garbage) {
            Fate::Garbage { there, back }
        } else {
            Fate::Fine { there, back }
        }
    }
}

/// The server said "not before": what a seat owes it.
#[derive(Clone, Debug)]
pub struct Pause {
    pub kind: &'static str,
    pub told_at: u64,
    pub after: u64,
    /// How long this desktop had been asleep in all when it was told.
    pub slept: u64,
}

pub fn unreachable() -> QueueFault {
    QueueFault::Lost(Problem::new(ProblemCode::Unreachable, "no answer"))
}

pub fn garbage() -> QueueFault {
    QueueFault::Lost(Problem::new(ProblemCode::BadAnswer, "not understood"))
}

pub fn another_file() -> Problem {
    Problem::new(ProblemCode::BadFile, "not what was announced")
}

pub fn later(after: u64) -> QueueFault {
    QueueFault::Later(after, Problem::new(ProblemCode::TooManyRequests, "later"))
}

pub fn signed_out() -> QueueFault {
    QueueFault::Refused(Problem::new(ProblemCode::Unauthorized, "sign in"))
}
