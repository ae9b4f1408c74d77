//! How a session stands, for whoever shows it.

use crate::active::Elsewhere;
use crate::assist::Assist;
use crate::page::{Asked, Life};
use crate::session::Session;
use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::session::SessionState;

/// Everything a view needs but the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// Where the session stands.
    pub state: SessionState,
    /// The page has not yet said how it stands since it was opened.
    pub stale: bool,
    /// Why it does not send, and what to do about it.
    pub problem: Option<Problem>,
    /// Why the last call to the server failed, if it did.
    pub server_problem: Option<Problem>,
    /// The token is no longer good.
    pub signed_out: bool,
    /// A person paused it.
    pub paused: bool,
    /// There is a page that can be shown.
    pub page_open: bool,
    /// A QR code is shown and can be scanned.
    pub qr_shown: bool,
    /// The QR codes have run out; `Input::RefreshQr` asks for more.
    pub qr_expired: bool,
    /// The linked number, also the last known one.
    pub account_phone: Option<String>,
    /// Which adapter serves the page.
    pub adapter: Option<String>,
    /// WhatsApp Web's version.
    pub page_version: Option<String>,
    /// Capabilities the page lacks.
    pub missing: Vec<Capability>,
    /// The server's pacing.
    pub policy: Policy,
    /// Messages that wait at the server, or here unbegun.
    pub queued: u32,
    /// Messages that left today.
    pub sent_today: u32,
    /// Messages begun whose end is not yet known or reported.
    pub in_flight: u32,
    /// Messages a person must decide about.
    pub review: u32,
    /// The other desktop that the SDR is active on: nothing is sent from here meanwhile.
    pub elsewhere: Option<Elsewhere>,
    /// How far sending by hand is, where it is offered.
    pub assist: Option<Assist>,
}

impl Session {
    /// How the session stands.
    pub fn status(&self) -> SessionStatus {
        let probe = self.page.probe.as_ref();
        SessionStatus {
            state: self.state(),
            stale: probe.is_none() && self.page.wanted && self.page.failure.is_none(),
            problem: self.problem(),
            server_problem: self.queue.problem.clone(),
            signed_out: self.queue.signed_out,
            paused: self.paused,
            page_open: self.page.life != Life::Closed,
            qr_shown: probe.is_some_and(|probe| probe.qr.is_some()),
            qr_expired: probe.is_some_and(|probe| probe.qr_expired),
            account_phone: self.account_phone().map(str::to_owned),
            adapter: probe.map(|probe| probe.adapter.clone()),
            page_version: probe.and_then(|probe| probe.page_version.clone()),
            missing: self.page.missing().to_vec(),
            policy: self.policy.clone(),
            queued: self
                .queue
                .queued
                .saturating_add(count(self.queue.claimed.len())),
            sent_today: self.queue.sent_today,
            in_flight: self.in_flight(),
            review: self.in_review(),
            elsewhere: self.elsewhere(),
            assist: self.assisting(),
        }
    }

    /// Where the session stands.
    pub fn state(&self) -> SessionState {
        if self.page.life == Life::Closed && !self.page.wanted {
            return SessionState::Closed;
        }
        if self.page.asked == Some(Asked::Close) {
            return SessionState::Closed;
        }
        if self.stopped().is_some() {
            return SessionState::Stopped;
        }
        match self.page.life {
            Life::Crashed => SessionState::Crashed,
            Life::Closed => SessionState::Starting,
            Life::Open if self.page.state() == SessionState::Connected && self.page.lacks() => {
                // Whatever the page says, nothing can be sent through it yet.
                SessionState::Starting
            }
            Life::Open => self.page.state(),
        }
    }

    /// Why it does not send, and what to do about it.
    pub fn problem(&self) -> Option<Problem> {
        let signed_out = || self.queue.signed_out.then(words::signed_out);
        let own = signed_out().or_else(|| self.own_problem());
        own.or_else(|| self.passive())
            .or_else(|| self.queue.problem.clone())
            .or_else(|| self.queue.blocked.clone())
    }

    /// Why nothing is sent from this desktop although it may be fine.
    fn passive(&self) -> Option<Problem> {
        let elsewhere = self.elsewhere()?;
        let name = elsewhere.active.name.as_deref();
        Some(words::active_elsewhere(name))
    }

    /// The problems that are not the server's.
    pub(crate) fn own_problem(&self) -> Option<Problem> {
        let by_hand = self.by_hand.problem.clone();
        let trying = || {
            self.tries_second_way()
                .then(|| words::trying_other_way(self.page.missing()))
        };
        let slow = || self.page.is_slow(self.now.boot).then(words::page_slow);
        by_hand
            .or_else(|| self.stopped())
            .or_else(trying)
            .or_else(|| self.queue.wrong_sdr.clone())
            .or_else(|| self.files_stopped())
            .or_else(slow)
    }

    /// Why the session is stopped, if it is.
    fn stopped(&self) -> Option<Problem> {
        let missing = || {
            let given_up = self.page.lacks() && !self.tries_second_way();
            given_up.then(|| words::self_test(self.page.missing()))
        };
        let account = || self.page.wrong_account().then(words::wrong_account);
        let page = self.page.failure.clone();
        page.or_else(missing)
            .or_else(account)
            .or_else(|| self.stop())
            .or_else(|| self.low_space.then(words::low_space))
    }

    /// Messages begun whose end is not yet known or reported.
    pub fn in_flight(&self) -> u32 {
        count(
            self.flights
                .iter()
                .filter(|flight| flight.is_in_flight())
                .count(),
        )
    }

    /// A person paused it.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// The linked number, or the one that was linked last.
    pub fn account_phone(&self) -> Option<&str> {
        let seen = self.page.account().map(|account| account.phone.as_str());
        seen.or(self.page.account_phone.as_deref())
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
