//! Everything together on one queue of events in virtual time.

use super::judge::Judge;
use super::network::{Request, Weather};
use super::office::Office;
use super::page::Page;
use super::rng::Rng;
use super::seat::{Desk, Disk, PageCall, Seat, setup};
use super::strike::Blow;
use super::traffic::{Parked, Return};
use super::trap::Trap;
use super::{OWN_PHONES, SDRS};
use hotdesk_engine::{Effect, Input, PutFault};
use hotdesk_protocol::bridge::OwnAccount;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{MessageId, PageGeneration};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::RenewRequest;
use hotdesk_protocol::{Problem, ProblemCode};
use std::collections::BTreeMap;

pub const DESKS: [&str; 3] = ["desk-a", "desk-b", "desk-c"];
const SWEEP_EVERY_MS: u64 = 300_000;
/// While every machine sleeps nothing new can run out.
const SWEEP_AT_NIGHT_MS: u64 = 3_600_000;
/// So many events at one moment are a circle.
const CIRCLE: u32 = 20_000;

/// A seat in one life of its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub desk: usize,
    pub sdr: usize,
    pub life: u32,
}

pub enum Event {
    Tick(Place),
    Told(Place, Input),
    Written(Place),
    PageRuns(Place, PageCall),
    /// The lane is free again; some calls take several turns until they are answered.
    PageAnswers(Place, Option<Input>),
    /// A desktop asks for a longer lease, as the API lets it.
    Renews(Place, RenewRequest),
    /// A request reaches the server; its answer takes so long to come back, if it does.
    Arrives(Place, Request, Return),
    PollEnds(u64),
    /// The server looks for leases that have run out.
    Sweep,
    Strike(Blow),
}

pub struct World {
    pub t: u64,
    pub rng: Rng,
    pub office: Office,
    pub desks: Vec<Desk>,
    pub judge: Judge,
    pub weather: Weather,
    pub away_until: u64,
    pub traps: Vec<Trap>,
    pub devices: u32,
    /// How often each fault was met.
    pub faults: BTreeMap<String, u64>,
    /// How often a call of each kind was struck on its way.
    pub struck: BTreeMap<&'static str, u64>,
    pub decisions: u64,
    /// How often a lease was made longer.
    pub renewed: u64,
    pub rounds: usize,
    pub events: u64,
    /// What happened, in words, if somebody wants to read it.
    pub trace: Option<Vec<String>>,
    /// Everything has been put right: nothing goes wrong by chance any more.
    pub healed: bool,
    queue: BTreeMap<(u64, u64), Event>,
    pub serial: u64,
    pub parked: Vec<Parked>,
    here: (u64, u32),
}

impl World {
    pub fn new(seed: u64, traced: bool) -> Self {
        let mut rng = Rng::new(seed);
        let policy = Policy {
            gap_ms: rng.pick(&[0, 0, 300, 2_000, 45_000]),
            daily_messages: rng.pick(&[3, 10_000, 10_000, 10_000]),
            ack_stuck_ms: 120_000,
        };
        let office = Office::open(rng.pick(&[5_000, 20_000, 60_000]), policy);
        let mut world = Self {
            t: 1_000,
            rng,
            office,
            desks: Vec::new(),
            judge: Judge::default(),
            weather: Weather::FINE,
            away_until: 0,
            traps: Vec::new(),
            devices: 0,
            faults: BTreeMap::new(),
            struck: BTreeMap::new(),
            decisions: 0,
            renewed: 0,
            rounds: 0,
            events: 0,
            trace: traced.then(Vec::new),
            healed: false,
            queue: BTreeMap::new(),
            serial: 0,
            parked: Vec::new(),
            here: (0, 0),
        };
        world.plan(SWEEP_EVERY_MS, Event::Sweep);
        let desks = 2 + usize::from(world.rng.percent(25));
        for name in &DESKS[..desks] {
            world.add_desk(name);
        }
        for desk in 0..desks {
            for sdr in 0..SDRS.len() {
                world.tell(desk, sdr, Input::Connect);
            }
        }
        world
    }

