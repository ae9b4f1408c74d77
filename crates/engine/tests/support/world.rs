//! A session in a world of models: page, server and disk, in virtual time.

use super::page::Page;
use super::server::Server;
use hotdesk_engine::{
    Effect, FetchFault, Input, Millis, Now, OutboxRow, PageFault, PutFault, QueueFault, Record,
    Session, Setup, Stage,
};
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::{MessageId, WaMessageId};
use hotdesk_protocol::queue::{
    ClaimAnswer, HeartbeatAnswer, HeartbeatRequest, OptOuts, QrRequest, ReplyRequest,
};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use std::collections::{BTreeMap, BTreeSet};

/// What survives a kill.
#[derive(Clone, Default)]
pub struct Disk {
    pub outbox: BTreeMap<MessageId, OutboxRow>,
    pub finished: BTreeMap<MessageId, OutboxRow>,
    pub replies: BTreeMap<WaMessageId, ReplyRequest>,
    pub marker: Option<String>,
    pub account: Option<String>,
    pub blocked: BTreeSet<String>,
    pub opt_outs_since: i64,
    /// A disk that keeps the cursor only (a known-bad variant).
    pub drops_blocked: bool,
    /// It is a copy that was put in the place of a damaged one.
    pub restored: bool,
    pub full: bool,
    /// A disk that forgets intents at once and does not say so.
    pub drops_intents: bool,
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
}

#[derive(Clone)]
pub struct World {
    pub session: Session,
    pub now: u64,
    pub page: Page,
    pub server: Server,
    pub disk: Disk,
    pub boot_id: u32,
    /// Which desktop this is.
    pub desktop: &'static str,
    /// How the server answers everything, if not as it should.
    pub server_fault: Option<QueueFault>,
    /// How it answers results only.
    pub result_fault: Option<QueueFault>,
    /// How it answers the next wish to take over, once that is carried out.
    pub take_over_fault: Option<QueueFault>,
    /// How it answers begins only.
    pub begin_fault: Option<QueueFault>,
    /// The next begin is carried out and its answer lost.
    pub lose_begin: bool,
    pub open_fault: Option<PageFault>,
    /// How a file is fetched, if not whole.
    pub fetch_fault: Option<FetchFault>,
    /// Whose files the runner holds.
    pub held: BTreeSet<MessageId>,
    pub fetches: u32,
    pub parked_claim: Option<(u64, hotdesk_protocol::queue::ClaimRequest)>,
    pub pending: Vec<Effect>,
    pub opens: u32,
    pub reloads: u32,
    pub claims: u32,
    pub probes: u32,
    pub drains: u32,
    pub adoptions: u32,
    pub calls: u32,
    pub released: Vec<MessageId>,
    pub beats: Vec<HeartbeatRequest>,
    pub qrs: Vec<QrRequest>,
    pub replies: Vec<ReplyRequest>,
    pub trace: Vec<&'static str>,
    pub cancelled: Vec<MessageId>,
    /// The numbers this desktop was told of and cannot have forgotten.
    pub told: BTreeSet<String>,
    /// The session does not listen to what it is told of blocked numbers (a known-bad variant).
    pub deaf: bool,
    /// What a session must never do, if it did.
    pub broken: Option<String>,
}

impl World {
    /// John's session, its page wanted, nothing yet happened.
    pub fn new() -> Self {
        let disk = Disk::default();
        let mut world = Self {
            session: Session::new(setup(&disk, 1), at(1_000)),
            now: 1_000,
            page: Page::new(),
            server: Server::new(),
            disk,
            boot_id: 1,
            desktop: "desk",
            server_fault: None,
            result_fault: None,
            take_over_fault: None,
            begin_fault: None,
            lose_begin: false,
            open_fault: None,
            fetch_fault: None,
            held: BTreeSet::new(),
            fetches: 0,
            parked_claim: None,
            pending: Vec::new(),
            opens: 0,
            reloads: 0,
            claims: 0,
            probes: 0,
            drains: 0,
            adoptions: 0,
            calls: 0,
            released: Vec::new(),
            beats: Vec::new(),
            qrs: Vec::new(),
            replies: Vec::new(),
            trace: Vec::new(),
            cancelled: Vec::new(),
            told: BTreeSet::new(),
            deaf: false,
            broken: None,
        };
        world.tell(Input::Connect);
        world
    }

