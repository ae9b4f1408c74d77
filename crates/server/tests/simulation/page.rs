//! A WhatsApp page and the profile under it: what outlives a load, what does not, and every way in
//! which it can fail.

use hotdesk_engine::input::PageFault;
use hotdesk_protocol::bridge::{
    BridgeCommand, BridgeEvent, BridgeReport, Capability, Drain, OwnAccount, Probe,
};
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{ChatId, MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::session::{Ack, SessionState};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use std::collections::BTreeMap;

/// A message that really left.
#[derive(Clone, Debug)]
pub struct Left {
    pub phone: String,
    pub text: String,
    /// The sum of what went with it.
    pub file: Option<String>,
    pub account: String,
}

/// How the next send goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    SendAndTimeOut,
    HangOnly,
    Swallow,
    NotOnWhatsapp,
    NotSubmitted,
    UnclearSent,
    UnclearUnsent,
    AckError,
    NeverAck,
    Refuse,
}

pub const TRICKS: [Trick; 10] = [
    Trick::SendAndTimeOut,
    Trick::HangOnly,
    Trick::Swallow,
    Trick::NotOnWhatsapp,
    Trick::NotSubmitted,
    Trick::UnclearSent,
    Trick::UnclearUnsent,
    Trick::AckError,
    Trick::NeverAck,
    Trick::Refuse,
];

#[derive(Clone)]
struct Kept {
    phone: String,
    text: String,
    file: Option<String>,
    ack: Ack,
    left: bool,
    since: u64,
}

/// What the browser keeps.
#[derive(Clone, Default)]
struct Profile {
    marker: Option<String>,
    account: Option<OwnAccount>,
    messages: BTreeMap<WaMessageId, Kept>,
}

pub struct Page {
    profile: Profile,
    pub open: bool,
    generation: u32,
    starting_until: u64,
    syncing_until: u64,
    mishap: Option<(SessionState, u64)>,
    absent_until: u64,
    missing_until: u64,
    no_files_until: u64,
    /// The next piece of a file is not taken.
    pub refuses_file: bool,
    /// The file the script has, of which message.
    file: Option<(MessageId, String)>,
    pub hung: bool,
    pub oversized: bool,
    quiet_since: u64,
    /// Ticks that are due: when, of which message, which.
    timers: Vec<(u64, WaMessageId, Ack)>,
    reports: Vec<BridgeReport>,
    seq: u32,
    handed_out: u32,
    pub trick: Option<Trick>,
    /// How long a tick takes.
    pub ack_ms: u64,
    /// A message leaves with its first tick, not with the call.
    pub lazy: bool,
    /// Ids this page was ever given.
    pub given: Vec<(MessageId, WaMessageId)>,
    /// Not yet taken into the office's history.
    pub left: Vec<Left>,
}

impl Page {
    pub fn new(account: OwnAccount, ack_ms: u64, lazy: bool) -> Self {
        Self {
            profile: Profile {
                account: Some(account),
                ..Profile::default()
            },
            open: false,
            generation: 0,
            starting_until: 0,
            syncing_until: 0,
            mishap: None,
            absent_until: 0,
            missing_until: 0,
            no_files_until: 0,
            refuses_file: false,
            file: None,
            hung: false,
            oversized: false,
            quiet_since: 0,
            timers: Vec::new(),
            reports: Vec::new(),
            seq: 0,
            handed_out: 0,
            trick: None,
            ack_ms,
            lazy,
            given: Vec::new(),
            left: Vec::new(),
        }
    }

    /// A new load: the script starts anew, the profile stays. What had not left leaves now, and
    /// nobody is told unless asked.
    pub fn load(&mut self, t: u64, slow_ms: u64) {
        self.open = true;
        self.generation += 1;
        self.starting_until = t + 100 + slow_ms / 2;
        self.syncing_until = t + 150 + slow_ms;
        self.quiet_since = self.syncing_until;
        self.hung = false;
        self.oversized = false;
        self.file = None;
        self.reports.clear();
        self.timers.clear();
        self.seq = 0;
        self.handed_out = 0;
        let waiting: Vec<WaMessageId> = self
            .profile
            .messages
            .iter()
            .filter(|(_, kept)| kept.ack == Ack::Clock)
            .map(|(id, _)| id.clone())
            .collect();
        for id in waiting {
            self.timers
                .push((self.syncing_until + 300, id, Ack::Server));
        }
    }

