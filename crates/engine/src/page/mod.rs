//! What is known of the page, and what follows from it.

mod ask;
mod life;
mod seen;

use crate::epoch::profile_epoch;
use crate::input::Millis;
use crate::second_way::SecondWay;
use hotdesk_protocol::bridge::{Capability, OwnAccount, Probe};
use hotdesk_protocol::ids::{MessageId, PageGeneration, ProfileEpoch};
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, UtcMs};

/// A page that only starts for so long is told to be slow, over reloads too.
const SLOW_AFTER_MS: u64 = 20_000;
/// Messages may leave only on the word of a probe no older than this.
const FRESH_MS: u64 = 1_000;

/// What the webview is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Closed,
    Open,
    Crashed,
}

/// A webview call that is not yet answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Open,
    Reload,
    Close,
}

/// A command whose `Submitted` is awaited.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Handed {
    Send(MessageId),
    LookUp(MessageId),
    /// A message whose fate is known is asked for its tick.
    Tick,
    Mark,
    LogOut,
    RefreshQr,
    LinkByCode,
    UseHere,
    /// The chat of a message that a person sends by hand.
    Compose(MessageId),
}

/// What a page must fulfil before a message may leave or be looked up.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) generation: PageGeneration,
    pub(crate) epoch: ProfileEpoch,
}

#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) wanted: bool,
    close_by: Option<Millis>,
    pub(crate) life: Life,
    pub(crate) asked: Option<Asked>,
    crashed_meanwhile: bool,
    /// A webview call failed; it is made again then.
    retry_at: Option<Millis>,
    /// Counts loads; an answer to a probe of an earlier load is dropped.
    pub(crate) load: u32,
    loading_since: Millis,
    /// It has said nothing but "starting" since.
    starting_since: Millis,
    /// The last word of this load.
    pub(crate) probe: Option<Probe>,
    /// What was done in this load about something missing.
    pub(crate) second_way: SecondWay,
    /// An earlier load lacked something and wa-js did not help.
    pub(crate) tried_in_vain: bool,
    probed_at: Millis,
    probe_out: Option<(u32, Millis)>,
    next_probe: Millis,
    drain_out: bool,
    pub(crate) next_drain: Millis,
    pub(crate) seq: u32,
    pub(crate) more: bool,
    /// A drain was answered by another load than the one last probed.
    pub(crate) stranger: bool,
    pub(crate) next_tick: Millis,
    pub(crate) submit_out: Option<Handed>,
    misses: u32,
    /// Drains that failed one after the other.
    pub(crate) drain_misses: u32,
    reloads: Vec<Millis>,
    /// Why the page was given up; a person resumes.
    pub(crate) failure: Option<Problem>,
    /// It has been connected and quiet once in this load.
    pub(crate) settled: bool,
    pub(crate) connected_since: Option<(Millis, UtcMs)>,
    last_qr: Option<String>,
    last_pairing_code: Option<String>,
    first_qr_shown: bool,
    pub(crate) marker: Option<String>,
    new_marker: Option<String>,
    next_mark: Millis,
    pub(crate) account_phone: Option<String>,
    pub(crate) unlink_wanted: bool,
    pub(crate) refresh_wanted: bool,
    /// The number that a pairing code is wanted for, and since when.
    code_wanted: Option<(String, Millis)>,
    pub(crate) use_here_wanted: bool,
    pub(crate) reload_wanted: bool,
    /// The next load brings other scripts; nothing further is handed to this one.
    pub(crate) renew_wanted: bool,
}

impl Page {
    pub(crate) fn new(marker: Option<String>, account_phone: Option<String>, now: Millis) -> Self {
        Self {
            wanted: false,
            close_by: None,
            life: Life::Closed,
            asked: None,
            crashed_meanwhile: false,
            retry_at: None,
            load: 0,
            loading_since: now,
            starting_since: now,
            probe: None,
            second_way: SecondWay::Untried,
            tried_in_vain: false,
            probed_at: Millis(0),
            probe_out: None,
            next_probe: now,
            drain_out: false,
            next_drain: now,
            seq: 0,
            more: false,
            stranger: false,
            next_tick: now,
            submit_out: None,
            misses: 0,
            drain_misses: 0,
            reloads: Vec::new(),
            failure: None,
            settled: false,
            connected_since: None,
            last_qr: None,
            last_pairing_code: None,
            first_qr_shown: false,
            marker,
            new_marker: None,
            next_mark: now,
            account_phone,
            unlink_wanted: false,
            refresh_wanted: false,
            code_wanted: None,
            use_here_wanted: false,
            reload_wanted: false,
            renew_wanted: false,
        }
    }

    /// A person wants a QR code, and no longer a pairing code.
    pub(crate) fn ask_for_qr(&mut self) {
        self.refresh_wanted = true;
        self.code_wanted = None;
    }

    /// A person wants another try.
    pub(crate) fn forgive(&mut self, now: Millis) {
        self.reloads.clear();
        self.misses = 0;
        self.starting_since = now;
        if self.failure.take().is_some() || !self.missing().is_empty() {
            self.reload_wanted = self.life == Life::Open;
            self.loading_since = now;
        }
    }