    /// A world whose session is connected and has settled.
    pub fn connected() -> Self {
        let mut world = Self::new();
        world.run(5_000);
        world
    }

    pub fn tell(&mut self, mut input: Input) {
        let now = at(self.now);
        if let Input::Claimed(Ok(ClaimAnswer { opt_outs, .. }))
        | Input::Beaten(Ok(HeartbeatAnswer { opt_outs, .. })) = &mut input
        {
            let numbers = opt_outs.iter().flat_map(|told| told.numbers.clone());
            self.told.extend(numbers);
            opt_outs.take_if(|_| self.deaf);
        }
        self.session.handle(input, now);
        self.held.retain(|id| self.session.needs_file(id));
        while let Some(effect) = self.session.poll_effect() {
            self.judge(&effect);
            self.pending.push(effect);
        }
    }

    fn judge(&mut self, effect: &Effect) {
        if let Effect::Submit(
            _,
            BridgeCommand::SendText { phone, .. }
            | BridgeCommand::SendFile { phone, .. }
            | BridgeCommand::Compose { phone, .. },
        ) = effect
            && self.told.iter().any(|told| one_account(told, phone))
        {
            self.broken = Some("I7: a number that opted out is handed over".to_owned());
        }
    }

    /// kill -9 of the app; the page dies with it, profile and disk stay.
    pub fn kill(&mut self) {
        self.pending.clear();
        self.parked_claim = None;
        self.held.clear();
        self.page.open = false;
        self.told.clone_from(&self.disk.blocked);
        let mut setup = setup(&self.disk, self.boot_id);
        setup.desktop_id = self.desktop.into();
        self.session = Session::new(setup, at(self.now));
        self.tell(Input::Connect);
    }