    /// The process has ended, and with the power went what was written last.
    pub fn lose_power(&mut self, t: u64) {
        self.open = false;
        let young = |kept: &Kept| t.saturating_sub(kept.since) < 30_000;
        self.profile.messages.retain(|_, kept| !young(kept));
    }

    /// The device is removed: everything in the profile is gone, and the page loads anew.
    pub fn unlink(&mut self, t: u64) {
        self.profile = Profile::default();
        self.timers.clear();
        if self.open {
            self.load(t, 500);
        }
    }

    /// A phone scans the code.
    pub fn link(&mut self, account: OwnAccount, t: u64) {
        self.unlink(t);
        self.profile.account = Some(account);
        self.syncing_until = self.syncing_until.max(t + 500);
        self.quiet_since = self.syncing_until;
    }

    pub fn account(&self) -> Option<&OwnAccount> {
        self.profile.account.as_ref()
    }

    pub fn fall_into(&mut self, state: SessionState, until: u64) {
        self.mishap = Some((state, until));
    }

    pub fn navigate(&mut self, until: u64, slow_ms: u64) {
        if self.open {
            self.load(until, slow_ms);
            self.absent_until = until;
        }
    }

    pub fn lose_modules(&mut self, until: u64) {
        self.missing_until = until;
    }

    /// Texts can be sent, files not.
    pub fn lose_files(&mut self, until: u64) {
        self.no_files_until = until;
    }

    /// Nothing goes wrong any more, and what WhatsApp has kept back gets its tick. A hung script stays
    /// hung until it is loaded anew.
    pub fn heal(&mut self, t: u64) {
        for (id, kept) in &self.profile.messages {
            if kept.ack == Ack::Clock {
                self.timers.push((t + 2_000, id.clone(), Ack::Server));
            }
        }
        self.mishap = None;
        self.absent_until = 0;
        self.missing_until = 0;
        self.no_files_until = 0;
        self.refuses_file = false;
        self.trick = None;
    }

    fn state(&self, t: u64) -> SessionState {
        if t < self.starting_until {
            return SessionState::Starting;
        }
        if self.profile.account.is_none() {
            return SessionState::Qr;
        }
        if t < self.syncing_until {
            return SessionState::Syncing;
        }
        match self.mishap {
            Some((state, until)) if t < until => state,
            Some(_) | None => SessionState::Connected,
        }
    }

    pub fn say(&mut self, event: BridgeEvent) {
        self.seq += 1;
        self.reports.push(BridgeReport {
            seq: self.seq,
            event,
        });
    }

    fn present(&self, t: u64) -> Result<(), PageFault> {
        if self.hung {
            Err(PageFault::TimedOut)
        } else if !self.open || t < self.absent_until {
            Err(PageFault::Absent)
        } else {
            Ok(())
        }
    }

    /// The ticks whose time has come.
    pub fn run_timers(&mut self, t: u64) {
        if !self.open || self.state(t) != SessionState::Connected {
            return;
        }
        let mut due: Vec<_> = self.timers.extract_if(.., |(at, _, _)| *at <= t).collect();
        due.sort_by_key(|(at, _, _)| *at);
        for (_, wa_message_id, ack) in due {
            let Some(kept) = self.profile.messages.get_mut(&wa_message_id) else {
                continue;
            };
            kept.ack = ack;
            if ack >= Ack::Server {
                self.leave(&wa_message_id);
            }
            self.say(BridgeEvent::Ack { wa_message_id, ack });
        }
    }

    fn leave(&mut self, id: &WaMessageId) {
        let account = self.profile.account.as_ref();
        if let (Some(kept), Some(account)) = (self.profile.messages.get_mut(id), account)
            && !std::mem::replace(&mut kept.left, true)
        {
            self.left.push(Left {
                phone: kept.phone.clone(),
                text: kept.text.clone(),
                file: kept.file.clone(),
                account: account.phone.clone(),
            });
        }
    }

    /// The library is put into the page; in every other load it finds what had moved.
    pub fn adopt(&mut self, t: u64) -> Result<(), PageFault> {
        self.present(t)?;
        if self.generation.is_multiple_of(2) {
            self.missing_until = 0;
        }
        Ok(())
    }

