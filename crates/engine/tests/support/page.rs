//! A model of a WhatsApp page and the profile under it.

use hotdesk_engine::input::PageFault;
use hotdesk_protocol::bridge::{
    BridgeCommand, BridgeEvent, BridgeReport, Capability, Drain, OwnAccount, PairingCode, Probe,
};
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{ChatId, MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::session::{Ack, SessionState};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use std::collections::BTreeMap;

/// What the browser keeps for an SDR, whatever happens to the page.
#[derive(Clone, Default)]
pub struct Profile {
    pub marker: Option<String>,
    pub messages: BTreeMap<WaMessageId, (String, Ack)>,
    /// In the page's storage, not yet really sent (see `Page::lazy`).
    pub waiting: BTreeMap<WaMessageId, Left>,
}

/// One message that really left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub wa_message_id: WaMessageId,
    pub phone: String,
    pub text: String,
    pub account: String,
    pub at_ms: u64,
}

/// What the next send does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trick {
    /// The page sends, but the answer to the call is lost.
    SendAndTimeOut,
    /// The call hangs and nothing is sent.
    HangOnly,
    /// It is taken and never heard of again (unsent).
    Swallow,
    NotOnWhatsapp,
    NotSubmitted,
    UnclearSent,
    UnclearUnsent,
    AckError,
    NeverAck,
    Refuse(ProblemCode),
}

#[derive(Clone)]
pub struct Page {
    pub open: bool,
    pub present: bool,
    pub generation: u32,
    pub state: SessionState,
    pub account: OwnAccount,
    /// What the page's own modules lack.
    pub missing: Vec<Capability>,
    /// How long wa-js needs to find everything; `None` if it never does.
    pub wa_js_ms: Option<u64>,
    /// How putting wa-js into the page ends, if not well.
    pub adopt_fault: Option<PageFault>,
    /// When wa-js was put into this load.
    adopted_at: Option<u64>,
    /// Only what it shows can be read: not whose it is.
    pub hides_account: bool,
    pub qr: Option<String>,
    pub pairing_code: Option<PairingCode>,
    pub hung: bool,
    /// What it tells cannot be read, until it is loaded anew.
    pub unreadable: bool,
    pub quiet_since: u64,
    pub ack_ms: u64,
    pub only_server_acks: bool,
    /// A message leaves with its first tick, not with the call.
    pub lazy: bool,
    /// The page chooses the ids: after a load nobody knows which is which (a known-bad variant).
    pub fresh_ids: bool,
    /// A new link looks like the old one (a known-bad variant).
    pub hides_relink: bool,
    /// Every chat goes by this id, if not by its number.
    pub chat: Option<ChatId>,
    /// The other id the page knows of every chat.
    pub other_chat: Option<ChatId>,
    pub profile: Profile,
    pub history: Vec<Left>,
    pub commands: Vec<BridgeCommand>,
    pub trick: Option<Trick>,
    pub reports: Vec<BridgeReport>,
    pub timers: Vec<(u64, BridgeEvent)>,
    /// The file its script holds, of which message.
    pub file: Option<(MessageId, Attachment)>,
    /// How it answers the next file, if not by taking it.
    pub put_fault: Option<PageFault>,
    seq: u32,
    /// The highest number any drain of this load has handed out.
    handed_out: u32,
}

impl Page {
    pub fn new() -> Self {
        Self {
            open: false,
            present: true,
            generation: 0,
            state: SessionState::Connected,
            account: OwnAccount {
                phone: "+5511960000001".into(),
                device: 1,
                lid: None,
            },
            missing: Vec::new(),
            wa_js_ms: None,
            adopt_fault: None,
            adopted_at: None,
            hides_account: false,
            qr: None,
            pairing_code: None,
            hung: false,
            unreadable: false,
            quiet_since: 0,
            ack_ms: 100,
            only_server_acks: false,
            lazy: false,
            fresh_ids: false,
            hides_relink: false,
            chat: None,
            other_chat: None,
            profile: Profile::default(),
            history: Vec::new(),
            commands: Vec::new(),
            trick: None,
            reports: Vec::new(),
            timers: Vec::new(),
            file: None,
            put_fault: None,
            seq: 0,
            handed_out: 0,
        }
    }