    /// Virtual time goes on; every effect is answered at once.
    pub fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        let mut steps = 0;
        loop {
            while !self.pending.is_empty() {
                steps += 1;
                assert!(steps < 200_000, "the session asks in a circle");
                self.answer(0);
            }
            self.wake_claim();
            if !self.pending.is_empty() {
                continue;
            }
            let parked = self.parked_claim.as_ref().map(|(since, _)| since + 25_000);
            let tick = self.session.poll_timeout().map(|Millis(at)| at);
            let next = [parked, tick].into_iter().flatten().min().unwrap_or(end);
            if next > end {
                self.now = end;
                return;
            }
            steps += 1;
            assert!(steps < 200_000, "the session wakes in a circle");
            self.now = self.now.max(next);
            self.tell(Input::Tick);
        }
    }

    /// Until the condition holds, for at most so long.
    pub fn run_until(&mut self, most_ms: u64, done: impl Fn(&mut Self) -> bool) {
        let end = self.now + most_ms;
        while !done(self) {
            assert!(self.now < end, "it did not happen within {most_ms} ms");
            self.run(2);
        }
    }

    /// Answer a parked claim if there is something for it.
    pub fn wake(&mut self) {
        self.wake_claim();
    }

    fn wake_claim(&mut self) {
        let Some((since, ask)) = self.parked_claim.clone() else {
            return;
        };
        if let Some(fault) = self.server_fault.clone() {
            self.parked_claim = None;
            self.tell(Input::Claimed(Err(fault)));
            return;
        }
        let answer = self.server.claim(&ask, self.now);
        let late = self.now >= since + u64::from(ask.wait_seconds) * 1_000;
        let news = answer.opt_outs.as_ref();
        let news = news.is_some_and(|told| !told.numbers.is_empty());
        if late || news || !answer.messages.is_empty() || answer.blocked.is_some() {
            self.parked_claim = None;
            self.tell(Input::Claimed(Ok(answer)));
        }
    }

    /// Carry out and answer the nth pending effect.
    pub fn answer(&mut self, nth: usize) {
        let effect = self.pending.remove(nth);
        self.calls += 1;
        match effect {
            Effect::OpenPage => {
                self.opens += 1;
                self.opened();
            }
            Effect::ReloadPage => {
                self.reloads += 1;
                self.opened();
            }
            Effect::ClosePage => {
                self.page.open = false;
                self.tell(Input::PageClosed);
            }
            Effect::Probe => {
                self.probes += 1;
                let probe = self.page.probe(self.now);
                if self.page.hung {
                    self.now += 2_000;
                }
                self.tell(Input::Probed(probe));
            }
            Effect::Adopt => {
                self.adoptions += 1;
                let answer = self.page.adopt(self.now);
                self.tell(Input::Adopted(answer));
            }
            Effect::Drain(after) => {
                self.drains += 1;
                let drain = self.page.drain(after, self.now);
                self.tell(Input::Drained(drain));
            }
            Effect::Submit(generation, command) => {
                self.trace.push("submit");
                let answer = self.page.submit(&generation, command, self.now);
                self.tell(Input::Submitted(answer));
            }
            Effect::Claim(ask) => {
                self.claims += 1;
                assert!(self.parked_claim.is_none(), "one claim at a time");
                self.parked_claim = Some((self.now, ask));
                self.wake_claim();
            }
            Effect::FetchFile(id, _) => {
                self.trace.push("fetch");
                self.fetches += 1;
                let away = self.server_fault.clone().map(FetchFault::Queue);
                let answer = away
                    .or_else(|| self.fetch_fault.clone())
                    .map_or(Ok(()), Err);
                if answer.is_ok() {
                    self.held.insert(id.clone());
                }
                self.tell(Input::FileFetched(id, answer));
            }
            Effect::PutFile(generation, id, file) => {
                self.trace.push("put");
                let answer = if self.held.contains(&id) {
                    let put = self.page.put(&generation, id.clone(), file);
                    put.map_err(PutFault::Page)
                } else {
                    Err(PutFault::Gone)
                };
                self.tell(Input::FilePut(id, answer));
            }
            Effect::Begin(ask) => {
                self.trace.push("begin");
                let fault = self.server_fault.clone();
                let answer = match fault.or_else(|| self.begin_fault.clone()) {
                    Some(fault) => Err(fault),
                    None => self.server.begin(&ask, self.now),
                };
                let lost = std::mem::take(&mut self.lose_begin);
                let answer = if lost { Err(unreachable()) } else { answer };
                self.tell(Input::Begun(ask.message_id, answer));
            }
            Effect::TakeOver(ask) => {
                self.trace.push("take over");
                let answer = match self.server_fault.clone() {
                    Some(fault) => Err(fault),
                    None => {
                        let done = self.server.take_over(&ask, self.now);
                        self.take_over_fault.take().map_or(done, Err)
                    }
                };
                self.tell(Input::TakenOver(answer));
            }
            Effect::Release(id, token) => {
                self.server.release(&id, &token);
                self.released.push(id);
            }
            Effect::Record(records) => {
                let answer = self.write(records);
                self.tell(Input::Recorded(answer));
            }
            Effect::Report(ask) => {
                self.trace.push("report");
                let fault = self
                    .server_fault
                    .clone()
                    .or_else(|| self.result_fault.clone());
                let answer = match fault {
                    Some(fault) => Err(fault),
                    None => {
                        self.server.result(&ask);
                        Ok(())
                    }
                };
                self.tell(Input::Reported(ask.message_id, answer));
            }
            Effect::Reply(ask) => {
                let answer = self.server_fault.clone().map_or(Ok(()), Err);
                let id = ask.wa_message_id.to_string();
                if answer.is_ok() {
                    self.replies.push(ask);
                }
                self.tell(Input::Replied(id, answer));
            }
            Effect::Heartbeat(beat) => {
                self.beats.push(beat);
                let since = self.beats.last().and_then(|beat| beat.opt_outs_since);
                let answer = HeartbeatAnswer {
                    queued: 0,
                    sent_today: 0,
                    review: self.server.keeps_review.then(|| self.server.in_review()),
                    active: None,
                    active_desktop: self.server.active.clone(),
                    opt_outs: self.server.opt_outs_since(since),
                    wish: None,
                };
                let answer = self.server_fault.clone().map_or(Ok(answer), Err);
                self.tell(Input::Beaten(answer));
            }
            Effect::Qr(qr) => self.qrs.push(qr),
        }
    }

    fn opened(&mut self) {
        let answer = match self.open_fault.clone() {
            Some(fault) => Err(fault),
            None => {
                self.page.load(self.now);
                Ok(())
            }
        };
        self.tell(Input::PageOpened(answer));
    }

    fn write(&mut self, records: Vec<Record>) -> Result<(), Problem> {
        if self.disk.full {
            return Err(Problem::new(ProblemCode::StoreFailed, "disk full"));
        }
        for record in records {
            self.put(record);
        }
        Ok(())
    }

    fn put(&mut self, record: Record) {
        match record {
            Record::Outbox(row) => {
                self.trace.push(match row.stage {
                    Stage::Intent => "intent",
                    Stage::Submitted => "submitted",
                    Stage::Sent => "acked",
                    Stage::Delivered | Stage::Read => "raised",
                    Stage::Failed => "failed",
                    Stage::Review => "review",
                });
                if self.disk.drops_intents && row.stage <= Stage::Submitted {
                    return;
                }
                self.disk.finished.remove(&row.message_id);
                self.disk.outbox.insert(row.message_id.clone(), *row);
            }
            Record::Finished(id) => {
                if let Some(mut row) = self.disk.outbox.remove(&id) {
                    row.text.clear();
                    self.disk.finished.insert(id, row);
                }
            }
            Record::Dropped(id) => {
                self.disk.outbox.remove(&id);
            }
            Record::Forgotten(ids) => {
                self.disk.finished.retain(|id, _| !ids.contains(id));
            }
            Record::Reply(reply) => {
                self.disk
                    .replies
                    .insert(reply.wa_message_id.clone(), *reply);
            }
            Record::ReplyDone(id) => {
                self.disk.replies.remove(&id);
            }
            Record::Blocked { numbers, cursor } => {
                self.trace.push("blocked");
                self.disk.blocked.extend(numbers);
                self.disk.opt_outs_since = cursor;
            }
            Record::Marker(marker) => self.disk.marker = Some(marker),
            Record::Account(phone) => self.disk.account = Some(phone),
        }
    }
}

