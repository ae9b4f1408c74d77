//! What the queue offers: asking for it, checking it, handing it back.

use crate::backoff::Backoff;
use crate::check;
use crate::effect::{Effect, OutboxRow, Stage};
use crate::flight::{Claimed, Flight, Step};
use crate::input::{Millis, QueueFault};
use crate::session::Session;
use crate::wa_id::{body_hash, wa_message_id};
use crate::words;
use hotdesk_protocol::ids::{MessageId, ProfileEpoch, TenantId};
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest, ClaimedMessage};
use hotdesk_protocol::{Problem, ProblemCode};

const WAIT_SECONDS: u32 = 25;
const LIMIT_MOST: u64 = 10;
const HOLDING_MOST: usize = 1_000;
/// Messages are leased only when they may leave within about this time.
pub(crate) const AHEAD_MS: u64 = 2_000;
const HURRIED_MS: u64 = 1_000;
const LATE_ASIDE_MS: u64 = 5_000;
const BLOCKED_MS: u64 = 5_000;

/// How the server stands, as far as this session has heard.
#[derive(Clone, Default)]
pub(crate) struct Queue {
    pub(crate) signed_out: bool,
    /// Why the last call failed, if it did.
    pub(crate) problem: Option<Problem>,
    /// It offered another SDR's message.
    pub(crate) wrong_sdr: Option<Problem>,
    /// Why it offers nothing.
    pub(crate) blocked: Option<Problem>,
    pub(crate) queued: u32,
    pub(crate) sent_today: u32,
    /// How many wait for a person, where the server says it.
    pub(crate) review: Option<u32>,
    pub(crate) claimed: Vec<Claimed>,
    /// Asked when, and for the numbers blocked since what.
    pub(crate) claim_out: Option<(Millis, i64)>,
    pub(crate) claim_at: Millis,
    pub(crate) claim_retry: Backoff,
    /// `Retry-After` of one begin, report or reply holds for all of its kind.
    pub(crate) begin_from: Millis,
    pub(crate) report_from: Millis,
    pub(crate) reply_from: Millis,
}

impl Queue {
    /// On top of what the server has told, which may be any number.
    pub(crate) fn count_sent(&mut self, more: u32) {
        self.sent_today = self.sent_today.saturating_add(more);
    }
}

impl Session {
    /// Take note of how a call went; `Some(retry_after_ms)` if it failed.
    pub(crate) fn heard<T>(&mut self, result: &Result<T, QueueFault>) -> Option<u64> {
        match result {
            Ok(_) => {
                self.queue.problem = None;
                None
            }
            Err(QueueFault::Lost(problem)) => {
                self.queue.problem = Some(problem.clone());
                Some(0)
            }
            Err(QueueFault::Later(ms, problem)) => {
                self.queue.problem = Some(problem.clone());
                Some(*ms)
            }
            Err(QueueFault::Refused(problem)) => {
                if problem.code == ProblemCode::Unauthorized {
                    self.queue.signed_out = true;
                }
                Some(0)
            }
        }
    }

    pub(crate) fn signed_in(&mut self) {
        self.queue.signed_out = false;
        self.queue.problem = None;
        self.queue.claim_retry.reset();
        self.queue.claim_at = self.now.boot;
        self.queue.begin_from = Millis(0);
        self.queue.report_from = Millis(0);
        self.queue.reply_from = Millis(0);
        self.fetch_again();
        self.ask_opt_outs_anew();
        self.heart.reset();
        for flight in &mut self.flights {
            flight.report_retry.reset();
            flight.begin_retry.reset();
        }
    }

    /// How many messages it makes sense to hold at this pace.
    fn appetite(&self) -> usize {
        let gap = u64::from(self.policy.gap_ms).max(1);
        usize::try_from((10_000 / gap).clamp(1, LIMIT_MOST)).unwrap_or(1)
    }

