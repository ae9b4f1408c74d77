//! The bytes of files: fetched and checked before the message is begun, put into the page before it
//! is submitted. The engine only knows where they are; the runner holds them.
//!
//! One file at a time is fetched and one is in the page. A message whose file does not come, or that
//! the page cannot send, steps aside: it is handed back if it is not begun, and texts go on.

use crate::backoff::Backoff;
use crate::claims::draft;
use crate::effect::{Effect, OutboxRow, Stage};
use crate::flight::{Flight, Step};
use crate::input::{FetchFault, Millis, PageFault, PutFault, QueueFault};
use crate::page::Gate;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{LeaseToken, MessageId, PageGeneration};
use hotdesk_protocol::queue::ClaimedMessage;
use hotdesk_protocol::{Problem, ProblemCode};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// After so many fetches in vain an unbegun message lets others go first.
const FETCHES_MOST: u32 = 4;
const ASIDE_MS: u64 = 60_000;
const PUTS_MOST: u32 = 5;

/// Where the bytes are.
#[derive(Clone, Default)]
pub(crate) struct Files {
    /// The runner has the bytes, checked.
    here: BTreeSet<MessageId>,
    fetch_out: Option<MessageId>,
    fetch_retry: Backoff,
    /// Fetches in vain, in a row.
    fetches: u32,
    /// The page's script has this message's file.
    put: Option<(MessageId, PageGeneration)>,
    put_out: Option<(MessageId, PageGeneration)>,
    put_retry: Backoff,
    puts: BTreeMap<MessageId, u32>,
    /// Handed back, and not to be offered again before; `None` until the page can send files.
    aside: BTreeMap<MessageId, Option<Millis>>,
}

impl Files {
    /// Messages that are not to be offered for now.
    pub(crate) fn aside(&self) -> impl Iterator<Item = &MessageId> {
        self.aside.keys()
    }

    fn has(&self, row: &OutboxRow) -> bool {
        row.file.is_none() || self.here.contains(&row.message_id)
    }

    pub(crate) fn is_put(&self, id: &MessageId, gate: &Gate) -> bool {
        let put = self.put.as_ref();
        put.is_some_and(|(put, load)| put == id && *load == gate.generation)
    }

    /// Everything that decides what is asked for next.
    pub(crate) fn digest(&self, into: &mut impl Hasher) {
        let text = |id: &MessageId| id.0.clone();
        self.here.iter().for_each(|id| id.0.hash(into));
        self.aside.keys().for_each(|id| id.0.hash(into));
        self.puts.iter().for_each(|(id, n)| (&id.0, n).hash(into));
        (self.fetch_out.as_ref().map(text), self.fetches).hash(into);
        let (put, out) = (self.put.as_ref(), self.put_out.as_ref());
        (put.map(|(id, load)| (&id.0, &load.0))).hash(into);
        (out.map(|(id, load)| (&id.0, &load.0))).hash(into);
    }
}

impl Session {
    /// Whether the bytes of this message's file may still be asked for; if not, let go of them.
    pub fn needs_file(&self, id: &MessageId) -> bool {
        let claimed = self.queue.claimed.iter();
        let mut claimed = claimed.filter(|claimed| claimed.message.file.is_some());
        let flight = |flight: &Flight| flight.id() == id && flight.wants_file();
        claimed.any(|claimed| claimed.message.message_id == *id) || self.flights.iter().any(flight)
    }

    /// Nothing but its turn is missing for this message to be begun.
    pub(crate) fn has_file(&self, row: &OutboxRow) -> bool {
        self.files.has(row) && (row.file.is_none() || self.page.sends_files())
    }

    /// The bytes of a claimed message's file are here, if it has one.
    pub(crate) fn is_here(&self, message: &ClaimedMessage) -> bool {
        message.file.is_none() || self.files.here.contains(&message.message_id)
    }

    /// Messages with files wait because the page cannot send them.
    pub(crate) fn files_stopped(&self) -> Option<Problem> {
        if self.page.probe.is_none() || self.page.sends_files() {
            return None;
        }
        let begun = |flight: &Flight| {
            flight.row.file.is_some() && matches!(flight.step, Step::Beginning | Step::Ready)
        };
        let aside = self.files.aside.values().any(Option::is_none);
        (aside || self.flights.iter().any(begun)).then(words::files_not_sent)
    }

