//! What a probe says, and what is known by it.

use super::Life;
use crate::effect::{Effect, Record};
use crate::input::{Millis, PageFault};
use crate::session::Session;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Probe;
use hotdesk_protocol::queue::{LinkMethod, QrRequest};
use hotdesk_protocol::session::SessionState;

const MISSES_MOST: u32 = 3;
/// How long a page must have been quiet once before "not in the page" is believed.
const QUIET_MS: u32 = 2_000;
const TRYING_PROBE_MS: u64 = 250;
const QR_FIRST_MS: u32 = 60_000;
const QR_NEXT_MS: u32 = 20_000;

impl Session {
    pub(crate) fn probed(&mut self, result: Result<Probe, PageFault>) {
        let Some((load, asked_at)) = self.page.probe_out.take() else {
            return;
        };
        self.page.stranger = false;
        if load != self.page.load || self.page.life != Life::Open || self.page.asked.is_some() {
            return;
        }
        match result {
            Ok(probe) => self.seen(probe, asked_at),
            Err(PageFault::Absent) => {
                if self.page.probe.is_some() {
                    self.lose_load();
                    self.page.loading_since = self.now.boot;
                }
            }
            Err(
                PageFault::TimedOut
                | PageFault::BadAnswer
                | PageFault::OtherGeneration
                | PageFault::Refused(_),
            ) => {
                self.page.misses += u32::from(!self.page.is_trying(self.now.boot));
                if self.page.misses >= MISSES_MOST {
                    self.reload(ProblemCode::PageUnresponsive);
                }
            }
        }
        let every = if self.tries_second_way() {
            TRYING_PROBE_MS
        } else {
            self.page.probe_every_ms(self.is_busy())
        };
        self.page.next_probe = self.now.boot.after(every);
    }

    fn seen(&mut self, probe: Probe, asked_at: Millis) {
        let renewed = self
            .page
            .generation()
            .is_some_and(|seen| *seen != probe.generation);
        if renewed {
            self.lose_load();
            self.page.loading_since = self.now.boot;
        } else if self.page.probe.is_none() {
            // The load before may still have had its say about what this one was not asked yet.
            self.forget_page();
        }
        let connected = probe.state == SessionState::Connected;
        self.page.misses = 0;
        self.page.probed_at = asked_at;
        if connected {
            self.page.settled |= probe.quiet_ms >= QUIET_MS;
            let since = (self.now.boot, self.now.utc);
            self.page.connected_since.get_or_insert(since);
        } else {
            self.page.connected_since = None;
        }
        if probe.state != SessionState::Starting {
            self.page.loading_since = self.now.boot;
            self.page.starting_since = self.now.boot;
        }
        self.relay_qr(&probe);
        self.relay_pairing_code(&probe);
        if connected && probe.account.is_some() {
            self.know_account(&probe);
            self.know_marker(&probe);
        }
        self.page.reload_wanted |= probe.state == SessionState::NeedsUpdate && self.job().is_none();
        self.page.probe = Some(probe);
    }

    fn relay_qr(&mut self, probe: &Probe) {
        if probe.qr == self.page.last_qr {
            return;
        }
        self.page.last_qr.clone_from(&probe.qr);
        if let Some(value) = probe.qr.clone() {
            let expires_in_ms = if self.page.first_qr_shown {
                QR_NEXT_MS
            } else {
                QR_FIRST_MS
            };
            self.page.first_qr_shown = true;
            self.relay(LinkMethod::Qr, value, expires_in_ms);
        }
    }

    fn relay_pairing_code(&mut self, probe: &Probe) {
        let shown = probe.pairing_code.as_ref();
        if shown.map(|code| &code.value) == self.page.last_pairing_code.as_ref() {
            return;
        }
        self.page.last_pairing_code = shown.map(|code| code.value.clone());
        if let Some(code) = shown.cloned() {
            self.relay(LinkMethod::Code, code.value, code.expires_in_ms);
        }
    }

    fn relay(&mut self, method: LinkMethod, value: String, expires_in_ms: u32) {
        if !self.queue.signed_out {
            let sdr_id = self.sdr_id.clone();
            self.emit(Effect::Qr(QrRequest {
                sdr_id,
                method,
                value,
                expires_in_ms,
            }));
        }
    }

    fn know_account(&mut self, probe: &Probe) {
        if let (None, Some(account)) = (&self.page.account_phone, &probe.account) {
            self.page.account_phone = Some(account.phone.clone());
            self.records.push(Record::Account(account.phone.clone()));
        }
    }

    fn know_marker(&mut self, probe: &Probe) {
        match &probe.marker {
            Some(found) => {
                self.page.new_marker = None;
                if self.page.marker.as_ref() != Some(found) {
                    self.records.push(Record::Marker(found.clone()));
                }
            }
            None if self.page.new_marker.is_none() => {
                let marker = format!("{:016x}{:016x}", self.rng.next(), self.rng.next());
                self.page.new_marker = Some(marker.clone());
                self.records.push(Record::Marker(marker));
            }
            None => {}
        }
    }
}
