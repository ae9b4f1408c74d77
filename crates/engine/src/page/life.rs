//! The page opened, loaded anew, given up and closed.

use super::{Asked, Life, SLOW_AFTER_MS};
use crate::effect::Effect;
use crate::input::PageFault;
use crate::second_way::SecondWay;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::SessionState;

const LOADING_MOST_MS: u64 = 60_000;
const RELOADS_MOST: usize = 3;
const RELOADS_WITHIN_MS: u64 = 15 * 60_000;
const RETRY_MS: u64 = 1_000;
const CLOSE_GRACE_MS: u64 = 5_000;

impl Session {
    pub(crate) fn connect(&mut self) {
        self.page.wanted = true;
        self.page.close_by = None;
        self.page.forgive(self.now.boot);
    }

    pub(crate) fn disconnect(&mut self) {
        self.park_unsaid();
        self.page.wanted = false;
        self.page.close_by = Some(self.now.boot.after(CLOSE_GRACE_MS));
    }

    /// Other scripts may also be what a page needs that was given up.
    pub(crate) fn renew(&mut self) {
        if self.page.life != Life::Closed {
            self.page.renew_wanted = true;
            self.page.reloads.clear();
            self.page.failure = None;
        }
    }

    pub(crate) fn page_opened(&mut self, result: Result<(), PageFault>) {
        self.page.asked = None;
        match result {
            Ok(()) if self.page.crashed_meanwhile => {
                self.page.crashed_meanwhile = false;
                self.page.life = Life::Crashed;
                self.reload(ProblemCode::PageCrashed);
            }
            Ok(()) => {
                self.page.life = Life::Open;
                self.page.loading_since = self.now.boot;
                self.page.next_probe = self.now.boot;
            }
            Err(_) => {
                if self.may_reload(ProblemCode::PageUnresponsive) {
                    self.page.retry_at = Some(self.now.boot.after(RETRY_MS));
                }
            }
        }
    }

    pub(crate) fn page_closed(&mut self) {
        self.page.asked = None;
        self.page.crashed_meanwhile = false;
        self.page.life = Life::Closed;
        self.lose_load();
    }

    pub(crate) fn page_crashed(&mut self) {
        match (self.page.life, self.page.asked) {
            (Life::Closed, None) | (_, Some(Asked::Close)) => {}
            (_, Some(Asked::Open | Asked::Reload)) => self.page.crashed_meanwhile = true,
            (Life::Crashed, None) => {}
            (Life::Open, None) => {
                self.page.life = Life::Crashed;
                self.lose_load();
                self.reload(ProblemCode::PageCrashed);
            }
        }
    }

    /// Whatever this load had in hand is now unknown.
    pub(super) fn lose_load(&mut self) {
        let now = self.now.boot;
        let page = &mut self.page;
        if page.probe.is_some() {
            let over = page.second_way != SecondWay::Untried && !page.is_trying(now);
            page.tried_in_vain = page.lacks() && (over || page.tried_in_vain);
        }
        page.load += 1;
        page.probe = None;
        page.second_way = SecondWay::Untried;
        page.misses = 0;
        page.drain_misses = 0;
        page.settled = false;
        page.connected_since = None;
        page.seq = 0;
        page.more = false;
        page.last_qr = None;
        page.last_pairing_code = None;
        page.first_qr_shown = false;
        page.reload_wanted = false;
        self.replies.forget_load();
        self.forget_page();
    }

    /// Counts a reload; at the limit the page is given up instead.
    fn may_reload(&mut self, code: ProblemCode) -> bool {
        let now = self.now.boot;
        self.page
            .reloads
            .retain(|at| now.since(*at) < RELOADS_WITHIN_MS);
        self.lose_load();
        if self.page.reloads.len() >= RELOADS_MOST {
            self.page.failure = Some(if code == ProblemCode::PageCrashed {
                words::page_crashed()
            } else {
                words::page_unresponsive()
            });
            return false;
        }
        self.page.reloads.push(now);
        self.page.loading_since = now;
        true
    }

    pub(super) fn reload(&mut self, code: ProblemCode) {
        if self.may_reload(code) {
            self.ask_reload();
        }
    }

    fn ask_reload(&mut self) {
        self.page.renew_wanted = false;
        self.page.asked = Some(Asked::Reload);
        self.emit(Effect::ReloadPage);
    }

    pub(crate) fn pump_page(&mut self) {
        if self.page.asked.is_some() {
            return;
        }
        if !self.page.wanted {
            self.pump_close();
            return;
        }
        if self.page.failure.is_some() {
            return;
        }
        if let Some(at) = self.page.retry_at {
            if !self.due(at) {
                return;
            }
            self.page.retry_at = None;
            if self.page.life != Life::Closed {
                self.ask_reload();
                return;
            }
        }
        match self.page.life {
            Life::Closed => {
                self.page.loading_since = self.now.boot;
                self.page.starting_since = self.now.boot;
                self.page.renew_wanted = false;
                self.page.asked = Some(Asked::Open);
                self.emit(Effect::OpenPage);
            }
            Life::Crashed => self.reload(ProblemCode::PageCrashed),
            Life::Open if self.page.reload_wanted => self.reload(ProblemCode::PageUnresponsive),
            Life::Open if self.page.renew_wanted && !self.holds_message() => {
                self.lose_load();
                self.page.loading_since = self.now.boot;
                self.ask_reload();
            }
            Life::Open => self.pump_open(),
        }
    }

    fn pump_close(&mut self) {
        if self.page.life == Life::Closed {
            return;
        }
        let by = self.page.close_by.unwrap_or(self.now.boot);
        if self.job().is_none() || self.due(by) {
            self.page.asked = Some(Asked::Close);
            self.emit(Effect::ClosePage);
        } else {
            self.pump_drain();
        }
    }

    fn pump_open(&mut self) {
        let loading = self.page.state() == SessionState::Starting;
        if loading {
            // Woken to say so.
            let _slow = self.due(self.page.starting_since.after(SLOW_AFTER_MS));
        }
        if loading && self.due(self.page.loading_since.after(LOADING_MOST_MS)) {
            self.reload(ProblemCode::PageUnresponsive);
            return;
        }
        if self.due(self.page.next_probe) {
            self.ask_probe();
        }
        self.pump_second_way();
        self.pump_drain();
        self.pump_commands();
    }
}
