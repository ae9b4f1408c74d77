//! A WhatsApp page as far as the agent can tell: ids, ticks, generations, storage that outlives a
//! load, and the ways in which a page can fail.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::pages::{PageFault, Pages};
use hotdesk_protocol::bridge::{
    BridgeCommand, BridgeEvent, BridgeReport, Capability, Drain, OwnAccount, PairingCode, Probe,
    SubmitRequest, Submitted,
};
use hotdesk_protocol::ids::{ChatId, MessageId, PageGeneration, SdrId, WaMessageId};
use hotdesk_protocol::session::{Ack, SessionState};
use std::collections::BTreeMap;
use std::future::pending;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A bridge that does not start.
pub const THROWS: &str = "throw new Error()";

/// How a page treats what it is asked.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// Sends, and ticks up to this at once.
    #[default]
    Works,
    /// Sends, and the lead reads it at once.
    Reads,
    /// Answers nothing at all.
    Hangs,
    /// Takes a submit, sends nothing, and never answers it.
    SwallowsSubmits,
    /// Sends, and never answers the submit nor tells of the tick.
    SendsInSilence,
}

/// A message that really left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub sdr: SdrId,
    pub id: WaMessageId,
    pub phone: String,
    pub text: String,
    /// The bytes that went with it.
    pub file: Option<Vec<u8>>,
}

#[derive(Default)]
struct Page {
    mood: Mood,
    // The profile: outlives a load.
    account: Option<String>,
    marker: Option<String>,
    messages: BTreeMap<WaMessageId, Ack>,
    /// What WhatsApp has moved out of the reach of `modules`, and of wa-js too.
    moved: Vec<Capability>,
    moved_for_wa_js: bool,
    refuses_wa_js: bool,
    // The load.
    adopted: bool,
    open: bool,
    load: u32,
    bundles: Option<Arc<Bundles>>,
    reports: Vec<BridgeReport>,
    file: Option<(MessageId, Vec<u8>)>,
    /// The code that was asked for.
    pairing_code: Option<PairingCode>,
    codes_ran_out: bool,
}

#[derive(Default)]
struct World {
    pages: BTreeMap<SdrId, Page>,
    history: Vec<Left>,
    submits: usize,
    adoptions: usize,
    composed: Vec<String>,
    profiles: Vec<PathBuf>,
    /// Whose page is on the screen.
    shown: Option<SdrId>,
}

/// All pages of an office, and what really left through them.
#[derive(Default)]
pub struct FakePages {
    world: Mutex<World>,
    /// Where profiles and history are kept, for pages that must outlive their process.
    file: Option<PathBuf>,
    /// Sees each message as it is handed to a page.
    eye: Mutex<Option<Eye>>,
}

type Eye = Box<dyn Fn(&MessageId) + Send>;

impl FakePages {
    /// Pages whose profiles and history are in a file.
    pub fn on_disk(file: PathBuf) -> Self {
        let lines = std::fs::read_to_string(&file).unwrap_or_default();
        let pages = Self {
            file: Some(file),
            ..Self::default()
        };
        for line in lines.lines() {
            let kept: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| kept[name].as_str().map(str::to_owned);
            let sdr = SdrId(text("sdr").unwrap());
            pages.with(&sdr, |page| {
                page.account = text("account").or(page.account.take());
                page.marker = text("marker").or(page.marker.take());
            });
            if let Some(id) = text("id").map(WaMessageId) {
                pages.with(&sdr, |page| page.messages.insert(id.clone(), Ack::Device));
                let left = Left {
                    sdr,
                    id,
                    phone: text("phone").unwrap(),
                    text: text("text").unwrap(),
                    file: None,
                };
                pages.world.lock().unwrap().history.push(left);
            }
        }
        pages
    }

    /// The same profiles and history, no page open.
    pub fn copy(&self) -> Self {
        let copy = Self::default();
        let world = self.world.lock().unwrap();
        for (sdr, page) in &world.pages {
            copy.with(sdr, |new| {
                new.account = page.account.clone();
                new.marker = page.marker.clone();
                new.messages = page.messages.clone();
            });
        }
        copy.world.lock().unwrap().history = world.history.clone();
        copy
    }

