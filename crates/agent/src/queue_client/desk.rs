//! What this desktop keeps for one SDR where the server keeps nothing: leases, the count of the day,
//! and the right to be the only one that sends.
//!
//! Nothing is pinned at such a server. A begin compares only with what this desktop has claimed, or,
//! after a restart, with what the server still offers; the outbox is what keeps a message from
//! leaving twice.

use super::dialect::Dialect;
use super::error::QueueError;
use super::lease::{LEASE_MS, Leases};
use super::seat::Seat;
use super::server::Wire;
use super::{Past, Replied, answer, lk1, lk2};
use crate::clock::Clock;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, TenantId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{
    BeginRequest, ClaimAnswer, ClaimRequest, ClaimedMessage, HeartbeatAnswer, HeartbeatRequest,
    LeaseAnswer, RenewRequest, ReplyRequest, ResultAnswer, ResultRequest,
};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// These servers have no long poll: they are asked this often while they offer nothing.
const OPEN_EVERY_MS: u64 = 5_000;
/// And this often while they are closed, or another desktop sends.
const CLOSED_EVERY_MS: u64 = 60_000;

/// What a server without leases offers.
pub(super) struct Look {
    pub(super) tenant: TenantId,
    /// Oldest first.
    pub(super) waiting: Vec<Waiting>,
    pub(super) total: u32,
    pub(super) policy: Policy,
    pub(super) blocked: Option<Problem>,
}

/// One message of it.
pub(super) struct Waiting {
    pub(super) id: MessageId,
    pub(super) lead_id: LeadId,
    pub(super) lead_name: String,
    pub(super) phone: String,
    pub(super) text: String,
}

/// The desktop's half of a dialect without leases, for one SDR.
pub struct Desk {
    clock: Clock,
    book: Mutex<Book>,
    seat: tokio::sync::Mutex<Seat>,
    forgiven: AtomicBool,
}

struct Book {
    leases: Leases,
    /// What left today, or is still offered, and when.
    left: BTreeMap<MessageId, UtcMs>,
    queued: u32,
    looked_at: Option<Millis>,
    next_look: Millis,
}

impl Desk {
    /// `left` is what the outbox knows to have left, and when.
    pub fn new(
        desktop_id: DesktopId,
        clock: Clock,
        left: impl IntoIterator<Item = (MessageId, UtcMs)>,
    ) -> Self {
        Self {
            seat: tokio::sync::Mutex::new(Seat::new(&desktop_id)),
            clock,
            book: Mutex::new(Book {
                leases: Leases::default(),
                left: left.into_iter().collect(),
                queued: 0,
                looked_at: None,
                next_look: Millis(0),
            }),
            forgiven: AtomicBool::new(false),
        }
    }