    /// Hand back an unbegun message and let others go first.
    pub(crate) fn step_aside(&mut self, id: &MessageId, until: Option<Millis>) {
        let claimed = &mut self.queue.claimed;
        let at = claimed.iter().position(|it| it.message.message_id == *id);
        if let Some(at) = at {
            let message = claimed.remove(at).message;
            self.set_aside(message.message_id, message.lease_token, until);
        }
    }

    /// As [`Self::step_aside`], for one that was only just offered.
    pub(crate) fn set_aside(&mut self, id: MessageId, lease: LeaseToken, until: Option<Millis>) {
        self.files.aside.insert(id.clone(), until);
        self.emit(Effect::Release(id, lease));
    }

    pub(crate) fn pump_files(&mut self) {
        self.tidy_files();
        let Some(gate) = self.page.gate() else { return };
        if !self.page.sends_files() {
            let claimed = self.queue.claimed.iter();
            let carriers = claimed.filter(|claimed| claimed.message.file.is_some());
            let ids: Vec<_> = carriers.map(|it| it.message.message_id.clone()).collect();
            ids.iter().for_each(|id| self.step_aside(id, None));
            return;
        }
        self.pump_fetch();
        if self.stop().is_none() {
            self.pump_put(&gate);
        }
    }

    fn tidy_files(&mut self) {
        let now = self.now.boot;
        let sends = self.page.sends_files();
        self.files.aside.retain(|_, until| match until {
            Some(until) => *until > now,
            None => !sends,
        });
        if let Some(first) = self.files.aside.values().flatten().min().copied() {
            self.wake_at(first);
        }
        let mut files = std::mem::take(&mut self.files);
        files.here.retain(|id| self.needs_file(id));
        files.puts.retain(|id, _| self.needs_file(id));
        files.put = files.put.filter(|(id, _)| self.needs_file(id));
        self.files = files;
    }

    /// What is begun comes first. Of what is not, one file is fetched ahead.
    fn pump_fetch(&mut self) {
        if self.files.fetch_out.is_some() || self.queue.signed_out {
            return;
        }
        let lacks = |row: &OutboxRow| !self.files.has(row);
        let begun = |f: &&Flight| matches!(f.step, Step::Beginning | Step::Ready) && lacks(&f.row);
        let begun = self.flights.iter().find(begun);
        let found = begun.and_then(|f| Some((f.id().clone(), f.row.file.clone()?)));
        let Some((id, file)) = found.or_else(|| self.next_to_fetch()) else {
            return;
        };
        if self.due(self.files.fetch_retry.not_before()) {
            self.files.fetch_out = Some(id.clone());
            self.emit(Effect::FetchFile(id, file));
        }
    }

    fn next_to_fetch(&self) -> Option<(MessageId, Attachment)> {
        let claimed = || self.queue.claimed.iter().map(|claimed| &claimed.message);
        if !self.may_begin() || claimed().any(|m| self.files.here.contains(&m.message_id)) {
            return None;
        }
        let busy = |phone: &str| {
            let mut flights = self.flights.iter();
            flights.any(|flight| flight.row.phone == phone && flight.blocks_chat())
        };
        let next = claimed().find(|m| m.file.is_some() && !busy(&m.phone))?;
        Some((next.message_id.clone(), next.file.clone()?))
    }

    pub(crate) fn file_fetched(&mut self, id: &MessageId, result: Result<(), FetchFault>) {
        if self.files.fetch_out.as_ref() != Some(id) {
            return;
        }
        self.files.fetch_out = None;
        let fault = match result {
            Ok(()) => {
                self.files.fetches = 0;
                self.files.fetch_retry.reset();
                self.files.here.insert(id.clone());
                return;
            }
            Err(FetchFault::Unfit(problem)) => return self.fail_file(id, problem),
            Err(FetchFault::Queue(fault)) => fault,
        };
        let after = self.heard(&Err::<(), _>(fault.clone())).unwrap_or(0);
        match fault {
            QueueFault::Refused(problem) if problem.code != ProblemCode::Unauthorized => {
                self.fail_file(id, words::file_refused(&problem));
            }
            QueueFault::Refused(_) => {}
            QueueFault::Lost(_) | QueueFault::Later(..) => {
                let now = self.now.boot;
                self.files.fetch_retry.failed(now, after, &mut self.rng);
                self.files.fetches += 1;
                if self.files.fetches >= FETCHES_MOST {
                    self.files.fetches = 0;
                    self.step_aside(id, Some(now.after(ASIDE_MS)));
                }
            }
        }
    }

