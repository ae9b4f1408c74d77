//! The one state of a running rehearsal: connections, phones, record, knobs; behind one lock that
//! is never held across an await.

use crate::history::History;
use crate::knobs::{KnobBoard, Knobs};
use crate::numbers::{digits, now_ms};
use crate::phone::Phones;
use crate::wire::{Stanza, ToPage};
use serde::Serialize;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long QR codes live.
#[derive(Clone, Copy, Debug)]
pub struct CodeLives {
    /// The first code of a series.
    pub first_ms: u64,
    /// Each of the five that follow.
    pub next_ms: u64,
}

/// What a connection's task is to do.
#[derive(Debug)]
pub(crate) enum Out {
    Say(Box<ToPage>),
    Close,
}

/// What a QR code begins with.
pub(crate) const LINK: &str = "https://wa.me/settings/linked_devices#";

/// A QR code on a page's screen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCode {
    /// What it says.
    pub value: String,
    /// Its changing part.
    pub reference: String,
    /// 1 to 6.
    pub index: u32,
    /// Since when it is shown.
    pub shown_at_ms: i64,
    /// Until when it is good.
    pub expires_at_ms: i64,
    /// Which connection shows it; counts up from 1 in the order pages connected.
    pub connection: u64,
}

impl PendingCode {
    /// Whether a scanned code is this one: also without its link, and with more behind its keys, as
    /// whatsapp-web.js shows it.
    pub(crate) fn says(&self, qr: &str) -> bool {
        let bare = self.value.strip_prefix(LINK).unwrap_or(&self.value);
        let rest = qr.strip_prefix(LINK).unwrap_or(qr).strip_prefix(bare);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
    }
}

/// A pairing code on a page's screen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingPairing {
    /// Whose phone it is to be typed on, E.164.
    pub phone: String,
    /// Eight characters.
    pub code: String,
    /// Until when it is good.
    pub expires_at_ms: i64,
    /// Which connection shows it.
    pub connection: u64,
}

/// A link that waits for a passkey.
#[derive(Clone, Debug)]
pub(crate) struct AwaitedPasskey {
    pub phone: String,
    pub name: Option<String>,
}

/// Public keys as they stand in a page's QR code.
#[derive(Clone, Debug)]
pub(crate) struct PageKeys {
    pub noise: String,
    pub identity: String,
    pub adv: String,
}

/// The device a connection belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Linked {
    pub phone: String,
    pub device: u32,
    pub token: String,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub out: UnboundedSender<Out>,
    pub linked: Option<Linked>,
    pub keys: Option<PageKeys>,
    pub code: Option<PendingCode>,
    pub pairing: Option<PendingPairing>,
    pub passkey: Option<AwaitedPasskey>,
    /// Raised to end the running series of codes.
    pub series: u64,
}

impl Connection {
    pub fn say(&self, word: ToPage) {
        // A closed channel means the page is gone; its task cleans up.
        drop(self.out.send(Out::Say(Box::new(word))));
    }

    pub fn close(&self) {
        drop(self.out.send(Out::Close));
    }
}

/// What waits for a device, and what it has not yet confirmed.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    pub last: u64,
    pub waiting: VecDeque<(u64, Stanza)>,
}

/// A report of the page's security policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The directive that was violated.
    pub directive: String,
    /// What was blocked.
    pub blocked: String,
}

#[derive(Debug)]
pub(crate) struct World {
    pub phones: Phones,
    pub history: History,
    pub knobs: KnobBoard,
    pub connections: HashMap<u64, Connection>,
    pub last_connection: u64,
    pub mailboxes: HashMap<String, Mailbox>,
    pub lids: HashMap<String, String>,
    pub cut_off: HashSet<String>,
    pub violations: Vec<Violation>,
    pub page_loads: u64,
    /// Where uploaded files are kept, each under its SHA-256.
    pub media: PathBuf,
}

/// A handle on the running rehearsal.
#[derive(Clone, Debug)]
pub struct Sim {
    world: Arc<Mutex<World>>,
    pub(crate) lives: CodeLives,
}

impl Sim {
    /// Opens what earlier runs left in `folder`.
    pub(crate) fn open(folder: &Path, lives: CodeLives, knobs: &Knobs) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let phones = Phones::open(folder)?;
        let mut lids = HashMap::new();
        for account in phones.accounts() {
            lids.insert(account.lid.clone(), account.phone.clone());
            for message in phones.chats(&account.phone) {
                lids.insert(crate::numbers::lid_of(&message.lead), message.lead.clone());
            }
        }
        let world = World {
            phones,
            history: History::open(&folder.join("history.jsonl"))?,
            knobs: KnobBoard::new(knobs),
            connections: HashMap::new(),
            last_connection: 0,
            mailboxes: HashMap::new(),
            lids,
            cut_off: HashSet::new(),
            violations: Vec::new(),
            page_loads: 0,
            media: folder.join("media"),
        };
        Ok(Self {
            world: Arc::new(Mutex::new(world)),
            lives,
        })
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `then` after `wait_ms`.
    pub(crate) fn later(&self, wait_ms: u64, then: impl FnOnce(&Self) + Send + 'static) {
        let sim = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            then(&sim);
        });
    }

    pub(crate) fn connect(&self, out: UnboundedSender<Out>) -> u64 {
        let mut world = self.world();
        world.last_connection += 1;
        let id = world.last_connection;
        let connection = Connection {
            out,
            linked: None,
            keys: None,
            code: None,
            pairing: None,
            passkey: None,
            series: 0,
        };
        world.connections.insert(id, connection);
        id
    }

    pub(crate) fn disconnect(&self, connection: u64) {
        self.world().connections.remove(&connection);
    }

    pub(crate) fn close_all(&self) {
        for connection in self.world().connections.values() {
            connection.close();
        }
    }
}

impl World {
    /// The connection of the device with this token.
    pub fn online(&self, token: &str) -> Option<(u64, &Connection)> {
        self.connections
            .iter()
            .find(|(_, connection)| {
                connection
                    .linked
                    .as_ref()
                    .is_some_and(|linked| linked.token == token)
            })
            .map(|(id, connection)| (*id, connection))
    }

    /// Puts a stanza into the device's queue and says it at once when the device is there.
    pub fn post(&mut self, token: &str, stanza: Stanza) {
        let mailbox = self.mailboxes.entry(token.to_owned()).or_default();
        mailbox.last += 1;
        let seq = mailbox.last;
        mailbox.waiting.push_back((seq, stanza.clone()));
        if let Some((_, connection)) = self.online(token) {
            connection.say(ToPage::Stanza { seq, stanza });
        }
    }

    /// The number behind a chat id's two halves, in the spelling WhatsApp resolves it to; None when
    /// it is not on WhatsApp.
    pub fn resolve(&self, user: &str, server: &str, knobs: &Knobs) -> Option<String> {
        if server == "lid" {
            return self.lids.get(user).cloned();
        }
        let phone = format!("+{user}");
        let suffix = &knobs.not_on_whatsapp_suffix;
        let absent = !suffix.is_empty() && user.ends_with(suffix.as_str());
        if server != "c.us" || absent || !crate::numbers::is_e164(&phone) {
            return None;
        }
        let with_ninth = digits(&phone).len() == 13;
        match crate::numbers::other_brazilian_spelling(user) {
            Some(other) if with_ninth == knobs.drop_ninth_digit => Some(format!("+{other}")),
            Some(_) | None => Some(phone),
        }
    }

    /// Milliseconds since the epoch, in one place for the whole state.
    pub fn now_ms() -> i64 {
        now_ms()
    }
}