    fn add_desk(&mut self, name: &'static str) {
        let mut desk = Desk {
            name,
            life: 0,
            boot: 1,
            boot_offset: i64::try_from(self.rng.between(20_000, 9_000_000)).unwrap(),
            skew: 0,
            asleep_until: 0,
            slept: 0,
            full_until: 0,
            low_space: false,
            lying_disk: false,
            seats: Vec::new(),
        };
        let now = desk.now(self.t);
        for (sdr, id) in SDRS.iter().enumerate() {
            let disk = Disk {
                connect: true,
                ..Disk::default()
            };
            let account = self.account(sdr);
            let page = Page::new(account, self.rng.between(50, 400), self.rng.percent(50));
            let seed = self.rng.next();
            let setup = setup(id, name, desk.boot, &disk, seed);
            desk.seats.push(Seat::new(setup, now, disk, page));
        }
        self.desks.push(desk);
    }

    /// The SDR's own phone, under a new device number.
    pub fn account(&mut self, sdr: usize) -> OwnAccount {
        self.devices += 1;
        OwnAccount {
            phone: OWN_PHONES[sdr].to_owned(),
            device: self.devices,
            lid: None,
        }
    }

    /// A fault is met, until everything is put right.
    pub fn count(&mut self, fault: &impl std::fmt::Debug) {
        if !self.healed {
            let words = format!("{fault:?}");
            let name = words.split(['(', ' ']).next().unwrap_or_default();
            *self.faults.entry(name.to_owned()).or_default() += 1;
        }
    }

