//! Sending by hand, where the page can be looked at but not sent through. The message is pinned to
//! this desktop and its intent is on disk before its chat is opened; then a person presses Send and
//! says what became of it. Nothing is concluded without that word: unsaid, it is parked.

use crate::claims::draft;
use crate::effect::Stage;
use crate::flight::{Flight, Step};
use crate::input::{PageFault, Said};
use crate::page::{Gate, Handed};
use crate::session::Session;
use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::bridge::{BridgeCommand, MAX_COMPOSE_BYTES};
use hotdesk_protocol::ids::MessageId;

/// A person's word is awaited no longer than this.
const WORD_MOST_MS: u64 = 15 * 60_000;

/// How far sending by hand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assist {
    /// It may be asked for: the page shows its chats and cannot send by itself.
    Offered,
    /// The next message is on its way into the page.
    Preparing,
    /// The message's chat is open; a person's word is awaited.
    Waiting(MessageId),
}

/// A person's wish for a message to send by hand.
#[derive(Clone, Default)]
pub(crate) struct ByHand {
    pub(crate) wanted: bool,
    /// Why the last wish came to nothing.
    pub(crate) problem: Option<Problem>,
}

impl Session {
    pub(crate) fn assist(&mut self) {
        self.by_hand.problem = None;
        self.by_hand.wanted = self.assisting() == Some(Assist::Offered);
    }

    /// How far sending by hand is, where it is offered.
    pub(crate) fn assisting(&self) -> Option<Assist> {
        let mut mine = self.flights.iter().filter(|flight| flight.row.assisted);
        if let Some(open) = mine.clone().find(|flight| flight.step == Step::Assisting) {
            return Some(Assist::Waiting(open.id().clone()));
        }
        if self.by_hand.wanted || mine.any(|flight| is_under_way(flight.step)) {
            return Some(Assist::Preparing);
        }
        self.may_assist().then_some(Assist::Offered)
    }

    fn may_assist(&self) -> bool {
        !self.paused
            && !self.queue.signed_out
            && !self.is_passive()
            && self.page.hand_gate().is_some()
            && (self.page.tried_in_vain || !self.tries_second_way())
            && self.records.failed.is_none()
            && !self.low_space
            && self.warning.is_none()
            && !self.blocked.behind
            && self.queue.sent_today < self.policy.daily_messages
    }

    pub(crate) fn wants_by_hand(&self) -> bool {
        self.by_hand.wanted && self.may_assist()
    }

    /// One message, if there is one now.
    pub(crate) fn claim_by_hand(&mut self) {
        let free = self.queue.claimed.is_empty() && self.queue.claim_out.is_none();
        let from = self.queue.claim_retry.not_before();
        if free && self.due(from.max(self.queue.begin_from)) {
            self.ask_queue(1, 0);
        }
    }

    /// The queue has answered: with nothing there is nothing to send by hand.
    pub(crate) fn claimed_by_hand(&mut self) {
        self.by_hand.wanted &= !self.queue.claimed.is_empty();
    }

    pub(crate) fn pump_assist(&mut self) {
        self.watch_word();
        let Some(gate) = self.page.hand_gate() else {
            self.by_hand.wanted = false;
            return;
        };
        if self.may_assist() {
            self.take_by_hand(&gate);
            self.begin_by_hand(&gate);
            self.open_by_hand(&gate);
        }
    }

    fn take_by_hand(&mut self, gate: &Gate) {
        if !self.by_hand.wanted || self.queue.claimed.is_empty() || !self.fresh() {
            return;
        }
        self.by_hand.wanted = false;
        let claimed = self.queue.claimed.remove(0);
        let phone = &claimed.message.phone;
        let message = &claimed.message;
        let too_much = message.file.is_some() || message.text.len() > MAX_COMPOSE_BYTES;
        let blocked = |f: &Flight| f.row.phone == *phone && f.blocks_chat();
        if too_much || self.flights.iter().any(blocked) {
            self.by_hand.problem = too_much.then(words::too_much_by_hand);
            self.queue.claimed.push(claimed);
            self.hand_back();
            return;
        }
        let mut row = draft(&claimed.tenant, &claimed.message, &self.boot_id);
        row.assisted = true;
        let mut flight = Flight::new(row, Step::Beginning);
        flight.until = Some(claimed.until);
        self.flights.push(flight);
        self.begin(self.flights.len() - 1, gate);
    }