    /// Nothing of it was handed to WhatsApp, and nothing will be.
    fn fail_file(&mut self, id: &MessageId, problem: Problem) {
        let utc = self.now.utc;
        let claimed = &mut self.queue.claimed;
        if let Some(at) = claimed.iter().position(|it| it.message.message_id == *id) {
            let claimed = claimed.remove(at);
            let mut row = draft(&claimed.tenant, &claimed.message, &self.boot_id);
            row.text.clear();
            let mut flight = Flight::new(row, Step::Settled);
            flight.reach(Stage::Failed, utc, Some(problem));
            self.flights.push(flight);
        } else if let Some(flight) = self.flight(id)
            && matches!(flight.step, Step::Beginning | Step::Ready)
            && flight.begin_out.is_none()
            && !flight.handed
        {
            flight.reach(Stage::Failed, utc, Some(problem));
        }
    }

    /// The next file whose message only waits for its turn.
    fn pump_put(&mut self, gate: &Gate) {
        let taken = self.files.put.as_ref();
        let taken = taken.is_some_and(|(_, load)| *load == gate.generation);
        // A command under way may be the one that takes the file the page has.
        if taken || self.files.put_out.is_some() || self.page.submit_out.is_some() {
            return;
        }
        let next =
            |f: &&Flight| f.step == Step::Ready && f.row.file.is_some() && self.files.has(&f.row);
        let Some(flight) = self.flights.iter().find(next) else {
            return;
        };
        let (id, file) = (flight.id().clone(), flight.row.file.clone());
        if let Some(file) = file
            && self.due(self.files.put_retry.not_before())
        {
            self.files.put_out = Some((id.clone(), gate.generation.clone()));
            self.emit(Effect::PutFile(gate.generation.clone(), id, file));
        }
    }

    pub(crate) fn file_put(&mut self, id: &MessageId, result: Result<(), PutFault>) {
        let asked = self.files.put_out.take_if(|(asked, _)| asked == id);
        let Some(asked) = asked else { return };
        let fault = match result {
            Ok(()) => {
                self.files.put = Some(asked);
                self.files.put_retry.reset();
                return;
            }
            Err(PutFault::Gone) => {
                self.files.here.remove(id);
                return;
            }
            Err(PutFault::Page(fault)) => fault,
        };
        let now = self.now.boot;
        self.files.put_retry.failed(now, 0, &mut self.rng);
        self.page.probe_now();
        let problem = match fault {
            PageFault::Absent | PageFault::OtherGeneration => return,
            PageFault::Refused(problem) if problem.code == ProblemCode::TooManyRequests => return,
            PageFault::Refused(problem) => problem,
            PageFault::TimedOut | PageFault::BadAnswer => words::file_not_taken(),
        };
        let puts = self.files.puts.entry(id.clone()).or_default();
        *puts += 1;
        if *puts >= PUTS_MOST {
            self.fail_file(id, problem);
        }
    }

    /// The page's script lets go of a file with the command that sends it.
    pub(crate) fn file_submitted(&mut self) {
        self.files.put = None;
    }

    pub(crate) fn fetch_again(&mut self) {
        self.files.fetch_retry.reset();
    }
}

impl Flight {
    fn wants_file(&self) -> bool {
        let sends = match self.step {
            Step::Beginning | Step::Recording | Step::Ready | Step::Submitting => true,
            Step::InPage
            | Step::Unknown
            | Step::Looking
            | Step::Assisting
            | Step::Settled
            | Step::Dropping
            | Step::Finishing => false,
        };
        sends && self.row.file.is_some()
    }
}