    pub fn say(&mut self, words: impl FnOnce() -> String) {
        let t = self.t;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{t:>10} {}", words()));
        }
    }

    pub fn plan(&mut self, at: u64, event: Event) {
        self.serial += 1;
        self.queue.insert((at.max(self.t), self.serial), event);
    }

    pub fn place(&self, desk: usize, sdr: usize) -> Place {
        let life = self.desks[desk].life;
        Place { desk, sdr, life }
    }

    fn lives(&self, place: Place) -> bool {
        self.desks[place.desk].life == place.life
    }

    pub fn seat(&mut self, desk: usize, sdr: usize) -> &mut Seat {
        &mut self.desks[desk].seats[sdr]
    }

    /// Time goes on until `end`, or until something is broken.
    pub fn run_until(&mut self, end: u64) {
        while let Some(entry) = self.queue.first_entry() {
            let at = entry.key().0;
            if at > end || self.judge.broken.is_some() {
                break;
            }
            let event = entry.remove();
            self.t = self.t.max(at);
            self.here = match self.here {
                (t, n) if t == self.t => (t, n + 1),
                _ => (self.t, 0),
            };
            if self.here.1 > CIRCLE {
                self.judge
                    .breaks(|| "a session asks in a circle".to_owned());
                return;
            }
            self.events += 1;
            self.happen(event);
        }
        self.t = self.t.max(end);
    }

    fn happen(&mut self, event: Event) {
        let place = match &event {
            Event::Tick(place)
            | Event::Told(place, _)
            | Event::Written(place)
            | Event::PageRuns(place, _)
            | Event::PageAnswers(place, _)
            | Event::Renews(place, _) => Some(*place),
            Event::Arrives(..) | Event::PollEnds(_) | Event::Sweep | Event::Strike(_) => None,
        };
        if let Some(place) = place {
            if !self.lives(place) {
                return;
            }
            let wakes = self.desks[place.desk].asleep_until;
            if wakes > self.t {
                self.plan(wakes, event);
                return;
            }
        }
        match event {
            Event::Tick(place) => {
                let t = self.t;
                let seat = self.seat(place.desk, place.sdr);
                if seat.tick_at.is_some_and(|at| at <= t) {
                    seat.tick_at = None;
                    self.tell(place.desk, place.sdr, Input::Tick);
                }
            }
            Event::Told(place, mut input) => {
                // What is heard is what is so when the machine is awake again.
                if let Input::FreeSpace(bytes) = &mut input {
                    *bytes = self.desks[place.desk].free_bytes();
                }
                self.tell(place.desk, place.sdr, input);
            }
            Event::Written(place) => self.written(place),
            Event::PageRuns(place, call) => self.page_runs(place, call),
            Event::PageAnswers(place, input) => {
                self.seat(place.desk, place.sdr).lane_busy = false;
                if let Some(input) = input {
                    self.tell(place.desk, place.sdr, input);
                }
                self.next_page_call(place);
            }
            Event::Renews(place, ask) => self.send(place, Request::Renew(ask)),
            Event::Arrives(place, request, back) => self.arrives(place, request, back),
            Event::PollEnds(serial) => self.poll_ends(serial),
            Event::Sweep => {
                self.office.sweep(self.t);
                let t = self.t;
                let night = self.desks.iter().all(|desk| desk.asleep_until > t);
                let every = if night {
                    SWEEP_AT_NIGHT_MS
                } else {
                    SWEEP_EVERY_MS
                };
                self.plan(t + every, Event::Sweep);
            }
            Event::Strike(blow) => self.strike(blow),
        }
    }

    /// Tell a session something and carry out what it asks for.
    pub fn tell(&mut self, desk: usize, sdr: usize, input: Input) {
        if !matches!(input, Input::Tick) {
            self.say(|| format!("{}/{} hears {input:?}", DESKS[desk], SDRS[sdr]));
        }
        self.note_pause(desk, sdr, &input);
        let now = self.desks[desk].now(self.t);
        if let Input::Claimed(Ok(answer)) = &input {
            self.seat(desk, sdr).disk.policy = Some(answer.policy.clone());
            self.plan_renewals(desk, sdr, answer);
        }
        let seat = self.seat(desk, sdr);
        if let Input::FreeSpace(bytes) = &input {
            seat.low_space = *bytes < 200_000_000;
        }
        if let Input::FileFetched(id, Ok(())) = &input {
            seat.held.insert(id.clone());
        }
        seat.session.handle(input, now);
        let session = &seat.session;
        seat.held.retain(|id| session.needs_file(id));
        while let Some(effect) = seat.session.poll_effect() {
            seat.effects.push_back(effect);
        }
        self.carry_out(desk, sdr);
    }

    fn carry_out(&mut self, desk: usize, sdr: usize) {
        let place = self.place(desk, sdr);
        while self.lives(place) {
            let Some(effect) = self.seat(desk, sdr).effects.pop_front() else {
                break;
            };
            let trap = self.sprung(place, &effect);
            self.effect(place, effect);
            if let Some(blow) = trap {
                self.strike(blow);
            }
        }
        if !self.lives(place) {
            return;
        }
        let (t, machine) = (self.t, &self.desks[desk]);
        let seat = &machine.seats[sdr];
        let wake = seat
            .session
            .poll_timeout()
            .map(|at| machine.true_time(at).max(t));
        if let Some(at) = wake
            && seat.tick_at.is_none_or(|planned| planned != at)
        {
            // One that is planned already and comes too late is dropped when its time has come.
            self.seat(desk, sdr).tick_at = Some(at);
            self.plan(at, Event::Tick(place));
        }
    }

    fn effect(&mut self, place: Place, effect: Effect) {
        match effect {
            Effect::OpenPage => self.page(place, PageCall::Open),
            Effect::ReloadPage => self.page(place, PageCall::Reload),
            Effect::ClosePage => self.page(place, PageCall::Close),
            Effect::Adopt => self.page(place, PageCall::Adopt),
            Effect::Probe => self.page(place, PageCall::Probe),
            Effect::Drain(after) => self.page(place, PageCall::Drain(after)),
            Effect::Submit(generation, command) => {
                self.judge_command(place, &command);
                self.page(place, PageCall::Submit(generation, command));
            }
            Effect::FetchFile(id, file) => self.send(place, Request::Fetch(id, file)),
            Effect::PutFile(generation, id, file) => self.put(place, generation, id, file),
            Effect::Record(records) => {
                let slow = if self.rng.percent(3) { 800 } else { 15 };
                let done = self.t + self.rng.between(1, slow);
                self.seat(place.desk, place.sdr).writing = Some(records);
                self.plan(done, Event::Written(place));
            }
            Effect::Claim(ask) => self.send(place, Request::Claim(ask)),
            Effect::Begin(ask) => {
                self.judge_begin(place, &ask.message_id);
                self.send(place, Request::Begin(ask));
            }
            Effect::Release(message_id, lease_token) => {
                let ask = RenewRequest {
                    sdr_id: SDRS[place.sdr].into(),
                    desktop_id: DESKS[place.desk].into(),
                    message_id,
                    lease_token,
                };
                self.send(place, Request::Release(ask));
            }
            Effect::Report(ask) => self.send(place, Request::Report(ask)),
            Effect::Reply(ask) => self.send(place, Request::Reply(ask)),
            Effect::TakeOver(ask) => self.send(place, Request::TakeOver(ask)),
            Effect::Heartbeat(ask) => self.send(place, Request::Beat(ask)),
            Effect::Qr(_) => self.send(place, Request::Qr),
        }
    }

    fn put(&mut self, place: Place, generation: PageGeneration, id: MessageId, file: Attachment) {
        if self.seat(place.desk, place.sdr).held.contains(&id) {
            let pieces = u32::try_from(self.rng.below(3)).unwrap();
            self.page(place, PageCall::Put(generation, id, file, pieces));
        } else {
            let gone = Input::FilePut(id, Err(PutFault::Gone));
            self.plan(self.t, Event::Told(place, gone));
        }
    }

    fn written(&mut self, place: Place) {
        let t = self.t;
        let desk = &mut self.desks[place.desk];
        let full = desk.full_until > t;
        let lies = !full && std::mem::take(&mut desk.lying_disk);
        let seat = &mut desk.seats[place.sdr];
        let Some(records) = seat.writing.take() else {
            return;
        };
        if !full {
            seat.disk.write(records);
        }
        let answer = match full || lies {
            true => Err(Problem::new(ProblemCode::StoreFailed, "disk full")),
            false => Ok(()),
        };
        self.tell(place.desk, place.sdr, Input::Recorded(answer));
    }

    fn page(&mut self, place: Place, call: PageCall) {
        self.seat(place.desk, place.sdr).lane.push_back(call);
        self.next_page_call(place);
    }

    fn next_page_call(&mut self, place: Place) {
        let seat = self.seat(place.desk, place.sdr);
        if seat.lane_busy {
            return;
        }
        if let Some(call) = seat.lane.pop_front() {
            seat.lane_busy = true;
            let slow = if self.rng.percent(2) { 1_500 } else { 8 };
            let at = self.t + self.rng.between(0, slow);
            self.plan(at, Event::PageRuns(place, call));
        }
    }

    /// Carry a call out; its answer comes a little later, or never.
    fn page_runs(&mut self, place: Place, call: PageCall) {
        let answer = self.call_page(place, call);
        self.take_left(place.desk, place.sdr);
        let hung = self.seat(place.desk, place.sdr).page.hung;
        let after = if hung { 2_000 } else { self.rng.between(0, 6) };
        self.plan(self.t + after, Event::PageAnswers(place, answer));
    }

    pub fn call_page(&mut self, place: Place, call: PageCall) -> Option<Input> {
        let slow_ms = self.rng.between(100, 3_000);
        let t = self.t;
        let seat = self.seat(place.desk, place.sdr);
        let page = &mut seat.page;
        Some(match call {
            PageCall::Open | PageCall::Reload => {
                page.load(t, slow_ms);
                Input::PageOpened(Ok(()))
            }
            PageCall::Close => {
                page.open = false;
                Input::PageClosed
            }
            PageCall::Adopt => Input::Adopted(page.adopt(t)),
            PageCall::Probe => Input::Probed(page.probe(t)),
            PageCall::Drain(after) => Input::Drained(page.drain(after, t)),
            PageCall::Submit(generation, command) => {
                Input::Submitted(page.submit(&generation, command, t))
            }
            PageCall::Put(generation, id, file, more) => {
                let taken = page.put(&generation, &id, &file, more == 0, t);
                if taken.is_ok() && more > 0 {
                    let rest = PageCall::Put(generation, id, file, more - 1);
                    seat.lane.push_back(rest);
                    return None;
                }
                Input::FilePut(id, taken.map_err(PutFault::Page))
            }
        })
    }
}