    fn begin_by_hand(&mut self, gate: &Gate) {
        for at in 0..self.flights.len() {
            let flight = &self.flights[at];
            let waits = flight.step == Step::Beginning && flight.begin_out.is_none();
            let from = flight.begin_retry.not_before().max(flight.not_before);
            let from = from.max(self.queue.begin_from);
            if flight.row.assisted && waits && self.due(from) && self.fresh() {
                self.begin(at, gate);
            }
        }
    }

    fn open_by_hand(&mut self, gate: &Gate) {
        let ready = |f: &Flight| f.row.assisted && f.step == Step::Ready;
        let Some(at) = self.flights.iter().position(ready) else {
            return;
        };
        let now = self.now.boot;
        let flight = &mut self.flights[at];
        let in_time = flight.until.is_some_and(|until| now < until);
        if !in_time || flight.row.profile_epoch != gate.epoch {
            flight.step = Step::Beginning;
            return;
        }
        if self.page.submit_out.is_some() || !self.fresh() {
            return;
        }
        let flight = &mut self.flights[at];
        flight.step = Step::Assisting;
        flight.handed = true;
        flight.waiting_since = now;
        let command = BridgeCommand::Compose {
            phone: flight.row.phone.clone(),
            text: flight.row.text.clone(),
        };
        let handed = Handed::Compose(flight.id().clone());
        self.last_submit = Some(now);
        self.hand(handed, gate.generation.clone(), command);
    }

    /// Only a refusal proves that nothing was opened; else the person looks and says.
    pub(crate) fn chat_opened(&mut self, id: &MessageId, result: Result<(), PageFault>) {
        self.page.probe_now();
        let waits = self.flight(id).is_some_and(|f| f.step == Step::Assisting);
        match result {
            Err(PageFault::Refused(problem)) if waits => {
                self.by_hand.problem = Some(problem);
                self.let_go(id);
            }
            Ok(())
            | Err(
                PageFault::Refused(_)
                | PageFault::TimedOut
                | PageFault::Absent
                | PageFault::OtherGeneration
                | PageFault::BadAnswer,
            ) => {}
        }
    }

    pub(crate) fn said(&mut self, said: Said) {
        let utc = self.now.utc;
        let open = |f: &&mut Flight| f.step == Step::Assisting;
        let Some(flight) = self.flights.iter_mut().find(open) else {
            return;
        };
        let id = flight.id().clone();
        match said {
            Said::Sent => {
                flight.reach(Stage::Sent, utc, None);
                self.queue.count_sent(1);
            }
            Said::NotSent => self.let_go(&id),
            Said::Unsure => flight.reach(Stage::Review, utc, Some(words::unsaid())),
        }
    }

    /// A healthy page sends by itself again: what was not yet opened for a person goes its usual way.
    pub(crate) fn keep_from_hand(&mut self) {
        for flight in &mut self.flights {
            if flight.row.assisted && is_under_way(flight.step) && !flight.handed {
                flight.row.assisted = false;
                flight.dirty |= flight.durable.is_some();
            }
        }
    }

    fn watch_word(&mut self) {
        let open = |f: &&Flight| f.step == Step::Assisting;
        let since = self.flights.iter().find(open).map(|f| f.waiting_since);
        if let Some(since) = since
            && self.due(since.after(WORD_MOST_MS))
        {
            self.park_unsaid();
        }
    }

    /// Nobody has said, and nobody will be asked any more.
    pub(crate) fn park_unsaid(&mut self) {
        self.said(Said::Unsure);
    }

    /// What a process before this one had begun by hand may have been sent.
    pub(crate) fn park_begun_by_hand(&mut self) {
        let utc = self.now.utc;
        for flight in &mut self.flights {
            if flight.row.assisted && flight.row.stage == Stage::Intent {
                flight.reach(Stage::Review, utc, Some(words::unsaid()));
            }
        }
    }
}

/// Asked for, and its chat is not yet open.
fn is_under_way(step: Step) -> bool {
    match step {
        Step::Beginning | Step::Recording | Step::Ready => true,
        Step::Submitting
        | Step::InPage
        | Step::Unknown
        | Step::Looking
        | Step::Assisting
        | Step::Settled
        | Step::Dropping
        | Step::Finishing => false,
    }
}
