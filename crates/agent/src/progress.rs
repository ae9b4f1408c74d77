//! A run: from the first message claimed after idling to the queue being empty again.

use crate::views::RunView;
use hotdesk_engine::effect::Stage;
use hotdesk_engine::input::Millis;
use hotdesk_protocol::ids::MessageId;
use std::collections::{BTreeSet, VecDeque};

const MINUTE_MS: u64 = 60_000;
/// A rate needs some time to mean anything.
const LEAST_SPAN_MS: u64 = 1_000;

/// The run of one SDR.
#[derive(Default)]
pub(crate) struct Progress {
    since: Option<Millis>,
    seen: BTreeSet<MessageId>,
    done: BTreeSet<MessageId>,
    done_at: VecDeque<Millis>,
    queued: u32,
}

impl Progress {
    /// Messages were leased, and so many more wait.
    pub(crate) fn claimed(
        &mut self,
        ids: impl Iterator<Item = MessageId>,
        queued: u32,
        now: Millis,
    ) {
        for id in ids {
            self.since.get_or_insert(now);
            self.seen.insert(id);
        }
        self.waiting(queued);
    }

    /// So many wait at the server.
    pub(crate) fn waiting(&mut self, queued: u32) {
        self.queued = queued;
        self.end_if_over();
    }

    /// A message reached a stage.
    pub(crate) fn reached(&mut self, id: &MessageId, stage: Stage, now: Millis) {
        match stage {
            Stage::Intent | Stage::Submitted => {}
            Stage::Sent | Stage::Delivered | Stage::Read | Stage::Failed | Stage::Review => {
                if self.seen.contains(id) && self.done.insert(id.clone()) {
                    self.done_at.push_back(now);
                }
            }
        }
        self.end_if_over();
    }

    /// A message is no longer part of the run.
    pub(crate) fn left(&mut self, id: &MessageId) {
        if !self.done.contains(id) {
            self.seen.remove(id);
        }
        self.end_if_over();
    }

    fn end_if_over(&mut self) {
        if self.queued == 0 && self.done.len() == self.seen.len() {
            *self = Self::default();
        }
    }

    /// As shown; `None` between runs.
    pub(crate) fn view(&mut self, now: Millis) -> Option<RunView> {
        let since = self.since?;
        while self
            .done_at
            .front()
            .is_some_and(|at| now.since(*at) > MINUTE_MS)
        {
            self.done_at.pop_front();
        }
        let done = count(self.done.len());
        let total = count(self.seen.len()).saturating_add(self.queued);
        let span = now.since(since).clamp(LEAST_SPAN_MS, MINUTE_MS);
        let per_minute = self.done_at.len() as u64 * MINUTE_MS / span;
        let left = u64::from(total - done);
        Some(RunView {
            done,
            total,
            per_minute: u32::try_from(per_minute).unwrap_or(u32::MAX),
            left_ms: (left * MINUTE_MS)
                .checked_div(per_minute)
                .map(|ms| u32::try_from(ms).unwrap_or(u32::MAX)),
        })
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
