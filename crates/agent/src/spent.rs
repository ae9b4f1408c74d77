//! What a session has spent on being safe: commits, waits for them, and calls of the queue.

use hotdesk_engine::Stage;
use hotdesk_engine::effect::{OutboxRow, Record};
use hotdesk_protocol::UtcMs;
use std::time::Duration;

/// Told when the session ends.
#[derive(Default)]
pub(crate) struct Spent {
    calls: u64,
    writes: u64,
    writing: Duration,
    waited: Duration,
    told: u64,
    way_ms: u64,
}

impl Spent {
    /// The queue is called.
    pub(crate) fn call(&mut self) {
        self.calls += 1;
    }

    /// A write that so many messages waited for is on the disk, or was refused, after so long.
    pub(crate) fn write(&mut self, took: Duration, messages: u32) {
        self.writes += 1;
        self.writing += took;
        self.waited += took * messages;
    }

    /// The server knows now what became of this message; from its begin on that was its way.
    pub(crate) fn told(&mut self, row: &OutboxRow, now: UtcMs) {
        let intent = |(stage, at): &(Stage, UtcMs)| (*stage == Stage::Intent).then_some(*at);
        if row.reported.is_none()
            && let Some(begun) = row.at.iter().rev().find_map(intent)
        {
            self.told += 1;
            self.way_ms += u64::try_from(now.0.saturating_sub(begun.0)).unwrap_or(0);
        }
    }

    /// Into the log.
    pub(crate) fn tell(&self) {
        tracing::info!(
            queue.calls = self.calls,
            store.writes = self.writes,
            store.writing_ms = ms(self.writing),
            store.waited_ms = ms(self.waited),
            messages.told = self.told,
            messages.way_ms = self.way_ms,
            "The session ends"
        );
    }
}

/// How many messages cannot go on before this is on the disk.
pub(crate) fn waiting(records: &[Record]) -> u32 {
    let waits = |record: &&Record| match record {
        Record::Outbox(row) => row.reported.is_none() && row.stage != Stage::Submitted,
        Record::Finished(_)
        | Record::Dropped(_)
        | Record::Forgotten(_)
        | Record::Reply(_)
        | Record::ReplyDone(_)
        | Record::Blocked { .. }
        | Record::Marker(_)
        | Record::Account(_) => false,
    };
    u32::try_from(records.iter().filter(waits).count()).unwrap_or(u32::MAX)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
