//! Telling the server what became of a message: idempotent, retried for ever, also long after the
//! lease is gone. A server may say no for a while (one that takes reports only in its working hours):
//! then it is asked more and more seldom, and again as soon as it is open.

use crate::effect::Effect;
use crate::flight::{Step, reportable};
use crate::input::QueueFault;
use crate::session::Session;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::ResultRequest;

const SIDE_BY_SIDE_MOST: usize = 8;

impl Session {
    pub(crate) fn pump_results(&mut self) {
        if self.queue.signed_out || !self.due(self.queue.report_from) {
            return;
        }
        let mut out = self
            .flights
            .iter()
            .filter(|flight| flight.report_out.is_some())
            .count();
        for at in 0..self.flights.len() {
            if out >= SIDE_BY_SIDE_MOST {
                return;
            }
            let flight = &self.flights[at];
            let ready = flight.step == Step::Settled
                && flight.report_out.is_none()
                && Self::is_durable(flight.durable, flight.row.stage);
            let retry = flight.report_retry.not_before();
            if ready && flight.to_report().is_some() && self.due(retry) {
                self.report(at);
                out += 1;
            }
        }
    }

    fn report(&mut self, at: usize) {
        let flight = &mut self.flights[at];
        let Some(state) = flight.to_report() else {
            return;
        };
        flight.report_out = Some(flight.row.stage);
        let row = &flight.row;
        let reached = row.at.iter().rev().find(|(stage, _)| *stage == row.stage);
        let request = ResultRequest {
            sdr_id: self.sdr_id.clone(),
            desktop_id: self.desktop_id.clone(),
            message_id: row.message_id.clone(),
            state,
            at_ms: reached.map_or(self.now.utc, |(_, at)| *at),
            wa_message_id: (!row.assisted).then(|| row.wa_message_id.clone()),
            chat_id: row.chat_id.clone(),
            other_chat_id: row.other_chat_id.clone(),
            problem: row.problem.clone().filter(|_| !row.stage.has_left()),
        };
        self.emit(Effect::Report(request));
    }

    pub(crate) fn reported(&mut self, id: &MessageId, result: Result<(), QueueFault>) {
        let failed = self.heard(&result);
        let now = self.now.boot;
        let from = now.after(failed.unwrap_or(0));
        self.queue.report_from = self.queue.report_from.max(from);
        let mut rng = self.rng.clone();
        if let Some(flight) = self.flight(id)
            && let Some(stage) = flight.report_out.take()
        {
            match result {
                Ok(()) => {
                    flight.row.reported = reportable(stage);
                    flight.report_retry.reset();
                    flight.dirty = true;
                }
                Err(QueueFault::Refused(_)) => flight.report_retry.refused(now, &mut rng),
                Err(QueueFault::Lost(_) | QueueFault::Later(..)) => {
                    let after = failed.unwrap_or(0);
                    flight.report_retry.failed(now, after, &mut rng);
                }
            }
        }
        self.rng = rng;
    }

    /// The server offers messages again: it may take what it refused while it was closed.
    pub(crate) fn report_again(&mut self) {
        for flight in &mut self.flights {
            flight.report_retry.reset();
        }
    }
}
