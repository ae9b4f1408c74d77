//! Telling the server how the session stands: every 30 s, and at once when it changes; every 5 s while
//! somebody at the dashboard may wait to link a phone, since only an answer brings their wish.

use crate::effect::Effect;
use crate::input::{Millis, QueueFault};
use crate::session::Session;
use hotdesk_protocol::queue::{HeartbeatAnswer, HeartbeatRequest, WhatsappSession};
use hotdesk_protocol::session::SessionState;

const EVERY_MS: u64 = 30_000;
const EVERY_UNLINKED_MS: u64 = 5_000;
/// A state that flickers is not told more often than this.
const LEAST_MS: u64 = 250;

#[derive(Clone, Default)]
pub(crate) struct Heart {
    last: Option<(Millis, WhatsappSession, bool)>,
    /// Under way since when, with a question for the numbers blocked since what.
    out: Option<(Millis, i64)>,
    not_before: Millis,
}

impl Heart {
    /// Beat again as soon as the server may be asked.
    pub(crate) fn soon(&mut self) {
        self.last = None;
    }

    /// Beat again at once.
    pub(crate) fn reset(&mut self) {
        self.last = None;
        self.not_before = Millis(0);
    }
}

impl Session {
    pub(crate) fn pump_heartbeat(&mut self) {
        if self.queue.signed_out || self.heart.out.is_some() || !self.due(self.heart.not_before) {
            return;
        }
        let session = self.whatsapp_session();
        let paused = self.paused;
        let behind = self.blocked.behind;
        let from = match &self.heart.last {
            None => self.now.boot,
            Some((at, told, was_paused))
                if *told == session && *was_paused == paused && !behind =>
            {
                at.after(every_ms(session.state))
            }
            Some((at, _, _)) => at.after(LEAST_MS),
        };
        if self.due(from) {
            self.heart.last = Some((self.now.boot, session.clone(), paused));
            let opt_outs_since = self.blocked.cursor();
            self.heart.out = Some((self.now.boot, opt_outs_since));
            let in_flight = self.in_flight();
            let app_version = self.app_version.clone();
            self.emit(Effect::Heartbeat(HeartbeatRequest {
                session,
                paused,
                in_flight,
                app_version,
                desktop_name: self.desktop_name.clone(),
                opt_outs_since: Some(opt_outs_since),
            }));
        }
    }

    fn whatsapp_session(&self) -> WhatsappSession {
        let state = self.state();
        WhatsappSession {
            sdr_id: self.sdr_id.clone(),
            desktop_id: Some(self.desktop_id.clone()),
            connected: state == SessionState::Connected,
            state,
            phone: self.page.account().map(|account| account.phone.clone()),
            connected_at_ms: self.page.connected_since.map(|(_, utc)| utc),
            adapter: self.page.probe.as_ref().map(|probe| probe.adapter.clone()),
            missing: self.page.missing().to_vec(),
            problem: self.own_problem(),
            adapter_pack: self.adapter_pack.clone(),
        }
    }

    pub(crate) fn beaten(&mut self, result: Result<HeartbeatAnswer, QueueFault>) {
        let failed = self.heard(&result);
        let asked = self.heart.out.take();
        if let Ok(answer) = result {
            if let Some((asked, opt_outs_since)) = asked {
                self.learn_opt_outs(opt_outs_since, answer.opt_outs);
                self.learn_active(asked, answer.active_desktop);
            }
            self.queue.queued = answer.queued;
            self.queue.sent_today = answer.sent_today;
            self.queue.review = answer.review;
        }
        if let Some(retry_after_ms) = failed {
            let wait = match retry_after_ms {
                0 => self.rng.jitter(10_000),
                asked => self.rng.just_after(asked),
            };
            self.heart.not_before = self.now.boot.after(wait);
            self.heart.last = None;
        }
    }
}

/// A session that is linked waits for messages, and hears of a wish with them.
fn every_ms(state: SessionState) -> u64 {
    match state {
        SessionState::Closed
        | SessionState::Qr
        | SessionState::PairingCode
        | SessionState::Passkey
        | SessionState::LoggedOut => EVERY_UNLINKED_MS,
        SessionState::Starting
        | SessionState::Syncing
        | SessionState::Connected
        | SessionState::Offline
        | SessionState::Conflict
        | SessionState::NeedsUpdate
        | SessionState::Crashed
        | SessionState::Hibernated
        | SessionState::Stopped => EVERY_MS,
    }
}