    /// A person wants this desktop to send again after the seat was lost.
    pub(super) fn forgive(&self) {
        self.forgiven.store(true, Ordering::Relaxed);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ask now and then, until something is offered, the server is closed, or the wait is over.
    pub(super) async fn claim(
        &self,
        wire: &Wire,
        dialect: Dialect,
        body: &ClaimRequest,
    ) -> Result<ClaimAnswer, QueueError> {
        let started = self.clock.now().boot;
        let end = started.after(u64::from(body.wait_seconds) * 1_000);
        loop {
            let from = self.book().next_look;
            self.clock.until(from).await;
            let asked = self.clock.now().boot;
            let look = match self.refusal(wire, dialect).await? {
                Some(problem) => self.refused(problem),
                None => self.look(wire, dialect).await?,
            };
            let closed = look.blocked.is_some();
            let mut answer = self.lease(look, body, asked);
            let pause = if closed {
                CLOSED_EVERY_MS
            } else {
                OPEN_EVERY_MS
            };
            self.book().next_look = asked.after(pause);
            if closed || !answer.messages.is_empty() || asked >= end {
                // The engine counts a lease from the start of the call.
                let waited = u32::try_from(asked.since(started)).unwrap_or(u32::MAX);
                for message in &mut answer.messages {
                    message.lease_ms = LEASE_MS.saturating_add(waited);
                }
                return Ok(answer);
            }
        }
    }

    fn lease(&self, look: Look, body: &ClaimRequest, now: Millis) -> ClaimAnswer {
        let sent_today = self.sent_today();
        let today = self.day(self.clock.now().utc);
        let mut book = self.book();
        let offered: BTreeSet<_> = look.waiting.iter().map(|w| w.id.clone()).collect();
        book.leases.tidy(now, |id| offered.contains(id));
        if look.blocked.is_none() {
            book.left
                .retain(|id, at| offered.contains(id) || self.day(*at) >= today);
        }
        let held: BTreeSet<_> = body.holding.iter().collect();
        let (mut phones, mut messages) = (BTreeSet::new(), Vec::new());
        let mut queued = look
            .total
            .max(u32::try_from(offered.len()).unwrap_or(u32::MAX));
        for waiting in look.waiting {
            if held.contains(&waiting.id) {
                queued = queued.saturating_sub(1);
                if !book.left.contains_key(&waiting.id) {
                    phones.insert(waiting.phone);
                }
                continue;
            }
            // The first of a chat stands before the others also while it is not offered itself.
            let first = phones.insert(waiting.phone.clone());
            let full = messages.len() >= usize::try_from(body.limit).unwrap_or(1);
            if !first || full || book.leases.is_taken(&waiting.id, now) {
                continue;
            }
            queued = queued.saturating_sub(1);
            let (lease_token, attempt) = book.leases.take(&waiting.id, now);
            messages.push(ClaimedMessage {
                message_id: waiting.id,
                sdr_id: body.sdr_id.clone(),
                lead_id: waiting.lead_id,
                lead_name: waiting.lead_name,
                phone: waiting.phone,
                text: waiting.text,
                file: None,
                generation: 0,
                attempt,
                // Nobody there knows. After a restored copy the page's own memory is what is left.
                begun: false,
                lease_token,
                lease_ms: LEASE_MS,
            });
        }
        if look.blocked.is_none() {
            book.queued = queued;
        }
        ClaimAnswer {
            tenant: look.tenant,
            messages,
            policy: look.policy,
            queued: book.queued,
            sent_today,
            blocked: look.blocked,
            active_desktop: None,
            opt_outs: None,
            wish: None,
        }
    }

    /// Compare and set on this desktop alone. What it did not claim in this run is begun only while
    /// the server still offers it.
    pub(super) async fn begin(
        &self,
        wire: &Wire,
        dialect: Dialect,
        body: &BeginRequest,
    ) -> Result<LeaseAnswer, QueueError> {
        if let Some(problem) = self.refusal(wire, dialect).await? {
            return Err(QueueError::Refused { problem });
        }
        let now = self.clock.now().boot;
        let (id, token) = (&body.message_id, &body.lease_token);
        if !self.book().leases.renew(id, token, now) {
            let look = self.look(wire, dialect).await?;
            if !look.waiting.iter().any(|waiting| waiting.id == *id) {
                let problem = look.blocked.unwrap_or_else(|| {
                    Problem::new(
                        ProblemCode::Cancelled,
                        "The queue server no longer offers this message. It was not sent.",
                    )
                });
                return Err(QueueError::Refused { problem });
            }
            self.book().leases.take(id, now);
        }
        Ok(LeaseAnswer { lease_ms: LEASE_MS })
    }

    pub(super) fn release(&self, body: &RenewRequest) {
        let mut book = self.book();
        book.leases.give_back(&body.message_id, &body.lease_token);
    }

    /// Only that it left or failed has a call there. What a person must decide about is never marked:
    /// it stays here, and the server goes on offering it in vain.
    pub(super) async fn result(
        &self,
        wire: &Wire,
        dialect: Dialect,
        body: &ResultRequest,
        past: Past,
    ) -> Result<ResultAnswer, QueueError> {
        let id = &body.message_id;
        match body.state {
            MessageState::Sent | MessageState::Delivered | MessageState::Read => {
                let at = past.left_at.unwrap_or(body.at_ms);
                self.book().left.insert(id.clone(), at);
                if !past.told_sent() {
                    match dialect {
                        Dialect::Native | Dialect::Lk1 => lk1::mark_sent(wire, id, at).await?,
                        Dialect::Lk2 => lk2::mark_sent(wire, id, at).await?,
                    }
                }
            }
            MessageState::Failed => {
                let why = body.problem.as_ref().map_or("failed", |p| &p.message);
                let why = answer::short(why);
                match dialect {
                    Dialect::Native | Dialect::Lk1 => lk1::mark_failed(wire, id, why).await?,
                    Dialect::Lk2 => lk2::mark_failed(wire, id, why).await?,
                }
            }
            MessageState::Queued
            | MessageState::Leased
            | MessageState::Begun
            | MessageState::Dead
            | MessageState::Cancelled
            | MessageState::Review => {}
        }
        Ok(ResultAnswer { state: body.state })
    }

    pub(super) async fn reply(
        &self,
        wire: &Wire,
        dialect: Dialect,
        body: &ReplyRequest,
    ) -> Result<Replied, QueueError> {
        match dialect {
            Dialect::Native | Dialect::Lk1 => Ok(Replied::NoPlace),
            Dialect::Lk2 => lk2::reply(wire, body).await.map(|()| Replied::Told),
        }
    }

    pub(super) async fn heartbeat(
        &self,
        wire: &Wire,
        dialect: Dialect,
        body: &HeartbeatRequest,
    ) -> Result<HeartbeatAnswer, QueueError> {
        match dialect {
            Dialect::Native | Dialect::Lk1 => {
                let mut seat = self.seat.lock().await;
                seat.connection(body.session.phone.clone(), body.session.connected);
                seat.beat(wire, &self.clock).await?;
            }
            Dialect::Lk2 => {}
        }
        let now = self.clock.now().boot;
        let looked_at = self.book().looked_at;
        if looked_at.is_none_or(|at| now.since(at) >= CLOSED_EVERY_MS) {
            let look = self.look(wire, dialect).await?;
            if look.blocked.is_none() {
                self.book().queued = look.total;
            }
        }
        let sent_today = self.sent_today();
        let queued = self.book().queued;
        Ok(HeartbeatAnswer {
            queued,
            sent_today,
            review: None,
            active: None,
            active_desktop: None,
            opt_outs: None,
            wish: None,
        })
    }

    /// The SDR leaves this desktop.
    pub(super) async fn sign_out(&self, wire: &Wire, dialect: Dialect) -> Result<(), QueueError> {
        match dialect {
            Dialect::Native | Dialect::Lk1 => self.seat.lock().await.give_up(wire).await,
            Dialect::Lk2 => Ok(()),
        }
    }

    /// Why this SDR may not sign in here: another desktop sends for them.
    pub(super) async fn occupied(
        &self,
        wire: &Wire,
        dialect: Dialect,
    ) -> Result<Option<Problem>, QueueError> {
        match dialect {
            Dialect::Lk1 => self.seat.lock().await.occupied(wire).await,
            Dialect::Native | Dialect::Lk2 => Ok(None),
        }
    }

    /// Why this desktop may not send now, as far as the server lets it know.
    async fn refusal(&self, wire: &Wire, dialect: Dialect) -> Result<Option<Problem>, QueueError> {
        match dialect {
            Dialect::Native | Dialect::Lk1 => {
                let mut seat = self.seat.lock().await;
                if self.forgiven.swap(false, Ordering::Relaxed) {
                    seat.forgive();
                }
                seat.check(wire, &self.clock).await
            }
            Dialect::Lk2 => Ok(None),
        }
    }

    fn refused(&self, problem: Problem) -> Look {
        Look {
            tenant: TenantId::from(""),
            waiting: Vec::new(),
            total: self.book().queued,
            policy: Policy::default(),
            blocked: Some(problem),
        }
    }

    async fn look(&self, wire: &Wire, dialect: Dialect) -> Result<Look, QueueError> {
        let look = match dialect {
            Dialect::Native | Dialect::Lk1 => lk1::look(wire).await?,
            Dialect::Lk2 => lk2::look(wire, &self.clock).await?,
        };
        self.book().looked_at = Some(self.clock.now().boot);
        Ok(look)
    }

    fn sent_today(&self) -> u32 {
        let today = self.day(self.clock.now().utc);
        let book = self.book();
        let sent = book.left.values().filter(|at| self.day(**at) >= today);
        u32::try_from(sent.count()).unwrap_or(u32::MAX)
    }

    fn day(&self, at: UtcMs) -> Date {
        self.clock.local(at).date()
    }
}

/// A list of which nothing can be read is no list of ours.
pub(super) fn some_readable(offered: usize, readable: usize) -> Result<(), QueueError> {
    if offered > 0 && readable == 0 {
        return Err(QueueError::BadAnswer {
            what: "no message in it can be read".to_owned(),
        });
    }
    if readable < offered {
        let unreadable = offered - readable;
        tracing::warn!(unreadable, "The queue offers messages without an id");
    }
    Ok(())
}

/// ISO 8601 in UTC with `Z`.
pub(super) fn iso(at: UtcMs) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{at:.3}")
}