/// Whether two spellings are one WhatsApp account: a Brazilian mobile with its ninth digit or without.
fn one_account(one: &str, other: &str) -> bool {
    let ends = |phone: &str| match phone.strip_prefix("+55") {
        Some(rest) if rest.len() > 9 => (rest[..2].to_owned(), rest[rest.len() - 8..].to_owned()),
        _ => (String::new(), phone.to_owned()),
    };
    ends(one) == ends(other)
}

pub fn at(ms: u64) -> Now {
    let utc = UtcMs(1_700_000_000_000 + i64::try_from(ms).unwrap());
    Now {
        boot: Millis(ms),
        utc,
    }
}

pub fn unreachable() -> QueueFault {
    QueueFault::Lost(Problem::new(ProblemCode::Unreachable, "no answer"))
}

pub fn setup(disk: &Disk, boot: u32) -> Setup {
    Setup {
        sdr_id: "john".into(),
        desktop_id: "desk".into(),
        desktop_name: Some("Front desk".into()),
        boot_id: format!("boot-{boot}"),
        app_version: "1.0.0".into(),
        outbox: disk.outbox.values().cloned().collect(),
        finished: disk.finished.values().cloned().collect(),
        replies: disk.replies.values().cloned().collect(),
        opt_outs: OptOuts {
            numbers: match disk.drops_blocked {
                true => Vec::new(),
                false => disk.blocked.iter().cloned().collect(),
            },
            cursor: disk.opt_outs_since,
            more: false,
        },
        restored: disk.restored,
        marker: disk.marker.clone(),
        account_phone: disk.account.clone(),
        paused: false,
        policy: None,
        seed: 7,
    }
}
