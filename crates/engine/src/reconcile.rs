//! What is unknown is looked up, never sent again on a guess.

use crate::effect::Stage;
use crate::flight::Step;
use crate::input::Millis;
use crate::page::Handed;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::{MessageId, PageGeneration};

/// No word about a submit for so long: only a fresh page can tell.
const OUTCOME_MOST_MS: u64 = 30_000;
const LOOK_UP_MOST_MS: u64 = 10_000;
const TICK_EVERY_MS: u64 = 50;
const LOOK_AGAIN_MS: u64 = 1_000;
/// New ticks are fetched often for so long after a submit, then with the probe's word only.
const ACK_SOON_MS: u64 = 10_000;
/// Other chats wait for unknown messages no longer than this.
const HELD_UP_MOST_MS: u64 = 30_000;

impl Session {
    /// The one message the page is busy with for us.
    pub(crate) fn job(&self) -> Option<usize> {
        let busy = |step| matches!(step, Step::Submitting | Step::Looking);
        self.flights.iter().position(|flight| busy(flight.step))
    }

    pub(crate) fn awaits_report(&self) -> bool {
        let now = self.now.boot;
        self.flights.iter().any(|flight| match flight.step {
            Step::Submitting | Step::Looking => true,
            Step::InPage => now.since(flight.waiting_since) < ACK_SOON_MS,
            Step::Beginning
            | Step::Recording
            | Step::Ready
            | Step::Unknown
            | Step::Assisting
            | Step::Settled
            | Step::Dropping
            | Step::Finishing => false,
        })
    }

    /// The page has a message in hand, or has one open for a person to send. One without a tick counts
    /// as in hand no longer than the policy bears: then a fresh load may be what it needs.
    pub(crate) fn holds_message(&self) -> bool {
        let now = self.now.boot;
        let most = u64::from(self.policy.ack_stuck_ms);
        self.flights.iter().any(|flight| match flight.step {
            Step::Submitting | Step::Looking | Step::Assisting => true,
            Step::InPage => now.since(flight.waiting_since) < most,
            Step::Beginning
            | Step::Recording
            | Step::Ready
            | Step::Unknown
            | Step::Settled
            | Step::Dropping
            | Step::Finishing => false,
        })
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.flights
            .iter()
            .any(|flight| flight.step == Step::Unknown)
    }

    /// Sends wait while something unknown can still be cleared up.
    pub(crate) fn is_held_up(&mut self) -> bool {
        let Some((since, _)) = self.page.connected_since else {
            return self.is_busy();
        };
        self.is_busy() && !self.due(since.after(HELD_UP_MOST_MS))
    }

    /// At ack 0 for longer than the policy bears, while connected.
    pub(crate) fn has_stuck(&self) -> bool {
        let most = u64::from(self.policy.ack_stuck_ms);
        let Some((connected, _)) = self.page.connected_since else {
            return false;
        };
        self.flights.iter().any(|flight| {
            let since = flight.waiting_since.max(connected);
            flight.step == Step::InPage && self.now.boot.since(since) >= most
        })
    }

    /// The load is gone: what it had in hand is unknown until looked up in the next one.
    pub(crate) fn forget_page(&mut self) {
        let now = self.now.boot;
        for flight in &mut self.flights {
            match flight.step {
                Step::Submitting | Step::InPage | Step::Looking => {
                    flight.step = Step::Unknown;
                    flight.not_before = now;
                }
                Step::Beginning
                | Step::Recording
                | Step::Ready
                | Step::Unknown
                | Step::Assisting
                | Step::Settled
                | Step::Dropping
                | Step::Finishing => {}
            }
        }
    }

    pub(crate) fn pump_reconcile(&mut self) {
        self.watch_job();
        self.watch_acks();
        if self.page.submit_out.is_some() || self.job().is_some() || !self.page.settled {
            return;
        }
        let Some(gate) = self.page.gate() else { return };
        for at in 0..self.flights.len() {
            let flight = &self.flights[at];
            if flight.step == Step::Unknown && self.due(self.flights[at].not_before) {
                let now = self.now.boot;
                let flight = &mut self.flights[at];
                flight.step = Step::Looking;
                flight.handed_in = Some((gate.generation.clone(), now));
                let id = flight.id().clone();
                let command = BridgeCommand::LookUp {
                    message_id: id.clone(),
                    wa_message_id: flight.row.wa_message_id.clone(),
                };
                self.page.next_drain = now;
                self.hand(Handed::LookUp(id), gate.generation, command);
                return;
            }
        }
    }

