//! The order of steps of one message: begin, intent on disk, a last check, submit. A kill may
//! follow any line.

use crate::claims::{AHEAD_MS, draft};
use crate::effect::{Effect, OutboxRow, Record, Stage};
use crate::flight::{Flight, Step};
use crate::input::{Millis, PageFault, QueueFault};
use crate::page::{Gate, Handed};
use crate::session::Session;
use crate::words;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::{BeginRequest, LeaseAnswer};
use hotdesk_protocol::{Problem, ProblemCode};

/// With a short gap a few messages are made ready ahead, so that the page never waits for the
/// server.
const READY_AHEAD: usize = 4;
const SHORT_GAP_MS: u32 = 1_000;
const FIRST_DRAIN_MS: u64 = 4;
const ATTEMPTS_MOST: usize = 5;
const TRY_AGAIN_MS: u64 = 3_000;

impl Session {
    /// Why nothing leaves although the page may be fine.
    pub(crate) fn stop(&self) -> Option<Problem> {
        let stuck = || self.has_stuck().then(words::ack_stuck);
        let records = self.records.failed.clone();
        records.or_else(|| self.warning.clone()).or_else(stuck)
    }

    /// Whether a further message may be begun, the freshness of the probe aside.
    pub(crate) fn may_begin(&self) -> bool {
        !self.paused
            && !self.queue.signed_out
            && !self.is_passive()
            && self.page.gate().is_some()
            && self.stop().is_none()
            && !self.low_space
            && self.queue.sent_today < self.policy.daily_messages
    }

    /// Begun, or about to be, and not yet handed to the page; what waits for its file keeps nobody
    /// waiting.
    pub(crate) fn unsent(&self) -> usize {
        let waiting = |step| matches!(step, Step::Beginning | Step::Recording | Step::Ready);
        self.flights
            .iter()
            .filter(|flight| waiting(flight.step) && self.has_file(&flight.row))
            .count()
    }

    pub(crate) fn pump_delivery(&mut self) {
        self.drop_late();
        if self.stop().is_some() || self.blocked.behind {
            return;
        }
        let Some(gate) = self.page.gate() else { return };
        self.keep_from_hand();
        self.pump_submit(&gate);
        self.pump_begin(&gate);
        self.pump_first_begin(&gate);
    }

    /// The gate with a probe that is not older than it may be; asks for a new one if it is.
    pub(crate) fn fresh(&mut self) -> bool {
        let fresh = self.page.is_fresh(self.now.boot);
        if !fresh {
            self.ask_probe();
        }
        fresh
    }

    /// Begin what is claimed, a few ahead, never two of one chat.
    fn pump_first_begin(&mut self, gate: &Gate) {
        if !self.may_begin() || self.is_held_up() {
            return;
        }
        let ahead = if self.policy.gap_ms < SHORT_GAP_MS {
            READY_AHEAD
        } else {
            1
        };
        while self.unsent() < ahead {
            let free = |flights: &[Flight], phone: &str| {
                !flights
                    .iter()
                    .any(|f| f.row.phone == phone && f.blocks_chat())
            };
            let claimed = &self.queue.claimed;
            let Some(at) = claimed
                .iter()
                .position(|c| free(&self.flights, &c.message.phone) && self.is_here(&c.message))
            else {
                return;
            };
            let from = self.next_submit().before(AHEAD_MS);
            if !self.due(from.max(self.queue.begin_from)) || !self.fresh() {
                return;
            }
            let claimed = self.queue.claimed.remove(at);
            let row = draft(&claimed.tenant, &claimed.message, &self.boot_id);
            let mut flight = Flight::new(row, Step::Beginning);
            flight.until = Some(claimed.until);
            self.flights.push(flight);
            let last = self.flights.len() - 1;
            self.begin(last, gate);
        }
    }