    pub(crate) fn pump_claims(&mut self) {
        let now = self.now.boot;
        for claimed in &self.queue.claimed {
            // Woken by the next lease to run out.
            let until = claimed.until;
            if until > now {
                self.wake_at(until);
                break;
            }
        }
        let late = |claimed: &Claimed| claimed.until <= now;
        // A file that takes longer than a lease must not cost the message one of its leases.
        while let Some(at) = self.queue.claimed.iter().position(late) {
            let message = self.queue.claimed[at].message.clone();
            if message.file.is_some() {
                self.step_aside(&message.message_id, Some(now.after(LATE_ASIDE_MS)));
            } else {
                self.queue.claimed.remove(at);
            }
        }
        if self.wants_by_hand() {
            self.claim_by_hand();
            return;
        }
        // What may not be begun for a while must not cost a message its leases.
        let put_off = !self.due(self.queue.begin_from.before(AHEAD_MS));
        if put_off || !self.may_begin() {
            self.hand_back();
            return;
        }
        let (held, appetite) = (self.queue.claimed.len() + self.unsent(), self.appetite());
        let hungry = held == 0 || held * 2 < appetite || !self.policy_known;
        let open = hungry && self.queue.claim_out.is_none() && !self.blocked.behind;
        let open = open && !self.is_held_up();
        let from = self.queue.claim_at.max(self.queue.claim_retry.not_before());
        let paced = if self.policy_known {
            self.next_submit().before(AHEAD_MS)
        } else {
            now
        };
        let from = from.max(paced);
        if open && self.due(from) {
            let limit = u32::try_from(appetite.saturating_sub(held).max(1)).unwrap_or(1);
            // The first answer only has to bring the pacing.
            let wait_seconds = if self.policy_known { WAIT_SECONDS } else { 0 };
            self.ask_queue(limit, wait_seconds);
        }
    }

    pub(crate) fn ask_queue(&mut self, limit: u32, wait_seconds: u32) {
        self.queue.claim_out = Some((self.now.boot, self.blocked.cursor()));
        let holding = self.holding();
        self.emit(Effect::Claim(ClaimRequest {
            sdr_id: self.sdr_id.clone(),
            desktop_id: self.desktop_id.clone(),
            limit,
            wait_seconds,
            holding,
            claim_id: None,
            session_epoch: self.session_epoch(),
            opt_outs_since: Some(self.blocked.cursor()),
        }));
    }

    fn holding(&self) -> Vec<MessageId> {
        let open = self
            .flights
            .iter()
            .filter(|flight| flight.step != Step::Settled || flight.row.reported.is_none())
            .map(|flight| flight.id().clone());
        let claimed = self
            .queue
            .claimed
            .iter()
            .map(|c| c.message.message_id.clone());
        let aside = self.files.aside().cloned();
        claimed
            .chain(open)
            .chain(aside)
            .take(HOLDING_MOST)
            .collect()
    }

    pub(crate) fn hand_back(&mut self) {
        for claimed in std::mem::take(&mut self.queue.claimed) {
            let message = claimed.message;
            self.emit(Effect::Release(message.message_id, message.lease_token));
        }
    }

    pub(crate) fn claimed(&mut self, result: Result<ClaimAnswer, QueueFault>) {
        let failed = self.heard(&result);
        let Some((asked, opt_outs_since)) = self.queue.claim_out.take() else {
            return;
        };
        let now = self.now.boot;
        let answer = match (result, failed) {
            (Ok(answer), _) => answer,
            (Err(fault), retry_after_ms) => {
                if let QueueFault::Refused(problem) = fault {
                    self.fenced_off(&problem);
                    self.queue.problem = Some(problem);
                }
                let after = retry_after_ms.unwrap_or(0);
                self.queue.claim_retry.failed(now, after, &mut self.rng);
                self.by_hand.wanted = false;
                return;
            }
        };
        self.queue.claim_retry.reset();
        self.learn_opt_outs(opt_outs_since, answer.opt_outs);
        let first = !self.policy_known;
        self.policy = answer.policy;
        self.policy_known = true;
        self.queue.queued = answer.queued;
        self.queue.sent_today = answer.sent_today;
        let blocked = answer.blocked.is_some();
        if self.queue.blocked.is_some() && !blocked {
            self.report_again();
        }
        self.queue.blocked = answer.blocked;
        self.learn_active(asked, answer.active_desktop);
        let offered = answer.messages.len();
        let strangers = answer
            .messages
            .iter()
            .filter(|m| m.sdr_id != self.sdr_id)
            .count();
        let mut taken = 0;
        for message in answer.messages {
            taken += usize::from(self.offered(&answer.tenant, message, asked));
        }
        if strangers > 0 {
            self.queue.wrong_sdr = Some(words::wrong_sdr());
        } else if offered > 0 {
            self.queue.wrong_sdr = None;
        }
        // A server that answers at once with nothing to do must not be asked in a circle.
        let hurried = taken == 0 && !first && now.since(asked) < HURRIED_MS;
        let pause = match (hurried, blocked) {
            (_, true) => self.rng.jitter(BLOCKED_MS),
            (true, false) => self.rng.jitter(HURRIED_MS),
            (false, false) => 0,
        };
        self.queue.claim_at = now.after(pause);
        self.claimed_by_hand();
    }