    /// Ticks that came while no page listened are not told again by themselves: each load is asked
    /// once for every message that may still rise, when nothing else is to be handed over.
    pub(crate) fn pump_ticks(&mut self) {
        if self.page.submit_out.is_some() || self.job().is_some() || !self.page.settled {
            return;
        }
        let Some(gate) = self.page.gate() else { return };
        let load = self.page.load;
        let untold = self.flights.iter().position(|flight| {
            let may_rise = matches!(flight.row.stage, Stage::Sent | Stage::Delivered);
            let known = !flight.row.assisted && flight.told_in != Some(load);
            flight.step == Step::Settled && may_rise && known
        });
        let Some(at) = untold else { return };
        if self.due(self.page.next_tick) {
            self.page.next_tick = self.now.boot.after(TICK_EVERY_MS);
            let flight = &mut self.flights[at];
            flight.told_in = Some(load);
            let command = BridgeCommand::LookUp {
                message_id: flight.id().clone(),
                wa_message_id: flight.row.wa_message_id.clone(),
            };
            self.hand(Handed::Tick, gate.generation, command);
        }
    }

    fn watch_job(&mut self) {
        let Some(at) = self.job() else { return };
        let flight = &self.flights[at];
        let most = if flight.step == Step::Submitting {
            OUTCOME_MOST_MS
        } else {
            LOOK_UP_MOST_MS
        };
        let by = Self::handed_at(flight).after(most);
        if self.due(by) {
            let now = self.now.boot;
            let flight = &mut self.flights[at];
            flight.step = Step::Unknown;
            flight.not_before = now;
            self.page.reload_wanted = self.page.probe.is_some();
        }
    }

    /// Wake when a message becomes stuck.
    fn watch_acks(&mut self) {
        let Some((connected, _)) = self.page.connected_since else {
            return;
        };
        let most = u64::from(self.policy.ack_stuck_ms);
        let waiting = self
            .flights
            .iter()
            .filter(|flight| flight.step == Step::InPage);
        let first: Option<Millis> = waiting
            .map(|f| f.waiting_since.max(connected).after(most))
            .min();
        if let Some(at) = first {
            let _woken = self.due(at);
        }
    }

    pub(crate) fn look_up_failed(&mut self, id: &MessageId) {
        let again = self.now.boot.after(LOOK_AGAIN_MS);
        self.page.probe_now();
        if let Some(flight) = self.flight(id)
            && flight.step == Step::Looking
        {
            flight.step = Step::Unknown;
            flight.not_before = again;
        }
    }

    /// The page says it does not know the id. That proves something only in the profile and the
    /// start of the operating system in which the message was to leave.
    pub(crate) fn absent(&mut self, id: &MessageId, generation: &PageGeneration) {
        let Some(gate) = self.page.gate() else { return };
        let (now, settled) = (self.now, self.page.settled);
        let boot_id = self.boot_id.clone();
        let Some(flight) = self.flight(id) else {
            return;
        };
        let asked = flight.handed_in.as_ref().map(|(asked, _)| asked);
        let answers = flight.step == Step::Looking
            && asked == Some(generation)
            && gate.generation == *generation
            && settled;
        if !answers {
            return;
        }
        let same = flight.row.profile_epoch == gate.epoch && flight.row.boot_id == boot_id;
        if flight.row.stage == Stage::Submitted {
            flight.reach(Stage::Review, now.utc, Some(words::vanished()));
        } else if flight.row.boot_id.is_empty() {
            flight.reach(Stage::Review, now.utc, Some(words::restored()));
        } else if !same {
            flight.reach(Stage::Review, now.utc, Some(words::profile_changed()));
        } else if flight.is_worn_out() {
            flight.reach(Stage::Review, now.utc, Some(words::gave_up()));
        } else {
            flight.begin_again(now.boot);
        }
    }
}
