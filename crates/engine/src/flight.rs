//! A message in this desktop's hands.

use crate::backoff::Backoff;
use crate::effect::{OutboxRow, Stage};
use crate::input::Millis;
use hotdesk_protocol::ids::{MessageId, PageGeneration, TenantId};
use hotdesk_protocol::queue::ClaimedMessage;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, UtcMs};

/// Leased, not begun: held in memory only, handed back at any time.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub(crate) tenant: TenantId,
    pub(crate) message: ClaimedMessage,
    pub(crate) until: Millis,
}

/// Where a message stands in this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(crate) enum Step {
    /// The server is asked to pin it to this desktop.
    Beginning,
    /// The intent is on its way to the disk.
    Recording,
    /// Waits for its turn to be submitted.
    Ready,
    /// Handed to the page; no word about it yet.
    Submitting,
    /// The page has it, at ack 0.
    InPage,
    /// Nobody knows: it waits to be looked up.
    Unknown,
    /// The page is asked for it.
    Looking,
    /// Its chat is open with its text in the box; a person presses Send, and says so.
    Assisting,
    /// Its fate is known; what is left is telling the server.
    Settled,
    /// Proven unsent and no longer ours: its row is being deleted.
    Dropping,
    /// Its end is reported: its row is being closed.
    Finishing,
}

#[derive(Clone)]
pub(crate) struct Flight {
    pub(crate) row: OutboxRow,
    pub(crate) step: Step,
    /// `row` differs from what is on disk.
    pub(crate) dirty: bool,
    /// The stage on disk, if there is a row.
    pub(crate) durable: Option<Stage>,
    /// It may have been handed to a page since absence was last proven.
    pub(crate) handed: bool,
    /// The lease ends here; `None` for a row that came from disk.
    pub(crate) until: Option<Millis>,
    pub(crate) begin_out: Option<Millis>,
    pub(crate) begin_retry: Backoff,
    /// Handed in this generation at this time, or looked up.
    pub(crate) handed_in: Option<(PageGeneration, Millis)>,
    /// So many of its earlier generations this load does not have, from the first on.
    pub(crate) past_absent: Option<(PageGeneration, u32)>,
    /// The load of the page that has told its tick, or that it was handed to.
    pub(crate) told_in: Option<u32>,
    /// Not to be looked up or begun again before this.
    pub(crate) not_before: Millis,
    /// At ack 0 since.
    pub(crate) waiting_since: Millis,
    /// The stage a report is under way for.
    pub(crate) report_out: Option<Stage>,
    pub(crate) report_retry: Backoff,
}

impl Flight {
    pub(crate) fn new(row: OutboxRow, step: Step) -> Self {
        Self {
            row,
            step,
            dirty: false,
            durable: None,
            handed: false,
            until: None,
            begin_out: None,
            begin_retry: Backoff::default(),
            handed_in: None,
            past_absent: None,
            told_in: None,
            not_before: Millis(0),
            waiting_since: Millis(0),
            report_out: None,
            report_retry: Backoff::default(),
        }
    }

    /// As found on disk at the start.
    pub(crate) fn restored(row: OutboxRow, now: Millis) -> Self {
        let step = match row.stage {
            Stage::Intent | Stage::Submitted => Step::Unknown,
            Stage::Sent | Stage::Delivered | Stage::Read | Stage::Failed | Stage::Review => {
                Step::Settled
            }
        };
        let mut flight = Self::new(row, step);
        flight.durable = Some(flight.row.stage);
        flight.handed = true;
        flight.waiting_since = now;
        flight
    }

    pub(crate) fn id(&self) -> &MessageId {
        &self.row.message_id
    }

    /// Move the row to a stage, once.
    pub(crate) fn reach(&mut self, stage: Stage, at: UtcMs, problem: Option<Problem>) {
        self.row.stage = stage;
        self.row.at.push((stage, at));
        self.row.problem = problem;
        self.dirty = true;
        match stage {
            Stage::Intent => {}
            Stage::Submitted => self.step = Step::InPage,
            Stage::Sent | Stage::Delivered | Stage::Read => {
                self.row.text.clear();
                self.row.file = None;
                self.step = Step::Settled;
            }
            Stage::Failed | Stage::Review => self.step = Step::Settled,
        }
    }

    /// How often it was made ready to be submitted.
    pub(crate) fn attempts(&self) -> usize {
        self.row
            .at
            .iter()
            .filter(|(stage, _)| *stage == Stage::Intent)
            .count()
    }

    /// The next message of the same chat has to wait.
    pub(crate) fn blocks_chat(&self) -> bool {
        match self.step {
            Step::Beginning
            | Step::Recording
            | Step::Ready
            | Step::Submitting
            | Step::InPage
            | Step::Unknown
            | Step::Looking
            | Step::Assisting
            | Step::Dropping => true,
            Step::Settled => self.row.stage == Stage::Review && self.row.reported.is_none(),
            Step::Finishing => false,
        }
    }

    /// The server has to be told this.
    pub(crate) fn to_report(&self) -> Option<MessageState> {
        let state = reportable(self.row.stage)?;
        (self.row.reported != Some(state)).then_some(state)
    }

    /// Nothing more can become of it.
    pub(crate) fn is_over(&self) -> bool {
        match self.row.stage {
            Stage::Read => self.to_report().is_none(),
            // A tick counts for more than a person's word.
            Stage::Failed => !self.row.decided && self.to_report().is_none(),
            // Its ticks come under an id that nobody here knows.
            Stage::Sent => self.row.assisted && self.to_report().is_none(),
            Stage::Intent | Stage::Submitted | Stage::Delivered | Stage::Review => false,
        }
    }

    /// Its end is not yet known or not yet reported.
    pub(crate) fn is_in_flight(&self) -> bool {
        match self.step {
            Step::Beginning | Step::Dropping | Step::Finishing => false,
            Step::Recording
            | Step::Ready
            | Step::Submitting
            | Step::InPage
            | Step::Unknown
            | Step::Looking
            | Step::Assisting => true,
            Step::Settled => self.row.reported.is_none(),
        }
    }
}

/// The state a stage is reported as.
pub(crate) fn reportable(stage: Stage) -> Option<MessageState> {
    match stage {
        Stage::Intent | Stage::Submitted => None,
        Stage::Sent => Some(MessageState::Sent),
        Stage::Delivered => Some(MessageState::Delivered),
        Stage::Read => Some(MessageState::Read),
        Stage::Failed => Some(MessageState::Failed),
        Stage::Review => Some(MessageState::Review),
    }
}