    /// Begin again what was begun before and is proven unsent, or whose answer was lost.
    fn pump_begin(&mut self, gate: &Gate) {
        if self.queue.signed_out || self.is_passive() || self.low_space {
            return;
        }
        for at in 0..self.flights.len() {
            let flight = &self.flights[at];
            let waits = flight.step == Step::Beginning
                && flight.begin_out.is_none()
                && self.has_file(&flight.row);
            let from = flight.begin_retry.not_before().max(flight.not_before);
            let from = from.max(self.queue.begin_from);
            if waits && self.due(from) && self.fresh() {
                self.begin(at, gate);
            }
        }
    }

    pub(crate) fn begin(&mut self, at: usize, gate: &Gate) {
        let now = self.now.boot;
        let (sdr_id, desktop_id) = (self.sdr_id.clone(), self.desktop_id.clone());
        let session_epoch = self.session_epoch();
        let flight = &mut self.flights[at];
        flight.begin_out = Some(now);
        flight.row.profile_epoch = gate.epoch.clone();
        let request = BeginRequest {
            sdr_id,
            desktop_id,
            message_id: flight.row.message_id.clone(),
            lease_token: flight.row.lease_token.clone(),
            profile_epoch: gate.epoch.clone(),
            session_epoch,
        };
        self.emit(Effect::Begin(request));
    }

    pub(crate) fn begun(&mut self, id: &MessageId, result: Result<LeaseAnswer, QueueFault>) {
        let failed = self.heard(&result);
        let now = self.now;
        let from = now.boot.after(failed.unwrap_or(0));
        self.queue.begin_from = self.queue.begin_from.max(from);
        let boot_id = self.boot_id.clone();
        let Some(flight) = self.flights.iter_mut().find(|flight| flight.id() == id) else {
            return;
        };
        let Some(asked) = flight.begin_out.take() else {
            return;
        };
        match result {
            Ok(answer) => {
                let lease = u64::from(answer.lease_ms);
                flight.until = Some(asked.after(lease - (lease / 4).min(AHEAD_MS)));
                flight.begin_retry.reset();
                flight.row.boot_id = boot_id;
                flight.reach(Stage::Intent, now.utc, None);
                flight.step = Step::Recording;
            }
            Err(QueueFault::Refused(problem)) if problem.code != ProblemCode::Unauthorized => {
                self.let_go(id);
                self.fenced_off(&problem);
            }
            Err(QueueFault::Lost(_) | QueueFault::Later(..) | QueueFault::Refused(_)) => {
                flight
                    .begin_retry
                    .failed(now.boot, failed.unwrap_or(0), &mut self.rng);
            }
        }
    }

    /// The server does not let this desktop send a message that is proven not to have left.
    pub(crate) fn let_go(&mut self, id: &MessageId) {
        let Some(flight) = self.flight(id) else {
            return;
        };
        if flight.durable.is_some() {
            flight.step = Step::Dropping;
            self.records.push(Record::Dropped(id.clone()));
        } else {
            self.remove(id);
        }
    }

    /// A claimed message whose begin is not answered within its lease is let go; if the server did
    /// begin it, it offers it to this desktop again.
    fn drop_late(&mut self) {
        let now = self.now.boot;
        let late = |flight: &Flight| {
            flight.step == Step::Beginning
                && flight.begin_out.is_none()
                && flight.durable.is_none()
                && flight.until.is_some_and(|until| until <= now)
        };
        self.flights.retain(|flight| !late(flight));
    }

    fn pump_submit(&mut self, gate: &Gate) {
        if self.page.submit_out.is_some() || self.job().is_some() || self.is_held_up() {
            return;
        }
        let now = self.now.boot;
        let lapsed = |flight: &Flight| {
            let in_time = flight.until.is_some_and(|until| now < until);
            !in_time || flight.row.profile_epoch != gate.epoch
        };
        let Some(at) = self.flights.iter().position(|flight| {
            let there = flight.row.file.is_none() || self.files.is_put(flight.id(), gate);
            flight.step == Step::Ready && (there || lapsed(flight))
        }) else {
            return;
        };
        let flight = &mut self.flights[at];
        if lapsed(flight) {
            flight.step = if flight.handed {
                Step::Unknown
            } else {
                Step::Beginning
            };
            return;
        }
        if !self.due(self.next_submit()) || !self.fresh() || self.ask_for_past(at, gate) {
            return;
        }
        let flight = &mut self.flights[at];
        flight.step = Step::Submitting;
        flight.handed = true;
        flight.handed_in = Some((gate.generation.clone(), now));
        flight.told_in = Some(self.page.load);
        let command = send(&flight.row);
        let handed = Handed::Send(flight.id().clone());
        if flight.row.file.is_some() {
            self.file_submitted();
        }
        self.last_submit = Some(now);
        self.page.next_drain = now.after(FIRST_DRAIN_MS);
        self.hand(handed, gate.generation.clone(), command);
    }

