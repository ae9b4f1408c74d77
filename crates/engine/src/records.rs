//! What goes to disk: one write at a time, with everything that is due by then, the newest snapshot
//! of a row each time. What nobody waits for rides along with the next write, or goes a little later.

use crate::backoff::Backoff;
use crate::effect::{Effect, Record, Stage};
use crate::flight::{Flight, Step};
use crate::input::Millis;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{MessageId, WaMessageId};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Sent rows kept in the outbox so that later ticks and replies find them.
const TRACKED_MOST: usize = 500;
/// So long a change may wait for another one, where its loss would only be found out again.
const RIDE_ALONG_MS: u64 = 100;

#[derive(Clone, Default)]
pub(crate) struct Records {
    queued: VecDeque<Record>,
    out: Vec<Record>,
    /// Since when the oldest of what may wait has waited.
    waits_since: Option<Millis>,
    pub(crate) failed: Option<Problem>,
    pub(crate) retry: Backoff,
}

impl Records {
    pub(crate) fn digest(&self, into: &mut impl Hasher) {
        (self.out.len(), self.queued.len(), self.failed.is_some()).hash(into);
        for record in &self.out {
            if let Record::Outbox(row) = record {
                (row.message_id.as_str(), row.stage).hash(into);
            }
        }
    }

    /// Queue a record that is not a row, once.
    pub(crate) fn push(&mut self, record: Record) {
        if !self.out.contains(&record) && !self.queued.contains(&record) {
            self.queued.push_back(record);
        }
    }

    /// An answer that is already told need not be written any more.
    pub(crate) fn withdraw_reply(&mut self, id: &WaMessageId) {
        self.queued
            .retain(|record| !matches!(record, Record::Reply(reply) if reply.wa_message_id == *id));
    }
}

impl Session {
    pub(crate) fn recorded(&mut self, result: Result<(), Problem>) {
        let written = std::mem::take(&mut self.records.out);
        if written.is_empty() {
            return;
        }
        if let Err(problem) = result {
            self.records.failed = Some(words::store_failed(&problem));
            self.records.retry.failed(self.now.boot, 0, &mut self.rng);
            for record in written.into_iter().rev() {
                self.write_again(record);
            }
            return;
        }
        self.records.failed = None;
        self.records.retry.reset();
        for record in written {
            self.is_written(record);
        }
    }

    fn is_written(&mut self, record: Record) {
        match record {
            Record::Outbox(row) => {
                let now = self.now.boot;
                if let Some(flight) = self.flight(&row.message_id) {
                    flight.durable = Some(row.stage);
                    if flight.step == Step::Recording && !flight.dirty {
                        flight.step = Step::Ready;
                        flight.not_before = now;
                    }
                }
            }
            Record::Finished(id) => {
                if let Some(flight) = self.flight(&id) {
                    let row = flight.row.clone();
                    self.remove(&id);
                    self.finished.add(row);
                }
            }
            Record::Dropped(id) => self.remove(&id),
            Record::Forgotten(ids) => self.forgotten(&ids),
            Record::Reply(reply) => self.reply_kept(reply.wa_message_id),
            Record::ReplyDone(_) | Record::Blocked { .. } => {}
            Record::Marker(marker) => self.page.marker = Some(marker),
            Record::Account(_) => {}
        }
    }

    fn write_again(&mut self, record: Record) {
        match record {
            Record::Outbox(row) => {
                if let Some(flight) = self.flight(&row.message_id) {
                    flight.dirty = true;
                }
            }
            Record::Reply(reply) => {
                if self.replies.is_pending(&reply.wa_message_id) {
                    self.records.queued.push_front(Record::Reply(reply));
                }
            }
            other @ (Record::Finished(_)
            | Record::Dropped(_)
            | Record::Forgotten(_)
            | Record::ReplyDone(_)
            | Record::Blocked { .. }
            | Record::Marker(_)
            | Record::Account(_)) => self.records.queued.push_front(other),
        }
    }

    pub(crate) fn pump_records(&mut self) {
        self.close_finished();
        if !self.records.out.is_empty() || !self.due(self.records.retry.not_before()) {
            return;
        }
        let queued = &self.records.queued;
        let mut changed = self.flights.iter().filter(|flight| flight.is_changed());
        if queued.iter().any(is_awaited) || changed.clone().any(Flight::is_awaited) {
            self.write();
        } else if !queued.is_empty() || changed.next().is_some() {
            let since = *self.records.waits_since.get_or_insert(self.now.boot);
            // Whoever paused may be about to end the process.
            if self.paused || self.due(since.after(RIDE_ALONG_MS)) {
                self.write();
            }
        } else if self.records.failed.take().is_some() {
            // What could not be written need not be written any more: the next intent will tell.
            self.wake_at(self.now.boot);
        }
    }

    /// What is queued comes first: a row that is dropped or closed may be in flight again.
    fn write(&mut self) {
        self.records.waits_since = None;
        let mut all: Vec<Record> = self.records.queued.drain(..).collect();
        for flight in &mut self.flights {
            if flight.is_changed() {
                flight.dirty = false;
                all.push(Record::Outbox(Box::new(flight.row.clone())));
            }
        }
        self.records.out.clone_from(&all);
        self.emit(Effect::Record(all));
    }

    /// Close rows whose end is reported, and the oldest of those that are merely watched.
    fn close_finished(&mut self) {
        let watched =
            |flight: &&Flight| flight.step == Step::Settled && flight.to_report().is_none();
        let mut excess = self
            .flights
            .iter()
            .filter(watched)
            .count()
            .saturating_sub(TRACKED_MOST);
        let mut ids: Vec<MessageId> = Vec::new();
        for flight in &mut self.flights {
            let settled = flight.step == Step::Settled
                && flight.to_report().is_none()
                && flight.report_out.is_none();
            if settled && (flight.is_over() || excess > 0) {
                excess = excess.saturating_sub(usize::from(!flight.is_over()));
                flight.step = Step::Finishing;
                ids.push(flight.id().clone());
            }
        }
        for id in ids {
            self.records.push(Record::Finished(id));
        }
    }

    /// Whether what is known of this message is on disk.
    pub(crate) fn is_durable(durable: Option<Stage>, stage: Stage) -> bool {
        durable == Some(stage)
    }
}

impl Flight {
    /// Its row is to be written.
    fn is_changed(&self) -> bool {
        self.dirty && has_row(self.step)
    }

    /// Something waits until this row is on disk: its submit, or its report.
    fn is_awaited(&self) -> bool {
        let told = self.to_report().is_some() && self.durable != Some(self.row.stage);
        self.step == Step::Recording || told
    }
}

/// Whether something waits until this is on disk; the rest would be found out again after a kill.
fn is_awaited(record: &Record) -> bool {
    match record {
        Record::Outbox(_)
        | Record::Dropped(_)
        | Record::Reply(_)
        | Record::Blocked { .. }
        | Record::Marker(_)
        | Record::Account(_) => true,
        Record::Finished(_) | Record::Forgotten(_) | Record::ReplyDone(_) => false,
    }
}

/// Whether a row of this step may be written.
fn has_row(step: Step) -> bool {
    match step {
        Step::Recording
        | Step::Ready
        | Step::Submitting
        | Step::InPage
        | Step::Unknown
        | Step::Looking
        | Step::Assisting
        | Step::Settled => true,
        Step::Beginning | Step::Dropping | Step::Finishing => false,
    }
}