    pub fn probe(&mut self, t: u64) -> Result<Probe, PageFault> {
        self.present(t)?;
        self.run_timers(t);
        let state = self.state(t);
        let linked = matches!(
            state,
            SessionState::Connected | SessionState::Offline | SessionState::Syncing
        );
        let missing = match (t < self.missing_until, t < self.no_files_until) {
            (true, _) => vec![Capability::SendText],
            (false, true) => vec![Capability::SendFile],
            (false, false) => Vec::new(),
        };
        let quiet_ms = u32::try_from(t.saturating_sub(self.quiet_since)).unwrap_or(u32::MAX);
        Ok(Probe {
            generation: self.name(),
            adapter: "modules".into(),
            page_version: None,
            state,
            qr: (state == SessionState::Qr).then(|| format!("qr-{}", self.generation)),
            qr_expired: false,
            pairing_code: None,
            dialog: None,
            account: self.profile.account.clone().filter(|_| linked),
            marker: self.profile.marker.clone().filter(|_| linked),
            missing,
            quiet_ms,
            last_seq: self.seq,
        })
    }

    pub fn drain(&mut self, after: u32, t: u64) -> Result<Drain, PageFault> {
        self.present(t)?;
        if self.oversized {
            return Err(PageFault::BadAnswer);
        }
        self.run_timers(t);
        let after = if after > self.handed_out { 0 } else { after };
        // What was asked past is acknowledged, and forgotten.
        self.reports.retain(|report| report.seq > after);
        let reports: Vec<_> = self.reports.iter().take(64).cloned().collect();
        let last = reports.last().map_or(0, |report| report.seq);
        self.handed_out = self.handed_out.max(last);
        Ok(Drain {
            generation: self.name(),
            more: reports.last().is_some_and(|report| report.seq < self.seq),
            reports,
        })
    }

    fn name(&self) -> PageGeneration {
        PageGeneration(format!("g{}", self.generation))
    }

    pub fn submit(
        &mut self,
        generation: &PageGeneration,
        command: BridgeCommand,
        t: u64,
    ) -> Result<(), PageFault> {
        self.present(t)?;
        if *generation != self.name() {
            return Err(PageFault::OtherGeneration);
        }
        match command {
            BridgeCommand::SendText {
                message_id,
                wa_message_id,
                phone,
                text,
            } => self.send(message_id, wa_message_id, &phone, &text, None, t),
            BridgeCommand::SendFile {
                message_id,
                wa_message_id,
                phone,
                caption,
                sha256,
                ..
            } => {
                let held = self.file.take();
                let whole = held.is_some_and(|(id, sum)| id == message_id && sum == sha256);
                let file = if whole { sha256 } else { "nothing".to_owned() };
                self.send(message_id, wa_message_id, &phone, &caption, Some(file), t)
            }
            BridgeCommand::FilePart { .. } => Ok(()),
            BridgeCommand::LookUp {
                message_id,
                wa_message_id,
            } => {
                self.look_up(message_id, wa_message_id);
                Ok(())
            }
            BridgeCommand::Mark { marker } => {
                if self.profile.account.is_some() {
                    self.profile.marker.get_or_insert(marker);
                }
                Ok(())
            }
            BridgeCommand::Compose { .. } => {
                self.load(t, 500);
                Ok(())
            }
            BridgeCommand::UseHere => {
                let is_conflict =
                    |(state, _): &(SessionState, u64)| *state == SessionState::Conflict;
                self.mishap.take_if(|mishap| is_conflict(mishap));
                Ok(())
            }
            BridgeCommand::RefreshQr | BridgeCommand::LinkByCode { .. } => Ok(()),
            BridgeCommand::LogOut => {
                self.unlink(t);
                Ok(())
            }
        }
    }

    /// A piece of a file; the script has the file with the last one.
    pub fn put(
        &mut self,
        generation: &PageGeneration,
        id: &MessageId,
        file: &Attachment,
        last: bool,
        t: u64,
    ) -> Result<(), PageFault> {
        self.present(t)?;
        if *generation != self.name() {
            return Err(PageFault::OtherGeneration);
        }
        self.file = None;
        if std::mem::take(&mut self.refuses_file) {
            let problem = Problem::new(ProblemCode::ServerError, "the page threw");
            return Err(PageFault::Refused(problem));
        }
        if last {
            self.file = Some((id.clone(), file.sha256.clone()));
        }
        Ok(())
    }