    /// One line, in one write: a kill leaves it whole or not there.
    fn keep(&self, line: serde_json::Value) {
        let Some(file) = &self.file else { return };
        let mut options = std::fs::File::options();
        let mut file = options.create(true).append(true).open(file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Look at each message as it is handed over to be sent.
    pub fn watch(&self, eye: impl Fn(&MessageId) + Send + 'static) {
        *self.eye.lock().unwrap() = Some(Box::new(eye));
    }

    /// Link an SDR's profile to a number, as a scan does.
    pub fn link(&self, sdr: &str, phone: &str) {
        self.keep(serde_json::json!({"sdr": sdr, "account": phone}));
        self.with(&SdrId::from(sdr), |page| {
            page.account = Some(phone.to_owned())
        });
    }

    /// The phone takes the profile off its list: nothing of it is left.
    pub fn unlink(&self, sdr: &str) {
        self.with(&SdrId::from(sdr), |page| {
            page.account = None;
            page.marker = None;
            page.messages.clear();
        });
    }

    /// The page shows a message after all, as WhatsApp does once it has fetched the chats.
    pub fn turn_up(&self, sdr: &str, id: &WaMessageId, ack: Ack) {
        self.with(&SdrId::from(sdr), |page| {
            page.messages.insert(id.clone(), ack)
        });
    }

    /// The profile was lost and linked anew: nothing in it proves anything about before.
    pub fn relink(&self, sdr: &str, phone: &str) {
        self.with(&SdrId::from(sdr), |page| {
            page.account = Some(phone.to_owned());
            page.marker = None;
            page.messages.clear();
        });
    }

    pub fn set_mood(&self, sdr: &str, mood: Mood) {
        self.with(&SdrId::from(sdr), |page| page.mood = mood);
    }

    /// The page no longer shows what left through it.
    pub fn forget(&self, sdr: &str) {
        self.with(&SdrId::from(sdr), |page| page.messages.clear());
    }

    /// The numbers whose chats were opened with a text in the box.
    pub fn composed(&self) -> Vec<String> {
        self.world.lock().unwrap().composed.clone()
    }

    /// Whose page is on the screen.
    pub fn shown(&self) -> Option<SdrId> {
        self.world.lock().unwrap().shown.clone()
    }

    /// Everything that really left, oldest first.
    pub fn history(&self) -> Vec<Left> {
        self.world.lock().unwrap().history.clone()
    }

    /// How many send commands any page was given.
    pub fn submits(&self) -> usize {
        self.world.lock().unwrap().submits
    }

    /// WhatsApp moves what this needs: for good, or so that wa-js still finds it.
    pub fn move_away(&self, sdr: &str, what: Capability, for_wa_js: bool) {
        self.with(&SdrId::from(sdr), |page| {
            page.moved = vec![what];
            page.moved_for_wa_js = for_wa_js;
        });
    }

    /// WhatsApp moves what this needs, and its page takes no wa-js.
    pub fn close_off(&self, sdr: &str, what: Capability) {
        self.move_away(sdr, what, true);
        self.with(&SdrId::from(sdr), |page| page.refuses_wa_js = true);
    }

    /// WhatsApp has everything where it was.
    pub fn put_back(&self, sdr: &str) {
        self.with(&SdrId::from(sdr), |page| page.moved.clear());
    }

    /// How often wa-js was put into any page.
    pub fn adoptions(&self) -> usize {
        self.world.lock().unwrap().adoptions
    }

    /// The profile directories that were opened.
    pub fn profiles(&self) -> Vec<PathBuf> {
        self.world.lock().unwrap().profiles.clone()
    }

    /// Which adapters a page was loaded with last.
    pub fn bundles(&self, sdr: &str) -> Option<u32> {
        let bundles = self.with(&SdrId::from(sdr), |page| page.bundles.clone());
        bundles.map(|bundles| bundles.number)
    }

    pub fn is_open(&self, sdr: &str) -> bool {
        self.with(&SdrId::from(sdr), |page| page.open)
    }

    pub fn is_linked(&self, sdr: &str) -> bool {
        self.with(&SdrId::from(sdr), |page| page.account.is_some())
    }

    /// A lead writes into the chat of the messages that left.
    pub fn receive(&self, sdr: &str, id: &str, text: &str) {
        self.receive_in(sdr, "chat@c.us", id, text);
    }

    /// A lead writes into a chat that goes by this id.
    pub fn receive_in(&self, sdr: &str, chat: &str, id: &str, text: &str) {
        self.with(&SdrId::from(sdr), |page| {
            page.report(BridgeEvent::Incoming {
                wa_message_id: WaMessageId::from(id),
                chat_id: ChatId::from(chat),
                phone: None,
                text: text.to_owned(),
                at_ms: hotdesk_protocol::UtcMs(1_700_000_000_000),
            });
        });
    }

    /// What could be scanned or typed is good no more.
    pub fn let_codes_run_out(&self, sdr: &str) {
        self.with(&sdr.into(), |page| {
            page.pairing_code = None;
            page.codes_ran_out = true;
        });
    }

    /// The app's process has ended: so have its pages.
    pub fn die(&self) {
        for page in self.world.lock().unwrap().pages.values_mut() {
            page.open = false;
        }
    }

    fn with<T>(&self, sdr: &SdrId, change: impl FnOnce(&mut Page) -> T) -> T {
        let mut world = self.world.lock().unwrap();
        change(world.pages.entry(sdr.clone()).or_default())
    }

    async fn mood(&self, sdr: &SdrId) -> Mood {
        let mood = self.with(sdr, |page| page.mood);
        if mood == Mood::Hangs {
            pending::<()>().await;
        }
        mood
    }
}

impl Page {
    fn generation(&self) -> PageGeneration {
        PageGeneration(format!("load-{}", self.load))
    }

    fn start(&mut self, bundles: Arc<Bundles>) {
        self.open = true;
        self.adopted = false;
        self.bundles = Some(bundles);
        self.load += 1;
        self.file = None;
        self.reports.clear();
    }

    fn report(&mut self, event: BridgeEvent) {
        let seq = u32::try_from(self.reports.len()).unwrap() + 1;
        self.reports.push(BridgeReport { seq, event });
    }

    /// What really left by this.
    fn send(&mut self, mood: Mood, message_id: MessageId, sent: Left) -> Option<Left> {
        if mood == Mood::SwallowsSubmits {
            return None;
        }
        let wa_message_id = sent.id.clone();
        if let Some(ack) = self.messages.get(&wa_message_id).copied() {
            self.in_page(message_id, wa_message_id, ack, true);
            return None;
        }
        self.messages.insert(wa_message_id.clone(), Ack::Device);
        if matches!(mood, Mood::Works | Mood::Reads) {
            self.in_page(message_id, wa_message_id.clone(), Ack::Clock, false);
            let read = (mood == Mood::Reads).then_some(Ack::Read);
            for ack in [Ack::Server, Ack::Device].into_iter().chain(read) {
                let wa_message_id = wa_message_id.clone();
                self.report(BridgeEvent::Ack { wa_message_id, ack });
            }
        }
        Some(sent)
    }

    fn in_page(&mut self, message_id: MessageId, id: WaMessageId, ack: Ack, already_there: bool) {
        self.report(BridgeEvent::InPage {
            message_id,
            wa_message_id: id,
            chat_id: ChatId::from("chat@c.us"),
            other_chat_id: Some(ChatId::from("777@lid")),
            ack,
            already_there,
        });
    }
}

impl Pages for FakePages {
    async fn open(
        &self,
        sdr: &SdrId,
        profile: PathBuf,
        bundles: Arc<Bundles>,
    ) -> Result<(), PageFault> {
        self.world.lock().unwrap().profiles.push(profile);
        self.with(sdr, |page| {
            if !page.open {
                page.start(bundles);
            }
        });
        Ok(())
    }

    async fn reload(&self, sdr: &SdrId, bundles: Arc<Bundles>) -> Result<(), PageFault> {
        self.mood(sdr).await;
        self.with(sdr, |page| page.start(bundles));
        Ok(())
    }

    async fn show(&self, sdr: Option<&SdrId>) {
        self.world.lock().unwrap().shown = sdr.cloned();
    }

    async fn close(&self, sdr: &SdrId) {
        self.with(sdr, |page| page.open = false);
    }

    async fn submit(&self, sdr: &SdrId, request: SubmitRequest) -> Result<Submitted, PageFault> {
        let mood = self.mood(sdr).await;
        let mut left = None;
        let mut composed = None;
        let sends = matches!(
            request.command,
            BridgeCommand::SendText { .. } | BridgeCommand::SendFile { .. }
        );
        if let BridgeCommand::SendText { message_id, .. } = &request.command
            && let Some(eye) = &*self.eye.lock().unwrap()
        {
            eye(message_id);
        }
        let generation = self.with(sdr, |page| {
            if !page.open {
                return Err(PageFault::Absent);
            }
            if request.generation != page.generation() {
                return Err(PageFault::OtherGeneration);
            }
            match request.command {
                BridgeCommand::SendText {
                    message_id,
                    wa_message_id,
                    phone,
                    text,
                } => {
                    let sent = Left {
                        sdr: sdr.clone(),
                        id: wa_message_id,
                        phone,
                        text,
                        file: None,
                    };
                    left = page.send(mood, message_id, sent);
                    if let Some(left) = &left {
                        self.keep(serde_json::json!({
                            "sdr": sdr, "id": left.id, "phone": left.phone, "text": left.text,
                        }));
                    }
                }
                BridgeCommand::SendFile {
                    message_id,
                    wa_message_id,
                    phone,
                    caption,
                    size_bytes,
                    ..
                } => {
                    let (id, bytes) = page.file.take().expect("the file is in the page");
                    assert_eq!(id, message_id, "and of this message");
                    assert_eq!(u32::try_from(bytes.len()), Ok(size_bytes), "and whole");
                    let sent = Left {
                        sdr: sdr.clone(),
                        id: wa_message_id,
                        phone,
                        text: caption,
                        file: Some(bytes),
                    };
                    left = page.send(mood, message_id, sent);
                }
                BridgeCommand::FilePart {
                    message_id,
                    offset_bytes,
                    base64,
                    ..
                } => {
                    assert!(base64.len() <= 256 * 1024, "a piece is of bounded size");
                    let (id, bytes) = page.file.get_or_insert((message_id.clone(), Vec::new()));
                    if offset_bytes == 0 {
                        *id = message_id.clone();
                        bytes.clear();
                    }
                    let next = u32::try_from(bytes.len()) == Ok(offset_bytes);
                    assert!(next && *id == message_id, "pieces come in order");
                    bytes.extend(STANDARD.decode(base64).unwrap());
                }
                BridgeCommand::LookUp {
                    message_id,
                    wa_message_id,
                } => match page.messages.get(&wa_message_id).copied() {
                    Some(ack) => page.in_page(message_id, wa_message_id, ack, true),
                    None => page.report(BridgeEvent::Absent {
                        message_id,
                        wa_message_id,
                    }),
                },
                BridgeCommand::Mark { marker } => {
                    if page.marker.is_none() {
                        self.keep(serde_json::json!({"sdr": sdr, "marker": marker}));
                        page.marker = Some(marker);
                    }
                }
                BridgeCommand::Compose { phone, .. } => {
                    let generation = page.generation();
                    if let Some(bundles) = page.bundles.clone() {
                        page.start(bundles);
                    }
                    composed = Some(phone);
                    return Ok(generation);
                }
                BridgeCommand::RefreshQr => {
                    page.pairing_code = None;
                    page.codes_ran_out = false;
                }
                BridgeCommand::LinkByCode { phone } => {
                    page.pairing_code = Some(PairingCode {
                        value: format!("CODE{}", &phone[phone.len() - 4..]),
                        expires_in_ms: 180_000,
                    });
                }
                BridgeCommand::UseHere => {}
                BridgeCommand::LogOut => {
                    page.account = None;
                    page.marker = None;
                    page.messages.clear();
                }
            }
            Ok(page.generation())
        })?;
        {
            let mut world = self.world.lock().unwrap();
            world.submits += usize::from(sends);
            world.history.extend(left);
            world.composed.extend(composed);
        }
        if sends && matches!(mood, Mood::SwallowsSubmits | Mood::SendsInSilence) {
            pending::<()>().await;
        }
        Ok(Submitted { generation })
    }

    async fn drain(&self, sdr: &SdrId, after_seq: u32) -> Result<Drain, PageFault> {
        self.mood(sdr).await;
        self.with(sdr, |page| {
            if !page.open {
                return Err(PageFault::Absent);
            }
            let new = page.reports.iter().filter(|report| report.seq > after_seq);
            Ok(Drain {
                generation: page.generation(),
                reports: new.cloned().collect(),
                more: false,
            })
        })
    }

    async fn probe(&self, sdr: &SdrId) -> Result<Probe, PageFault> {
        self.mood(sdr).await;
        self.with(sdr, |page| {
            if !page.open {
                return Err(PageFault::Absent);
            }
            let bridge = page.bundles.as_ref().map(|bundles| bundles.bridge.clone());
            if bridge.as_deref() == Some(THROWS) {
                return Err(PageFault::BadAnswer);
            }
            let account = page.account.clone();
            let wa_js = page.adopted && !page.moved.is_empty() && !page.moved_for_wa_js;
            Ok(Probe {
                generation: page.generation(),
                adapter: if wa_js { "wa-js" } else { "modules" }.to_owned(),
                page_version: None,
                state: match (&account, &page.pairing_code) {
                    (Some(_), _) => SessionState::Connected,
                    (None, Some(_)) => SessionState::PairingCode,
                    (None, None) => SessionState::Qr,
                },
                qr: (account.is_none() && page.pairing_code.is_none() && !page.codes_ran_out)
                    .then(|| format!("secret-qr-of-{sdr}")),
                qr_expired: page.codes_ran_out,
                pairing_code: page.pairing_code.clone().filter(|_| account.is_none()),
                account: account.map(|phone| OwnAccount {
                    phone,
                    device: 1,
                    lid: None,
                }),
                marker: page.marker.clone(),
                dialog: None,
                missing: if wa_js {
                    Vec::new()
                } else {
                    page.moved.clone()
                },
                quiet_ms: 10_000,
                last_seq: page.reports.len().try_into().unwrap(),
            })
        })
    }

    async fn adopt(&self, sdr: &SdrId) -> Result<(), PageFault> {
        self.mood(sdr).await;
        self.with(sdr, |page| {
            page.adopted = !page.refuses_wa_js;
            (page.open && page.adopted)
                .then_some(())
                .ok_or(PageFault::Absent)
        })?;
        self.world.lock().unwrap().adoptions += 1;
        Ok(())
    }
}