    /// All pieces of a file, one after the other.
    pub fn put(
        &mut self,
        generation: &PageGeneration,
        id: MessageId,
        file: Attachment,
    ) -> Result<(), PageFault> {
        if self.hung {
            return Err(PageFault::TimedOut);
        }
        if !self.open || !self.present {
            return Err(PageFault::Absent);
        }
        if *generation != self.name() {
            return Err(PageFault::OtherGeneration);
        }
        if let Some(fault) = self.put_fault.clone() {
            return Err(fault);
        }
        self.file = Some((id, file));
        Ok(())
    }

    /// A new load: the script starts anew, the profile stays.
    pub fn load(&mut self, now: u64) {
        self.open = true;
        self.generation += 1;
        self.file = None;
        self.reports.clear();
        self.timers.clear();
        self.seq = 0;
        self.handed_out = 0;
        self.quiet_since = now;
        self.hung = false;
        self.adopted_at = None;
        self.unreadable = false;
        if self.fresh_ids {
            let own = |id: WaMessageId| WaMessageId(format!("{id}+"));
            let profile = &mut self.profile;
            let messages = std::mem::take(&mut profile.messages).into_iter();
            profile.messages = messages.map(|(id, kept)| (own(id), kept)).collect();
            let waiting = std::mem::take(&mut profile.waiting).into_iter();
            profile.waiting = waiting.map(|(id, left)| (own(id), left)).collect();
        }
        // What waited leaves now, and nobody is told unless asked.
        for (id, left) in std::mem::take(&mut self.profile.waiting) {
            self.history.push(left);
            if let Some(kept) = self.profile.messages.get_mut(&id) {
                kept.1 = Ack::Server;
            }
        }
        // WhatsApp sends what is pending once more by itself, under the same id.
        for (id, (_, ack)) in &self.profile.messages {
            if *ack == Ack::Clock {
                let ack = Ack::Server;
                self.timers.push((
                    now + 500,
                    BridgeEvent::Ack {
                        wa_message_id: id.clone(),
                        ack,
                    },
                ));
            }
        }
    }

    /// The phone unlinks this device and links it again: everything in the profile is gone.
    pub fn relink(&mut self, now: u64) {
        let marker = self.profile.marker.take().filter(|_| self.hides_relink);
        self.profile = Profile {
            marker,
            ..Profile::default()
        };
        self.account.device += u32::from(!self.hides_relink);
        self.load(now);
    }

    pub fn say(&mut self, event: BridgeEvent) {
        self.seq += 1;
        self.reports.push(BridgeReport {
            seq: self.seq,
            event,
        });
    }

    /// The ticks whose time has come.
    pub fn run_timers(&mut self, now: u64) {
        if !self.open || self.state != SessionState::Connected {
            return;
        }
        let (due, later) = std::mem::take(&mut self.timers)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.timers = later;
        let mut due: Vec<(u64, BridgeEvent)> = due;
        due.sort_by_key(|(at, _)| *at);
        for (_, event) in due {
            if let BridgeEvent::Ack { wa_message_id, ack } = &event
                && let Some(kept) = self.profile.messages.get_mut(wa_message_id)
            {
                kept.1 = *ack;
                if let Some(left) = self.profile.waiting.remove(wa_message_id) {
                    self.history.push(left);
                }
            }
            self.say(event);
        }
    }

    pub fn probe(&mut self, now: u64) -> Result<Probe, PageFault> {
        if self.hung {
            return Err(PageFault::TimedOut);
        }
        if !self.open || !self.present {
            return Err(PageFault::Absent);
        }
        self.run_timers(now);
        let linked = match self.state {
            SessionState::Connected | SessionState::Offline | SessionState::Syncing => true,
            _ => false,
        };
        let wa_js = self.has_wa_js(now);
        Ok(Probe {
            generation: self.name(),
            adapter: if wa_js { "wa-js" } else { "modules" }.into(),
            page_version: None,
            state: self.state,
            qr: self.qr.clone(),
            qr_expired: false,
            pairing_code: self.pairing_code.clone(),
            dialog: None,
            account: (linked && !self.hides_account).then(|| self.account.clone()),
            marker: self.profile.marker.clone(),
            missing: if wa_js {
                Vec::new()
            } else {
                self.missing.clone()
            },
            quiet_ms: u32::try_from(now - self.quiet_since).unwrap(),
            last_seq: self.seq,
        })
    }