    /// One offered message; true if it will be sent.
    fn offered(&mut self, tenant: &TenantId, message: ClaimedMessage, asked: Millis) -> bool {
        if message.sdr_id != self.sdr_id {
            return false;
        }
        let held = |claimed: &Claimed| claimed.message.message_id == message.message_id;
        if self.queue.claimed.iter().any(held) || self.seen_before(&message) {
            return false;
        }
        if message.begun && self.restored {
            self.remember(tenant, &message);
            return false;
        }
        if let Some(problem) = self.fault(&message) {
            self.fail_offered(tenant, &message, problem);
            return false;
        }
        if message.file.is_some() && !self.page.sends_files() {
            if self.by_hand.wanted {
                self.by_hand.problem = Some(words::too_much_by_hand());
            }
            self.set_aside(message.message_id, message.lease_token, None);
            return false;
        }
        // The lease counts from before the request; a margin for the way to the page.
        let lease = u64::from(message.lease_ms);
        let until = asked.after(lease - (lease / 4).min(AHEAD_MS));
        self.queue.claimed.push(Claimed {
            tenant: tenant.clone(),
            message,
            until,
        });
        true
    }

    /// A store that was restored from a copy has lost the row of a message it had begun: the message
    /// is looked up as if its intent were found at a start, and never redone if it is absent.
    fn remember(&mut self, tenant: &TenantId, message: &ClaimedMessage) {
        let mut flight = Flight::new(draft(tenant, message, ""), Step::Unknown);
        flight.reach(Stage::Intent, self.now.utc, None);
        flight.handed = true;
        self.flights.push(flight);
    }

    /// Why this message is never to be sent, if so.
    fn fault(&self, message: &ClaimedMessage) -> Option<Problem> {
        check::fault(message).or_else(|| self.opted_out(message))
    }

    /// It ends before it is begun.
    pub(crate) fn fail_offered(
        &mut self,
        tenant: &TenantId,
        message: &ClaimedMessage,
        problem: Problem,
    ) {
        if self.by_hand.wanted {
            self.by_hand.problem = Some(problem.clone());
        }
        let mut row = draft(tenant, message, &self.boot_id);
        row.text.clear();
        let mut flight = Flight::new(row, Step::Settled);
        flight.reach(Stage::Failed, self.now.utc, Some(problem));
        self.flights.push(flight);
    }

    /// A message that was here before is never sent again: its state is reported once more.
    fn seen_before(&mut self, message: &ClaimedMessage) -> bool {
        if let Some(flight) = self.flight(&message.message_id) {
            let older = flight.row.generation < message.generation && !flight.row.stage.has_left();
            if flight.step == Step::Settled && older {
                self.remove(&message.message_id.clone());
                return false;
            }
            if flight.step == Step::Settled {
                if flight.report_out.is_none() {
                    flight.row.reported = None;
                }
            } else {
                // The same message under a new lease: the newer token is the good one.
                flight.row.lease_token = message.lease_token.clone();
            }
            return true;
        }
        let Some(row) = self.finished.get(&message.message_id) else {
            return false;
        };
        // What failed before it was ever begun never left: corrected, it may be offered again.
        let begun = row.at.iter().any(|(stage, _)| *stage == Stage::Intent);
        let corrected = row.stage == Stage::Failed && !begun && self.fault(message).is_none();
        let older = row.generation < message.generation && !row.stage.has_left();
        if corrected || older {
            return false;
        }
        let mut row = row.clone();
        row.reported = None;
        let mut flight = Flight::new(row, Step::Settled);
        flight.handed = true;
        flight.durable = Some(flight.row.stage);
        self.flights.push(flight);
        true
    }
}

/// The row a message gets when it is begun.
pub(crate) fn draft(tenant: &TenantId, message: &ClaimedMessage, boot_id: &str) -> OutboxRow {
    OutboxRow {
        message_id: message.message_id.clone(),
        tenant: tenant.clone(),
        lead_id: message.lead_id.clone(),
        lead_name: message.lead_name.clone(),
        phone: message.phone.clone(),
        text: message.text.clone(),
        file: message.file.clone(),
        generation: message.generation,
        wa_message_id: wa_message_id(tenant, &message.message_id, message.generation),
        lease_token: message.lease_token.clone(),
        profile_epoch: ProfileEpoch(String::new()),
        boot_id: boot_id.to_owned(),
        body_hash: body_hash(&message.text, message.file.as_ref()),
        stage: Stage::Intent,
        chat_id: None,
        other_chat_id: None,
        at: Vec::new(),
        reported: None,
        problem: None,
        assisted: false,
        decided: false,
    }
}
