//! What goes to disk: one write at a time, the newest snapshot of a row each time. A send waits for
//! its intent; everything else waits behind intents.

use crate::backoff::Backoff;
use crate::effect::{Effect, Record, Stage};
use crate::flight::Step;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{MessageId, WaMessageId};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Sent rows kept in the outbox so that later ticks and replies find them.
const TRACKED_MOST: usize = 500;

#[derive(Clone, Default)]
pub(crate) struct Records {
    queued: VecDeque<Record>,
    out: Option<Record>,
    pub(crate) failed: Option<Problem>,
    pub(crate) retry: Backoff,
}

impl Records {
    pub(crate) fn digest(&self, into: &mut impl Hasher) {
        (self.out.is_some(), self.queued.len(), self.failed.is_some()).hash(into);
        if let Some(Record::Outbox(row)) = &self.out {
            (row.message_id.as_str(), row.stage).hash(into);
        }
    }

    /// Queue a record that is not a row, once.
    pub(crate) fn push(&mut self, record: Record) {
        if self.out.as_ref() != Some(&record) && !self.queued.contains(&record) {
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
        let Some(record) = self.records.out.take() else {
            return;
        };
        if let Err(problem) = result {
            self.records.failed = Some(words::store_failed(&problem));
            self.records.retry.failed(self.now.boot, 0, &mut self.rng);
            self.write_again(record);
            return;
        }
        self.records.failed = None;
        self.records.retry.reset();
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
        if self.records.out.is_some() || !self.due(self.records.retry.not_before()) {
            return;
        }
        if let Some(record) = self.next_record() {
            self.records.out = Some(record.clone());
            self.emit(Effect::Record(record));
        } else if self.records.failed.take().is_some() {
            // What could not be written need not be written any more: the next intent will tell.
            self.wake_at(self.now.boot);
        }
    }

    fn next_record(&mut self) -> Option<Record> {
        let intent = self
            .flights
            .iter()
            .position(|f| f.dirty && f.step == Step::Recording);
        let row = intent.or_else(|| {
            let wanted = self.records.queued.is_empty();
            self.flights
                .iter()
                .position(|f| f.dirty && wanted && has_row(f.step))
        });
        match row {
            Some(at) => {
                self.flights[at].dirty = false;
                Some(Record::Outbox(Box::new(self.flights[at].row.clone())))
            }
            None => self.records.queued.pop_front(),
        }
    }

    /// Close rows whose end is reported, and the oldest of those that are merely watched.
    fn close_finished(&mut self) {
        let watched = |flight: &&crate::flight::Flight| {
            flight.step == Step::Settled && flight.to_report().is_none()
        };
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