    /// wa-js is in the page and has found what is missing.
    fn has_wa_js(&self, now: u64) -> bool {
        let ready = |(since, takes)| !self.missing.is_empty() && now >= since + takes;
        self.adopted_at.zip(self.wa_js_ms).is_some_and(ready)
    }

    /// The app puts wa-js into this load.
    pub fn adopt(&mut self, now: u64) -> Result<(), PageFault> {
        if self.hung {
            return Err(PageFault::TimedOut);
        }
        if !self.open || !self.present {
            return Err(PageFault::Absent);
        }
        match &self.adopt_fault {
            Some(fault) => Err(fault.clone()),
            None => {
                self.adopted_at = Some(now);
                Ok(())
            }
        }
    }

    pub fn drain(&mut self, after: u32, now: u64) -> Result<Drain, PageFault> {
        if self.hung {
            return Err(PageFault::TimedOut);
        }
        if !self.open || !self.present {
            return Err(PageFault::Absent);
        }
        if self.unreadable {
            return Err(PageFault::BadAnswer);
        }
        self.run_timers(now);
        let after = if after > self.handed_out { 0 } else { after };
        // What was asked past is acknowledged, and forgotten.
        self.reports.retain(|report| report.seq > after);
        let reports: Vec<_> = self
            .reports
            .iter()
            .filter(|report| report.seq > after)
            .take(64)
            .cloned()
            .collect();
        let last = reports.last().map_or(0, |report| report.seq);
        self.handed_out = self.handed_out.max(last);
        let more = reports.last().is_some_and(|report| report.seq < self.seq);
        Ok(Drain {
            generation: self.name(),
            reports,
            more,
        })
    }

    pub fn name(&self) -> PageGeneration {
        PageGeneration(format!("g{}", self.generation))
    }

    pub fn submit(
        &mut self,
        generation: &PageGeneration,
        command: BridgeCommand,
        now: u64,
    ) -> Result<(), PageFault> {
        if self.hung {
            return Err(PageFault::TimedOut);
        }
        if !self.open || !self.present {
            return Err(PageFault::Absent);
        }
        if *generation != self.name() {
            return Err(PageFault::OtherGeneration);
        }
        self.commands.push(command.clone());
        match command {
            BridgeCommand::SendText {
                message_id,
                wa_message_id,
                phone,
                text,
            } => self.send(message_id, wa_message_id, phone, text, now),
            BridgeCommand::SendFile {
                message_id,
                wa_message_id,
                phone,
                caption,
                sha256,
                ..
            } => {
                let held = self.file.take();
                let whole =
                    held.is_some_and(|(id, file)| id == message_id && file.sha256 == sha256);
                assert!(whole, "a file is sent only once its bytes are in this load");
                if self.missing.contains(&Capability::SendFile) && !self.has_wa_js(now) {
                    let problem = Problem::new(ProblemCode::SelfTestFailed, "no modules for it");
                    self.say(BridgeEvent::NotSubmitted {
                        message_id,
                        problem,
                    });
                    return Ok(());
                }
                self.send(message_id, wa_message_id, phone, caption, now)
            }
            BridgeCommand::FilePart { .. } => Ok(()),
            BridgeCommand::LookUp {
                message_id,
                wa_message_id,
            } => {
                let event = match self.profile.messages.get(&wa_message_id) {
                    Some((phone, ack)) => BridgeEvent::InPage {
                        message_id,
                        wa_message_id,
                        chat_id: self.chat_of(phone),
                        other_chat_id: self.other_chat.clone(),
                        ack: *ack,
                        already_there: true,
                    },
                    None => BridgeEvent::Absent {
                        message_id,
                        wa_message_id,
                    },
                };
                self.say(event);
                Ok(())
            }
            BridgeCommand::Mark { marker } => {
                self.profile.marker.get_or_insert(marker);
                Ok(())
            }
            BridgeCommand::Compose { .. } => {
                if let Some(Trick::Refuse(code)) = self.trick.take() {
                    return Err(PageFault::Refused(Problem::new(code, "the bridge refused")));
                }
                self.load(now);
                Ok(())
            }
            BridgeCommand::RefreshQr
            | BridgeCommand::LinkByCode { .. }
            | BridgeCommand::UseHere => Ok(()),
            BridgeCommand::LogOut => {
                self.profile = Profile::default();
                self.account.device += 1;
                self.state = SessionState::Qr;
                Ok(())
            }
        }
    }

