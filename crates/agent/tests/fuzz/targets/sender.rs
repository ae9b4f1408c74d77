//! One SDR's session over a page and a server that answer what a case says and, once that is used up,
//! what is expected; and the judge of what it asks the page to send.

use hotdesk_engine::{Effect, Input, Millis, Now, PageFault, Session, Setup};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::bridge::{
    BridgeCommand, BridgeEvent, BridgeReport, Drain, OwnAccount, Probe, Submitted,
};
use hotdesk_protocol::ids::{MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{ClaimAnswer, ClaimedMessage, HeartbeatAnswer, LeaseAnswer, OptOuts};
use hotdesk_protocol::session::{Ack, SessionState};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The SDR whose session it is.
pub const SDR: &str = "john";
/// So many things happen after what a case says.
const STEPS: usize = 60;
const NOW: i64 = 1_800_000_000_000;

/// What the page answers, in turn.
#[derive(Clone, Default)]
pub struct Script {
    pub drains: VecDeque<Result<Drain, PageFault>>,
    pub probes: VecDeque<Result<Probe, PageFault>>,
    pub submits: VecDeque<Result<Submitted, PageFault>>,
}

#[derive(Clone)]
pub struct Sender {
    session: Session,
    now: u64,
    pending: VecDeque<Effect>,
    probe: Probe,
    script: Script,
    claims: VecDeque<ClaimAnswer>,
    offered: Vec<ClaimedMessage>,
    blocked: BTreeSet<String>,
    handed: BTreeMap<MessageId, WaMessageId>,
    /// The page has said since it was last handed over that it does not have it.
    disowned: BTreeSet<MessageId>,
    /// The page has said that it has it.
    there: BTreeSet<WaMessageId>,
    heard: u32,
    /// Where a case has nothing to say about a message, its page has it at once.
    ticks: bool,
}

impl Sender {
    /// Connected, with nothing to send.
    pub fn connected() -> Self {
        let mut sender = Self {
            session: Session::new(setup(), at(1_000)),
            now: 1_000,
            pending: VecDeque::new(),
            probe: probe(),
            script: Script::default(),
            claims: VecDeque::new(),
            offered: Vec::new(),
            blocked: BTreeSet::new(),
            handed: BTreeMap::new(),
            disowned: BTreeSet::new(),
            there: BTreeSet::new(),
            heard: 0,
            ticks: true,
        };
        sender.tell(Input::FreeSpace(u64::MAX));
        sender.tell(Input::Connect);
        sender.go_on(STEPS);
        sender
    }

    /// With `m-1` in the page's hands, not yet answered, and `m-2` behind it.
    pub fn sending() -> Self {
        let mut sender = Self {
            ticks: false,
            ..Self::connected()
        };
        sender.offer(claim(vec![message("m-1", 1), message("m-2", 2)]));
        while sender.handed.is_empty() {
            sender.go_on(1);
        }
        sender
    }

    /// The queue offers this next.
    pub fn offer(&mut self, answer: ClaimAnswer) {
        self.offered.extend(answer.messages.iter().cloned());
        let opt_outs = answer.opt_outs.iter().flat_map(|page| &page.numbers);
        self.blocked.extend(opt_outs.cloned());
        self.claims.push_back(answer);
    }

    /// The page answers so, and life goes on for a while.
    pub fn play(&mut self, script: Script) {
        self.script = script;
        self.go_on(STEPS);
    }

    fn go_on(&mut self, steps: usize) {
        for _ in 0..steps {
            let next = (0..self.pending.len()).find_map(|at| self.answer(at));
            match (next, self.session.poll_timeout()) {
                (Some(input), _) => self.tell(input),
                (None, Some(Millis(at))) => {
                    self.now = at.max(self.now + 1);
                    self.tell(Input::Tick);
                }
                (None, None) => return,
            }
        }
    }

    fn tell(&mut self, input: Input) {
        self.session.handle(input, at(self.now));
        while let Some(effect) = self.session.poll_effect() {
            if !matches!(effect, Effect::Release(..) | Effect::Qr(_)) {
                self.pending.push_back(effect);
            }
        }
    }

    /// The answer to a pending effect, if it has one now.
    fn answer(&mut self, at: usize) -> Option<Input> {
        let waits = match &self.pending[at] {
            Effect::Drain(_) => self.script.drains.is_empty(),
            Effect::Claim(_) => self.claims.is_empty(),
            Effect::TakeOver(_) | Effect::Release(..) | Effect::Qr(_) => true,
            Effect::OpenPage
            | Effect::ReloadPage
            | Effect::ClosePage
            | Effect::Probe
            | Effect::Adopt
            | Effect::Submit(..)
            | Effect::FetchFile(..)
            | Effect::PutFile(..)
            | Effect::Begin(_)
            | Effect::Record(_)
            | Effect::Report(_)
            | Effect::Reply(_)
            | Effect::Heartbeat(_) => false,
        };
        if waits {
            return None;
        }
        Some(match self.pending.remove(at)? {
            Effect::OpenPage | Effect::ReloadPage => Input::PageOpened(Ok(())),
            Effect::ClosePage => Input::PageClosed,
            Effect::Probe => {
                let usual = Ok(self.probe.clone());
                Input::Probed(self.script.probes.pop_front().unwrap_or(usual))
            }
            Effect::Adopt => Input::Adopted(Ok(())),
            Effect::Drain(_) => {
                let drain = self.script.drains.pop_front()?;
                if let Ok(drain) = &drain {
                    self.hear(drain);
                }
                Input::Drained(drain)
            }
            Effect::Submit(_, command) => self.submit(command),
            Effect::Claim(_) => Input::Claimed(Ok(self.claims.pop_front()?)),
            Effect::FetchFile(id, _) => Input::FileFetched(id, Ok(())),
            Effect::PutFile(_, id, _) => Input::FilePut(id, Ok(())),
            Effect::Begin(begin) => {
                Input::Begun(begin.message_id, Ok(LeaseAnswer { lease_ms: 60_000 }))
            }
            Effect::Record(_) => Input::Recorded(Ok(())),
            Effect::Report(report) => Input::Reported(report.message_id, Ok(())),
            Effect::Reply(reply) => Input::Replied(reply.wa_message_id.0, Ok(())),
            Effect::Heartbeat(_) => Input::Beaten(Ok(beaten())),
            Effect::TakeOver(_) | Effect::Release(..) | Effect::Qr(_) => return None,
        })
    }

    /// Hands a command to the page, and answers it.
    fn submit(&mut self, command: BridgeCommand) -> Input {
        let answer = match self.script.submits.pop_front() {
            Some(Err(fault)) => Err(fault),
            Some(Ok(_)) | None => Ok(()),
        };
        match command {
            BridgeCommand::SendText {
                message_id,
                wa_message_id,
                phone,
                text,
            }
            | BridgeCommand::SendFile {
                message_id,
                wa_message_id,
                phone,
                caption: text,
                ..
            } => {
                self.judge(&message_id, &wa_message_id, &phone, &text);
                if let Err(PageFault::Refused(_)) = answer {
                    self.disowned.insert(message_id);
                } else if self.ticks {
                    let drain = ticked(self.heard + 1, message_id, wa_message_id);
                    self.script.drains.push_back(Ok(drain));
                }
            }
            BridgeCommand::Mark { marker } => self.probe.marker = Some(marker),
            BridgeCommand::Compose { .. } => panic!("nobody asked to send by hand"),
            BridgeCommand::FilePart { .. } => panic!("pieces of files are the runner's"),
            BridgeCommand::LookUp { .. }
            | BridgeCommand::UseHere
            | BridgeCommand::RefreshQr
            | BridgeCommand::LinkByCode { .. }
            | BridgeCommand::LogOut => {}
        }
        Input::Submitted(answer)
    }

    fn judge(&mut self, id: &MessageId, wa_id: &WaMessageId, phone: &str, text: &str) {
        let claimed = self.offered.iter().any(|message| {
            let own = message.sdr_id.as_str() == SDR && message.message_id == *id;
            own && message.phone == phone && message.text == text
        });
        assert!(claimed, "{id} to {phone} is not what his queue offered");
        assert!(phone.starts_with('+'), "{phone} is no E.164");
        assert!(!self.blocked.contains(phone), "{phone} has opted out");
        let before = self.handed.insert(id.clone(), wa_id.clone());
        assert!(!self.there.contains(wa_id), "{id}: the page has it already");
        if let Some(before) = before {
            assert_eq!(before, *wa_id, "{id} has one id for life");
            let disowned = self.disowned.remove(id);
            assert!(disowned, "{id} is sent again, and nobody knows its fate");
        }
    }

    /// Only what comes with a number above all before is surely taken note of.
    fn hear(&mut self, drain: &Drain) {
        for report in &drain.reports {
            let news = report.seq > self.heard;
            self.heard = self.heard.max(report.seq);
            match &report.event {
                BridgeEvent::NotSubmitted { message_id, .. }
                | BridgeEvent::Absent { message_id, .. } => {
                    self.disowned.insert(message_id.clone());
                }
                BridgeEvent::InPage {
                    message_id,
                    wa_message_id,
                    ack,
                    ..
                } if self.handed.get(message_id) == Some(wa_message_id) => {
                    self.knows(wa_message_id, *ack, news);
                }
                BridgeEvent::Ack { wa_message_id, ack }
                    if self.handed.values().any(|handed| handed == wa_message_id) =>
                {
                    self.knows(wa_message_id, *ack, news);
                }
                BridgeEvent::InPage { .. }
                | BridgeEvent::Ack { .. }
                | BridgeEvent::NotOnWhatsapp { .. }
                | BridgeEvent::Unclear { .. }
                | BridgeEvent::Incoming { .. } => {}
            }
        }
    }

    fn knows(&mut self, id: &WaMessageId, ack: Ack, news: bool) {
        if news && ack != Ack::Error {
            self.there.insert(id.clone());
        }
    }
}

fn at(ms: u64) -> Now {
    Now {
        boot: Millis(ms),
        utc: UtcMs(NOW.saturating_add_unsigned(ms)),
    }
}

fn setup() -> Setup {
    Setup {
        sdr_id: SDR.into(),
        desktop_id: "desk".into(),
        desktop_name: None,
        boot_id: "boot".to_owned(),
        app_version: "0".to_owned(),
        outbox: Vec::new(),
        finished: Vec::new(),
        replies: Vec::new(),
        opt_outs: OptOuts {
            numbers: Vec::new(),
            cursor: 0,
            more: false,
        },
        restored: false,
        marker: None,
        account_phone: None,
        paused: false,
        policy: None,
        seed: 1,
    }
}

fn probe() -> Probe {
    Probe {
        generation: PageGeneration::from("g1"),
        adapter: "modules".to_owned(),
        page_version: None,
        state: SessionState::Connected,
        dialog: None,
        qr: None,
        qr_expired: false,
        pairing_code: None,
        account: Some(OwnAccount {
            phone: "+5511900000001".to_owned(),
            device: 1,
            lid: None,
        }),
        marker: None,
        missing: Vec::new(),
        quiet_ms: 5_000,
        last_seq: 0,
    }
}

fn ticked(seq: u32, message_id: MessageId, wa_message_id: WaMessageId) -> Drain {
    let event = BridgeEvent::InPage {
        message_id,
        wa_message_id,
        chat_id: "1@lid".into(),
        other_chat_id: None,
        ack: Ack::Server,
        already_there: false,
    };
    Drain {
        generation: "g1".into(),
        reports: vec![BridgeReport { seq, event }],
        more: false,
    }
}

fn claim(messages: Vec<ClaimedMessage>) -> ClaimAnswer {
    ClaimAnswer {
        tenant: "office".into(),
        messages,
        policy: Policy {
            gap_ms: 0,
            daily_messages: 1_000,
            ack_stuck_ms: 120_000,
        },
        queued: 0,
        sent_today: 0,
        blocked: None,
        active_desktop: None,
        opt_outs: None,
        wish: None,
    }
}

fn message(id: &str, lead: u32) -> ClaimedMessage {
    ClaimedMessage {
        message_id: id.into(),
        sdr_id: SDR.into(),
        lead_id: format!("lead-{lead}").into(),
        lead_name: "Ana".to_owned(),
        phone: format!("+551197000000{lead}"),
        text: "Hello".to_owned(),
        file: None,
        generation: 0,
        attempt: 1,
        begun: false,
        lease_token: "lease".into(),
        lease_ms: 60_000,
    }
}

fn beaten() -> HeartbeatAnswer {
    HeartbeatAnswer {
        queued: 0,
        sent_today: 0,
        review: None,
        active: None,
        active_desktop: None,
        opt_outs: None,
        wish: None,
    }
}

/// The ids stand in the samples, which would be read in vain if they were others.
#[test]
fn the_samples_name_the_messages_that_are_sent() {
    use hotdesk_engine::wa_id::wa_message_id;
    let id = |message: &str| wa_message_id(&"office".into(), &message.into(), 0).0;
    assert_eq!(
        (id("m-1"), id("m-2")),
        (
            "3EB05EAAC5684061D3B904".to_owned(),
            "3EB00924918A97A9D18FD8".to_owned()
        ),
        "as in corpus/page"
    );
}