    /// What the app needs of the page and the page lacks.
    pub(crate) fn missing(&self) -> &[Capability] {
        self.probe.as_ref().map_or(&[], |probe| &probe.missing)
    }

    /// It lacks something that every message needs.
    pub(crate) fn lacks(&self) -> bool {
        let files_only = |lacks: &Capability| *lacks == Capability::SendFile;
        !self.missing().iter().all(files_only)
    }

    /// It can do everything that a file takes.
    pub(crate) fn sends_files(&self) -> bool {
        self.probe.is_some() && self.missing().is_empty()
    }

    /// wa-js may yet find what is missing, and may keep the page from answering meanwhile.
    pub(crate) fn is_trying(&self, now: Millis) -> bool {
        match self.second_way {
            SecondWay::Asked => true,
            SecondWay::Trying(until) => now < until,
            SecondWay::Untried | SecondWay::Failed => false,
        }
    }

    /// What it did not answer so far is forgotten.
    pub(crate) fn be_patient(&mut self, now: Millis) {
        self.misses = 0;
        self.loading_since = now;
    }

    /// A person wants it loaded anew; one that is about to load does so anyway.
    pub(crate) fn reload_asked(&mut self, now: Millis) {
        self.forgive(now);
        self.reload_wanted |= self.life == Life::Open && self.asked.is_none();
    }

    /// It takes long to load.
    pub(crate) fn is_slow(&self, now: Millis) -> bool {
        self.wanted
            && self.state() == SessionState::Starting
            && now.since(self.starting_since) >= SLOW_AFTER_MS
    }

    pub(crate) fn state(&self) -> SessionState {
        self.probe
            .as_ref()
            .map_or(SessionState::Starting, |probe| probe.state)
    }

    pub(crate) fn generation(&self) -> Option<&PageGeneration> {
        self.probe.as_ref().map(|probe| &probe.generation)
    }

    pub(crate) fn account(&self) -> Option<&OwnAccount> {
        self.probe.as_ref().and_then(|probe| probe.account.as_ref())
    }

    pub(crate) fn wrong_account(&self) -> bool {
        match (self.account(), &self.account_phone) {
            (Some(account), Some(phone)) => account.phone != *phone,
            (None, _) | (_, None) => false,
        }
    }

    pub(crate) fn probe_now(&mut self) {
        self.next_probe = Millis(0);
    }

    pub(crate) fn is_fresh(&self, now: Millis) -> bool {
        now.since(self.probed_at) <= FRESH_MS
    }

    /// Everything but the freshness of the probe.
    pub(crate) fn gate(&self) -> Option<Gate> {
        let probe = self.probe.as_ref().filter(|_| self.is_usable())?;
        let account = probe.account.as_ref()?;
        let healthy = probe.state == SessionState::Connected
            && !self.lacks()
            && self.account_phone.as_ref() == Some(&account.phone)
            && probe.marker.is_some()
            && probe.marker == self.marker;
        let marker = probe.marker.as_ref().filter(|_| healthy)?;
        Some(Gate {
            generation: probe.generation.clone(),
            epoch: profile_epoch(account, marker),
        })
    }

    /// What a message must be begun under that a person sends by hand: the page is linked as before
    /// and shows its chats, but lacks what sends. Only its marker may tell whose it is: that was
    /// written when the account was known, and a logout wipes it.
    pub(crate) fn hand_gate(&self) -> Option<Gate> {
        let probe = self.probe.as_ref().filter(|_| self.is_usable())?;
        let known = self.account_phone.clone().map(|phone| OwnAccount {
            phone,
            device: 0,
            lid: None,
        });
        let account = probe.account.clone().or(known)?;
        let fit = probe.state == SessionState::Connected
            && self.lacks()
            && self.account_phone.as_ref() == Some(&account.phone)
            && probe.marker == self.marker;
        let marker = probe.marker.as_ref().filter(|_| fit)?;
        Some(Gate {
            generation: probe.generation.clone(),
            epoch: profile_epoch(&account, marker),
        })
    }

    fn is_usable(&self) -> bool {
        self.wanted
            && self.life == Life::Open
            && self.asked.is_none()
            && self.failure.is_none()
            && !self.reload_wanted
            && !self.renew_wanted
    }

    fn probe_every_ms(&self, busy: bool) -> u64 {
        match self.state() {
            SessionState::Starting | SessionState::Syncing => 150,
            SessionState::Qr | SessionState::PairingCode | SessionState::Passkey => 250,
            SessionState::Connected if busy || self.new_marker.is_some() => 150,
            SessionState::Connected => 1_500,
            SessionState::LoggedOut => 250,
            SessionState::Offline
            | SessionState::Conflict
            | SessionState::NeedsUpdate
            | SessionState::Closed
            | SessionState::Crashed
            | SessionState::Hibernated
            | SessionState::Stopped => 1_000,
        }
    }
}