    fn send(
        &mut self,
        message_id: MessageId,
        wa_message_id: WaMessageId,
        phone: String,
        text: String,
        now: u64,
    ) -> Result<(), PageFault> {
        let chat_id = self.chat_of(&phone);
        let other_chat_id = self.other_chat.clone();
        if let Some((_, ack)) = self.profile.messages.get(&wa_message_id) {
            let ack = *ack;
            self.say(BridgeEvent::InPage {
                message_id,
                wa_message_id,
                chat_id,
                other_chat_id,
                ack,
                already_there: true,
            });
            return Ok(());
        }
        let trouble = || Problem::new(ProblemCode::ServerError, "the page threw");
        let trick = self.trick.take();
        match trick {
            Some(Trick::HangOnly) => return Err(PageFault::TimedOut),
            Some(Trick::Refuse(code)) => {
                return Err(PageFault::Refused(Problem::new(code, "the bridge refused")));
            }
            Some(Trick::Swallow) => return Ok(()),
            Some(Trick::NotOnWhatsapp) => {
                self.say(BridgeEvent::NotOnWhatsapp { message_id });
                return Ok(());
            }
            Some(Trick::NotSubmitted) => {
                self.say(BridgeEvent::NotSubmitted {
                    message_id,
                    problem: trouble(),
                });
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
        let kept = if trick == Some(Trick::AckError) {
            Ack::Error
        } else {
            Ack::Clock
        };
        self.profile
            .messages
            .insert(wa_message_id.clone(), (phone.clone(), kept));
        if trick != Some(Trick::AckError) {
            let left = Left {
                wa_message_id: wa_message_id.clone(),
                phone,
                text,
                account: self.account.phone.clone(),
                at_ms: now,
            };
            if self.lazy {
                self.profile.waiting.insert(wa_message_id.clone(), left);
            } else {
                self.history.push(left);
            }
        }
        self.quiet_since = now;
        let ack = |ack| BridgeEvent::Ack {
            wa_message_id: wa_message_id.clone(),
            ack,
        };
        match trick {
            Some(Trick::NeverAck) => {}
            Some(Trick::AckError) => self.timers.push((now + self.ack_ms, ack(Ack::Error))),
            _ => {
                self.timers.push((now + self.ack_ms, ack(Ack::Server)));
                if !self.only_server_acks {
                    self.timers.push((now + 2 * self.ack_ms, ack(Ack::Device)));
                    self.timers.push((now + 3 * self.ack_ms, ack(Ack::Read)));
                }
            }
        }
        if trick == Some(Trick::UnclearSent) {
            self.say(BridgeEvent::Unclear {
                message_id,
                problem: trouble(),
            });
        } else {
            self.say(BridgeEvent::InPage {
                message_id,
                wa_message_id,
                chat_id,
                other_chat_id,
                ack: Ack::Clock,
                already_there: false,
            });
        }
        if trick == Some(Trick::SendAndTimeOut) {
            return Err(PageFault::TimedOut);
        }
        Ok(())
    }

    /// A lead, or a stranger, writes.
    pub fn receive(&mut self, id: &str, chat: &str, phone: Option<&str>, text: &str) {
        self.say(BridgeEvent::Incoming {
            wa_message_id: id.into(),
            chat_id: chat.into(),
            phone: phone.map(str::to_owned),
            text: text.into(),
            at_ms: UtcMs(1),
        });
    }

    pub fn sends(&self) -> usize {
        let send = |command: &&BridgeCommand| {
            matches!(
                command,
                BridgeCommand::SendText { .. } | BridgeCommand::SendFile { .. }
            )
        };
        self.commands.iter().filter(send).count()
    }

    fn chat_of(&self, phone: &str) -> ChatId {
        let number = || ChatId(format!("{}@c.us", phone.trim_start_matches('+')));
        self.chat.clone().unwrap_or_else(number)
    }
}