    fn look_up(&mut self, message_id: MessageId, wa_message_id: WaMessageId) {
        let event = match self.profile.messages.get(&wa_message_id) {
            Some(kept) => BridgeEvent::InPage {
                message_id,
                wa_message_id,
                chat_id: chat_of(&kept.phone),
                other_chat_id: None,
                ack: kept.ack,
                already_there: true,
            },
            None => BridgeEvent::Absent {
                message_id,
                wa_message_id,
            },
        };
        self.say(event);
    }

    fn send(
        &mut self,
        message_id: MessageId,
        wa_message_id: WaMessageId,
        phone: &str,
        text: &str,
        file: Option<String>,
        t: u64,
    ) -> Result<(), PageFault> {
        let trouble = || Problem::new(ProblemCode::ServerError, "the page threw");
        let not_submitted = |message_id| BridgeEvent::NotSubmitted {
            message_id,
            problem: trouble(),
        };
        self.given.push((message_id.clone(), wa_message_id.clone()));
        if self.profile.messages.contains_key(&wa_message_id) {
            self.look_up(message_id, wa_message_id);
            return Ok(());
        }
        if self.state(t) != SessionState::Connected {
            self.say(not_submitted(message_id));
            return Ok(());
        }
        let trick = self.trick.take();
        match trick {
            Some(Trick::HangOnly) => {
                self.hung = true;
                return Err(PageFault::TimedOut);
            }
            Some(Trick::Refuse) => return Err(PageFault::Refused(trouble())),
            Some(Trick::Swallow) => return Ok(()),
            Some(Trick::NotOnWhatsapp) => {
                self.say(BridgeEvent::NotOnWhatsapp { message_id });
                return Ok(());
            }
            Some(Trick::NotSubmitted) => {
                self.say(not_submitted(message_id));
                return Ok(());
            }
            Some(Trick::UnclearUnsent) => {
                self.say(BridgeEvent::Unclear {
                    message_id,
                    problem: trouble(),
                });
                return Ok(());
            }
            Some(
                Trick::SendAndTimeOut | Trick::UnclearSent | Trick::AckError | Trick::NeverAck,
            )
            | None => {}
        }
        let kept = Kept {
            phone: phone.to_owned(),
            text: text.to_owned(),
            file,
            ack: Ack::Clock,
            left: false,
            since: t,
        };
        self.keep(&wa_message_id, kept, trick);
        self.say(match trick {
            Some(Trick::UnclearSent) => BridgeEvent::Unclear {
                message_id,
                problem: trouble(),
            },
            Some(_) | None => BridgeEvent::InPage {
                message_id,
                wa_message_id,
                chat_id: chat_of(phone),
                other_chat_id: None,
                ack: Ack::Clock,
                already_there: false,
            },
        });
        match trick {
            Some(Trick::SendAndTimeOut) => Err(PageFault::TimedOut),
            Some(_) | None => Ok(()),
        }
    }

    fn keep(&mut self, id: &WaMessageId, mut kept: Kept, trick: Option<Trick>) {
        let (t, refused) = (kept.since, trick == Some(Trick::AckError));
        if refused {
            kept.ack = Ack::Error;
        }
        self.profile.messages.insert(id.clone(), kept);
        self.quiet_since = t;
        if !refused && !self.lazy {
            self.leave(id);
        }
        let mut tick = |after, ack| self.timers.push((t + after, id.clone(), ack));
        match trick {
            Some(Trick::NeverAck) => {}
            Some(Trick::AckError) => tick(self.ack_ms, Ack::Error),
            Some(_) | None => {
                tick(self.ack_ms, Ack::Server);
                tick(self.ack_ms * 2, Ack::Device);
                tick(self.ack_ms * 5, Ack::Read);
            }
        }
    }

    /// A lead answers in a chat.
    pub fn receive(&mut self, id: &str, phone: &str) {
        let chat_id = chat_of(phone);
        self.say(BridgeEvent::Incoming {
            wa_message_id: id.into(),
            chat_id,
            phone: Some(phone.to_owned()),
            text: id.to_owned(),
            at_ms: UtcMs(1),
        });
    }
}

fn chat_of(phone: &str) -> ChatId {
    ChatId(format!("{}@c.us", phone.trim_start_matches('+')))
}
