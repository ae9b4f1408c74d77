//! Messages whose end is reported: an id seen before is never sent again, and an answer is
//! attributed by its chat.
//!
//! The server has confirmed each of these ends and does not offer them again by itself; only an
//! older state of the server could (a restored backup). So a message is remembered for 90 days, and
//! the newest thousand for ever: a clock that jumps forward by a year forgets none of those.

use crate::effect::{OutboxRow, Record, Stage};
use crate::input::Millis;
use crate::session::Session;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::MessageId;
use std::collections::BTreeMap;

const KEPT_MS: i64 = 90 * 24 * 3_600_000;
const KEPT_LEAST: usize = 1_000;
const LOOK_EVERY_MS: u64 = 3_600_000;
/// So many rows are deleted in one transaction.
const AT_ONCE: usize = 500;

#[derive(Clone, Default)]
pub(crate) struct Finished {
    rows: BTreeMap<MessageId, OutboxRow>,
    next_look: Millis,
    /// A deletion is queued or being written.
    forgetting: bool,
}

impl Finished {
    /// As found on disk at the start.
    pub(crate) fn restored(rows: Vec<OutboxRow>) -> Self {
        let mut finished = Self::default();
        rows.into_iter().for_each(|row| finished.add(row));
        finished
    }

    /// Of the row only what is still of use is kept in memory.
    pub(crate) fn add(&mut self, mut row: OutboxRow) {
        row.text = String::new();
        row.file = None;
        row.lead_name = String::new();
        row.boot_id = String::new();
        row.lease_token.0 = String::new();
        row.profile_epoch.0 = String::new();
        let intent = row
            .at
            .iter()
            .rev()
            .find(|(stage, _)| *stage == Stage::Intent);
        let last = row.at.last().filter(|(stage, _)| *stage != Stage::Intent);
        row.at = intent.into_iter().chain(last).copied().collect();
        self.rows.insert(row.message_id.clone(), row);
    }

    pub(crate) fn get(&self, id: &MessageId) -> Option<&OutboxRow> {
        self.rows.get(id)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &OutboxRow> {
        self.rows.values()
    }

    /// The oldest that need not be remembered any more, and whether there are more of them.
    fn outlived(&self, now: UtcMs) -> (Vec<MessageId>, bool) {
        let spare = self.rows.len().saturating_sub(KEPT_LEAST);
        if spare == 0 {
            return (Vec::new(), false);
        }
        let end = |row: &OutboxRow| row.at.last().map_or(0, |(_, at)| at.0);
        let mut rows: Vec<_> = self.rows.values().collect();
        rows.sort_by_key(|row| end(row));
        let old = rows.into_iter().take(spare);
        let old = old.take_while(|row| now.0.saturating_sub(end(row)) > KEPT_MS);
        let mut ids: Vec<_> = old.map(|row| row.message_id.clone()).collect();
        let more = ids.len() > AT_ONCE;
        ids.truncate(AT_ONCE);
        (ids, more)
    }
}

impl Session {
    pub(crate) fn pump_finished(&mut self) {
        if self.finished.forgetting || !self.due(self.finished.next_look) {
            return;
        }
        let (ids, more) = self.finished.outlived(self.now.utc);
        if !more {
            self.finished.next_look = self.now.boot.after(LOOK_EVERY_MS);
            self.wake_at(self.finished.next_look);
        }
        if !ids.is_empty() {
            self.finished.forgetting = true;
            self.records.push(Record::Forgotten(ids));
        }
    }

    pub(crate) fn forgotten(&mut self, ids: &[MessageId]) {
        self.finished.forgetting = false;
        for id in ids {
            self.finished.rows.remove(id);
        }
    }
}
