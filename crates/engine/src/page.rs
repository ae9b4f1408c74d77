//! The page's life: open, probe, drain, reload, crash, stop.

use crate::effect::{Effect, Record};
use crate::epoch::profile_epoch;
use crate::input::{Millis, PageFault};
use crate::second_way::SecondWay;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::bridge::{BridgeCommand, Capability, OwnAccount, Probe};
use hotdesk_protocol::ids::{MessageId, PageGeneration, ProfileEpoch};
use hotdesk_protocol::queue::QrRequest;
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};

const LOADING_MOST_MS: u64 = 60_000;
/// A page that only starts for so long is told to be slow, over reloads too.
const SLOW_AFTER_MS: u64 = 20_000;
const MISSES_MOST: u32 = 3;
const RELOADS_MOST: usize = 3;
const RELOADS_WITHIN_MS: u64 = 15 * 60_000;
/// Messages may leave only on the word of a probe no older than this.
const FRESH_MS: u64 = 1_000;
/// How long a page must have been quiet once before "not in the page" is believed.
const QUIET_MS: u32 = 2_000;
const TRYING_PROBE_MS: u64 = 250;
const RETRY_MS: u64 = 1_000;
const CLOSE_GRACE_MS: u64 = 5_000;
const QR_FIRST_MS: u32 = 60_000;
const QR_NEXT_MS: u32 = 20_000;

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
    first_qr_shown: bool,
    pub(crate) marker: Option<String>,
    new_marker: Option<String>,
    next_mark: Millis,
    pub(crate) account_phone: Option<String>,
    pub(crate) unlink_wanted: bool,
    pub(crate) refresh_wanted: bool,
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
            first_qr_shown: false,
            marker,
            new_marker: None,
            next_mark: now,
            account_phone,
            unlink_wanted: false,
            refresh_wanted: false,
            use_here_wanted: false,
            reload_wanted: false,
            renew_wanted: false,
        }
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
            if !self.queue.signed_out {
                let sdr_id = self.sdr_id.clone();
                self.emit(Effect::Qr(QrRequest {
                    sdr_id,
                    value,
                    expires_in_ms,
                }));
            }
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

    /// Whatever this load had in hand is now unknown.
    fn lose_load(&mut self) {
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

    fn reload(&mut self, code: ProblemCode) {
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

    pub(crate) fn ask_probe(&mut self) {
        if self.page.probe_out.is_none() {
            self.page.probe_out = Some((self.page.load, self.now.boot));
            self.emit(Effect::Probe);
        }
    }

    fn pump_drain(&mut self) {
        let Some(probe) = &self.page.probe else {
            return;
        };
        let wanted = self.page.more || probe.last_seq > self.page.seq || self.awaits_report();
        let free = !self.page.drain_out && !self.page.stranger;
        if wanted && free && self.due(self.page.next_drain) {
            self.page.drain_out = true;
            // The page may forget what comes before; an answer not yet on disk stays with it.
            let held = self.replies.first_held();
            let after = held.map_or(self.page.seq, |seq| {
                seq.saturating_sub(1).min(self.page.seq)
            });
            self.emit(Effect::Drain(after));
        }
    }

    pub(crate) fn drain_answered(&mut self, next: Millis) {
        self.page.drain_out = false;
        self.page.next_drain = next;
    }

    fn pump_commands(&mut self) {
        let Some(generation) = self.page.generation().cloned() else {
            return;
        };
        if self.page.submit_out.is_some() {
            return;
        }
        if self.page.unlink_wanted {
            self.page.unlink_wanted = false;
            self.hand(Handed::LogOut, generation, BridgeCommand::LogOut);
        } else if self.page.refresh_wanted {
            self.page.refresh_wanted = false;
            self.hand(Handed::RefreshQr, generation, BridgeCommand::RefreshQr);
        } else if self.page.use_here_wanted {
            self.page.use_here_wanted = false;
            self.hand(Handed::UseHere, generation, BridgeCommand::UseHere);
        } else if let Some(marker) = self.page.new_marker.clone()
            && self.page.marker.as_ref() == Some(&marker)
            && self.page.state() == SessionState::Connected
            && self.due(self.page.next_mark)
        {
            self.page.next_mark = self.now.boot.after(2_000);
            self.hand(Handed::Mark, generation, BridgeCommand::Mark { marker });
        }
    }

    pub(crate) fn hand(&mut self, what: Handed, to: PageGeneration, command: BridgeCommand) {
        self.page.submit_out = Some(what);
        self.emit(Effect::Submit(to, command));
    }
}