    pub(crate) fn submitted(&mut self, result: Result<(), PageFault>) {
        let Some(handed) = self.page.submit_out.take() else {
            return;
        };
        match handed {
            Handed::Send(id) => self.send_handed(&id, result),
            Handed::LookUp(id) => {
                if result.is_err() {
                    self.look_up_failed(&id);
                }
            }
            Handed::Tick => self.page.more |= result.is_ok(),
            Handed::Compose(id) => self.chat_opened(&id, result),
            Handed::Mark
            | Handed::LogOut
            | Handed::RefreshQr
            | Handed::LinkByCode
            | Handed::UseHere => {
                self.page.probe_now();
            }
        }
    }

    fn send_handed(&mut self, id: &MessageId, result: Result<(), PageFault>) {
        let reload = match result {
            Ok(()) => return,
            Err(PageFault::Refused(problem)) => {
                self.not_submitted(id, problem);
                return;
            }
            // The call may still be running in there: only a fresh page can tell.
            Err(PageFault::TimedOut | PageFault::BadAnswer) => true,
            Err(PageFault::Absent | PageFault::OtherGeneration) => false,
        };
        let now = self.now.boot;
        self.page.probe_now();
        if let Some(flight) = self.flight(id)
            && flight.step == Step::Submitting
        {
            flight.step = Step::Unknown;
            flight.not_before = now;
            self.page.reload_wanted |= reload;
        }
    }

    /// The page says that it handed nothing to WhatsApp: begun again a few times, then failed.
    pub(crate) fn not_submitted(&mut self, id: &MessageId, problem: Problem) {
        let now = self.now;
        let Some(flight) = self.flight(id) else {
            return;
        };
        if flight.step != Step::Submitting {
            return;
        }
        flight.handed = false;
        let hopeless = matches!(
            problem.code,
            ProblemCode::BadPhone | ProblemCode::BadText | ProblemCode::BadFile
        );
        if hopeless || flight.is_worn_out() {
            flight.reach(Stage::Failed, now.utc, Some(problem));
        } else {
            flight.begin_again(now.boot.after(TRY_AGAIN_MS));
        }
    }

    /// When it was last handed to a page, to be sent or to be looked up.
    pub(crate) fn handed_at(flight: &Flight) -> Millis {
        flight.handed_in.as_ref().map_or(Millis(0), |(_, at)| *at)
    }
}

fn send(row: &OutboxRow) -> BridgeCommand {
    let (message_id, wa_message_id) = (row.message_id.clone(), row.wa_message_id.clone());
    let (phone, text) = (row.phone.clone(), row.text.clone());
    match row.file.clone() {
        None => BridgeCommand::SendText {
            message_id,
            wa_message_id,
            phone,
            text,
        },
        Some(file) => BridgeCommand::SendFile {
            message_id,
            wa_message_id,
            phone,
            caption: text,
            kind: file.kind,
            file_name: file.file_name,
            mime_type: file.mime_type,
            size_bytes: file.size_bytes,
            sha256: file.sha256,
        },
    }
}

impl Flight {
    /// Proven unsent: back to the server's compare-and-set, under the same id.
    pub(crate) fn begin_again(&mut self, not_before: Millis) {
        self.handed = false;
        self.past_absent = None;
        self.step = Step::Beginning;
        self.until = None;
        self.begin_out = None;
        self.begin_retry.reset();
        self.not_before = not_before;
    }

    /// Whether it was tried as often as makes sense.
    pub(crate) fn is_worn_out(&self) -> bool {
        self.attempts() >= ATTEMPTS_MOST
    }
}
