//! One SDR's session on one desktop, with its disk and its page, as the agent's runner drives it:
//! writes are waited for, page calls go one after the other, the rest runs side by side.

use super::network::Pause;
use super::page::Page;
use hotdesk_engine::{Effect, Millis, Now, OutboxRow, Record, Session, Setup};
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{MessageId, PageGeneration, WaMessageId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{OptOuts, ReplyRequest};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What survives a kill.
#[derive(Clone, Default)]
pub struct Disk {
    pub outbox: BTreeMap<MessageId, OutboxRow>,
    pub finished: BTreeMap<MessageId, OutboxRow>,
    pub replies: BTreeMap<WaMessageId, ReplyRequest>,
    /// Every reply that was ever written, append-only.
    pub replies_ever: BTreeSet<WaMessageId>,
    pub marker: Option<String>,
    pub account: Option<String>,
    pub blocked: BTreeSet<String>,
    pub opt_outs_since: i64,
    pub policy: Option<Policy>,
    pub paused: bool,
    pub connect: bool,
    /// It is a copy that was put in the place of a damaged one.
    pub restored: bool,
}

impl Disk {
    /// What comes back when this copy takes a damaged disk's place.
    pub fn restore(&self) -> Self {
        let mut disk = self.clone();
        disk.restored = true;
        for row in disk.outbox.values_mut() {
            row.boot_id.clear();
        }
        disk
    }

    pub fn write(&mut self, records: Vec<Record>) {
        for record in records {
            self.put(record);
        }
    }

    fn put(&mut self, record: Record) {
        match record {
            Record::Outbox(row) => {
                self.finished.remove(&row.message_id);
                self.outbox.insert(row.message_id.clone(), *row);
            }
            Record::Finished(id) => {
                if let Some(mut row) = self.outbox.remove(&id) {
                    row.text.clear();
                    self.finished.insert(id, row);
                }
            }
            Record::Dropped(id) => drop(self.outbox.remove(&id)),
            Record::Forgotten(ids) => self.finished.retain(|id, _| !ids.contains(id)),
            Record::Reply(reply) => {
                self.replies_ever.insert(reply.wa_message_id.clone());
                self.replies.insert(reply.wa_message_id.clone(), *reply);
            }
            Record::ReplyDone(id) => drop(self.replies.remove(&id)),
            Record::Blocked { numbers, cursor } => {
                self.blocked.extend(numbers);
                self.opt_outs_since = cursor;
            }
            Record::Marker(marker) => self.marker = Some(marker),
            Record::Account(phone) => self.account = Some(phone),
        }
    }
}

/// One call to a page.
pub enum PageCall {
    Open,
    Reload,
    Close,
    Adopt,
    Probe,
    Drain(u32),
    Submit(PageGeneration, BridgeCommand),
    /// A file, with so many pieces still to go in; other calls have their turn between them.
    Put(PageGeneration, MessageId, Attachment, u32),
}

pub struct Seat {
    pub session: Session,
    pub disk: Disk,
    /// As it was copied last.
    pub copy: Option<Disk>,
    pub page: Page,
    pub effects: VecDeque<Effect>,
    /// Under way to the disk.
    pub writing: Option<Vec<Record>>,
    /// Whose files are here.
    pub held: BTreeSet<MessageId>,
    pub lane: VecDeque<PageCall>,
    pub lane_busy: bool,
    /// When the next tick is planned.
    pub tick_at: Option<u64>,
    /// It was told that the disk is nearly full.
    pub low_space: bool,
    /// The server does not know the token.
    pub signed_out: bool,
    pub pauses: Vec<Pause>,
    /// Begun in this process before anybody paused.
    pub asked_to_begin: BTreeSet<MessageId>,
    pub last_send: Option<u64>,
    /// On disk when this process began, or handed over by it: the page may have it.
    pub believed: BTreeSet<MessageId>,
}

impl Seat {
    pub fn new(setup: Setup, now: Now, disk: Disk, page: Page) -> Self {
        Self {
            session: Session::new(setup, now),
            disk,
            copy: None,
            page,
            effects: VecDeque::new(),
            writing: None,
            held: BTreeSet::new(),
            lane: VecDeque::new(),
            lane_busy: false,
            tick_at: None,
            low_space: false,
            signed_out: false,
            pauses: Vec::new(),
            asked_to_begin: BTreeSet::new(),
            last_send: None,
            believed: BTreeSet::new(),
        }
    }

    /// A new process: what was in memory is gone.
    pub fn restart(&mut self, setup: Setup, now: Now) {
        self.session = Session::new(setup, now);
        self.effects.clear();
        self.writing = None;
        self.held.clear();
        self.lane.clear();
        self.lane_busy = false;
        self.tick_at = None;
        self.low_space = false;
        self.pauses.clear();
        self.asked_to_begin.clear();
        self.last_send = None;
        self.believed = self.disk.outbox.keys().cloned().collect();
    }
}

/// A machine: its clocks, its start of the operating system, its process.
pub struct Desk {
    pub name: &'static str,
    /// Counts processes; what belongs to an earlier one is dropped.
    pub life: u32,
    pub boot: u32,
    /// The boot clock shows `t + boot_offset`.
    pub boot_offset: i64,
    pub skew: i64,
    pub asleep_until: u64,
    pub slept: u64,
    pub full_until: u64,
    /// Little is left on it, so that nothing may be begun.
    pub low_space: bool,
    /// The next write is done, and an error is told.
    pub lying_disk: bool,
    pub seats: Vec<Seat>,
}

impl Desk {
    pub fn free_bytes(&self) -> u64 {
        match self.low_space {
            true => 150_000_000,
            false => 150_000_000_000,
        }
    }

    pub fn now(&self, t: u64) -> Now {
        let t = i64::try_from(t).unwrap();
        Now {
            boot: Millis(u64::try_from(t + self.boot_offset).unwrap()),
            utc: hotdesk_protocol::UtcMs(super::office::START + t + self.skew),
        }
    }

    /// The true time of a moment of the boot clock.
    pub fn true_time(&self, at: Millis) -> u64 {
        let at = i64::try_from(at.0.min(1 << 60)).unwrap();
        u64::try_from((at - self.boot_offset).max(0)).unwrap()
    }
}

/// What a session starts from.
pub fn setup(sdr: &str, desk: &str, boot: u32, disk: &Disk, seed: u64) -> Setup {
    Setup {
        sdr_id: sdr.into(),
        desktop_id: desk.into(),
        boot_id: format!("{desk}-boot-{boot}"),
        app_version: "1.0.0".into(),
        outbox: disk.outbox.values().cloned().collect(),
        finished: disk.finished.values().cloned().collect(),
        replies: disk.replies.values().cloned().collect(),
        marker: disk.marker.clone(),
        account_phone: disk.account.clone(),
        paused: disk.paused,
        policy: disk.policy.clone(),
        opt_outs: OptOuts {
            numbers: disk.blocked.iter().cloned().collect(),
            cursor: disk.opt_outs_since,
            more: false,
        },
        desktop_name: Some(desk.to_owned()),
        restored: disk.restored,
        seed,
    }
}
