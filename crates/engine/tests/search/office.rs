//! Two desktops of one SDR, each with its own page and disk, and one queue server.

use crate::support::page::Left;
use crate::support::server::{Queued, Server, rank};
use crate::support::world::{Disk, World};
use hotdesk_engine::{Effect, Input, Millis, Record};
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::queue::ClaimRequest;
use hotdesk_protocol::session::MessageState;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

const LEAD: &str = "+5511970000001";
/// The lead's number as the server does not compare it: only the desktop can keep from sending.
pub const OTHER_SPELLING: &str = "+551170000001";

/// What the adversary may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    pub all: u8,
    pub kills: u8,
    pub reloads: u8,
    pub expiries: u8,
    pub losses: u8,
    pub wipes: u8,
    pub stalls: u8,
    pub people: u8,
    /// Copies made of a disk.
    pub backups: u8,
    /// Damaged disks in whose place the last copy comes.
    pub damages: u8,
    /// Messages a person deletes in the page.
    pub deletes: u8,
    /// Leads that opt out, under a spelling of their number that the server takes for another one's.
    pub opt_outs: u8,
}

/// What becomes of a message a person wants to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resends {
    /// Its desktop goes on with it.
    UnderTheSameId,
    /// Its desktop sends it as new.
    AsNew,
    /// Any desktop sends it as new (a known-bad variant).
    AsNewFromAny,
}

#[derive(Clone)]
pub struct Office {
    pub desks: [World; 2],
    pub server: Server,
    pub now: u64,
    pub budget: Budget,
    /// The last copy of each desktop's disk.
    pub backups: [Disk; 2],
    /// A restored disk does not say that it is one (a known-bad variant).
    pub hides_restore: bool,
    /// Rows of a copy pass for what is known now (a known-bad variant).
    pub trusts_copies: bool,
    pub resends: Resends,
    pub broken: Option<String>,
}

impl Office {
    /// Both desktops connected, nothing queued.
    pub fn new(budget: Budget) -> Self {
        let desk = |name| {
            let mut world = World::new();
            world.desktop = name;
            world.page.account.device = u32::from(name == "b") + 1;
            world.page.only_server_acks = true;
            world.page.lazy = true;
            world.kill();
            world.run(5_000);
            world
        };
        let desks = [desk("a"), desk("b")];
        let mut office = Self {
            backups: [desks[0].disk.clone(), desks[1].disk.clone()],
            hides_restore: false,
            trusts_copies: false,
            desks,
            server: Server::new(),
            now: 6_000,
            budget,
            resends: Resends::UnderTheSameId,
            broken: None,
        };
        office.tidy();
        office
    }

    pub fn enqueue(&mut self, ids: &[&str]) {
        for id in ids {
            self.server.enqueue(id, LEAD, id);
        }
    }

    /// Do something with one desktop; the server is lent to it meanwhile.
    pub fn with<T>(&mut self, desk: usize, act: impl FnOnce(&mut World) -> T) -> T {
        let world = &mut self.desks[desk];
        std::mem::swap(&mut world.server, &mut self.server);
        world.now = self.now;
        let result = act(world);
        settle(world);
        std::mem::swap(&mut world.server, &mut self.server);
        result
    }

    /// Each desktop's long poll sees what the server has now.
    pub fn look(&mut self) {
        for desk in 0..2 {
            self.with(desk, |_| ());
        }
    }

    /// What does not decide anything is not kept.
    pub fn tidy(&mut self) {
        for world in &mut self.desks {
            world.trace.clear();
            world.beats.clear();
            world.qrs.clear();
            world.released.clear();
            world.page.commands.clear();
        }
        self.server.begins.clear();
        self.server.results.clear();
    }

    /// The desktop's page is being handed a message: "a pause between the last check and the call".
    pub fn in_call(&self, desk: usize) -> bool {
        self.desks[desk].pending.iter().any(is_send)
    }

    pub fn left(&self, id: &str) -> usize {
        let all = self.desks.iter().flat_map(|world| &world.page.history);
        all.filter(|left| left.text == id).count()
    }

    /// Time goes on, in small steps, until a message leaves or a desktop has something to decide;
    /// false if nothing
    /// more happens.
    pub fn wait(&mut self) -> bool {
        let end = self.now + 400_000;
        let gone = |office: &Self| -> usize {
            let desks = office.desks.iter();
            desks.map(|world| world.page.history.len()).sum()
        };
        let before = gone(self);
        while self.now < end {
            let tick = |world: &World| world.session.poll_timeout().map(|Millis(at)| at);
            let parked = |world: &World| world.parked_claim.as_ref().map(|(at, _)| at + 25_000);
            let times = self.desks.iter().flat_map(|w| [tick(w), parked(w)]);
            let leases = self.server.messages.iter().map(|m| m.until);
            let leases = leases.filter(|until| *until > self.now);
            let Some(next) = times.flatten().chain(leases).min() else {
                return false;
            };
            self.now = self.now.max(next);
            for desk in 0..2 {
                let due = |at: Option<u64>| at.is_some_and(|at| at <= self.now);
                let world = &self.desks[desk];
                if due(tick(world)) || due(parked(world)) {
                    self.with(desk, |world| {
                        world.tell(Input::Tick);
                        settle(world);
                        world.wake();
                    });
                }
            }
            self.look();
            if gone(self) > before || self.desks.iter().any(|world| !world.pending.is_empty()) {
                return true;
            }
            if self.is_over() {
                return false;
            }
        }
        false
    }

    /// Every message has ended and no desktop has anything in hand.
    pub fn is_over(&self) -> bool {
        let ended = |m: &Queued| {
            !matches!(
                m.state,
                MessageState::Queued | MessageState::Leased | MessageState::Begun
            )
        };
        let idle = |w: &World| w.pending.is_empty() && w.session.in_flight() == 0;
        self.server.messages.iter().all(ended) && self.desks.iter().all(idle)
    }

    /// The invariants, judged from what really left.
    pub fn judge(&mut self) {
        let mut ids = Vec::new();
        let found = self.server.messages.iter().find_map(|message| {
            let id = message.id.as_str();
            ids.push(id.to_owned());
            let copies = self.left(id);
            let told = rank(message.state) >= rank(MessageState::Sent);
            if copies > 1 {
                Some(format!("I1: {id} left {copies} times"))
            } else if told && copies == 0 && message.problem.is_none() {
                Some(format!("I3: {id} is told as sent and never left"))
            } else {
                None
            }
        });
        let order = self.desks.iter().find_map(|world| {
            let place = |left: &Left| ids.iter().position(|id| *id == left.text);
            let places: Vec<_> = world.page.history.iter().map(place).collect();
            (!places.is_sorted()).then(|| "I4: a later message overtook an earlier one".to_owned())
        });
        let handed = self.desks.iter().find_map(|world| world.broken.clone());
        self.broken = self.broken.take().or(handed).or(found).or(order);
    }

    /// Where this office stands, as one number.
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let into = &mut hasher;
        self.budget.hash(into);
        self.broken.is_some().hash(into);
        for message in &self.server.messages {
            (message.state as u8, message.token, message.generation).hash(into);
            message.holder.as_ref().map(|d| d.as_str()).hash(into);
            message.pinned.as_ref().map(|d| d.as_str()).hash(into);
            message.epoch.as_ref().map(|e| e.0.as_str()).hash(into);
            (message.until <= self.now).hash(into);
        }
        self.server.opt_outs.len().hash(into);
        for disk in &self.backups {
            digest_disk(disk, into);
        }
        for world in &self.desks {
            world.session.digest().hash(into);
            let page = &world.page;
            (page.open, page.reports.len(), page.timers.len()).hash(into);
            for (id, (_, ack)) in &page.profile.messages {
                (
                    id.0.as_str(),
                    *ack as i8,
                    page.profile.waiting.contains_key(id),
                )
                    .hash(into);
            }
            page.profile.marker.hash(into);
            for left in &page.history {
                left.wa_message_id.0.hash(into);
            }
            digest_disk(&world.disk, into);
            for effect in &world.pending {
                name(effect).hash(into);
            }
            (world.parked_claim.is_some(), world.told.len()).hash(into);
        }
        hasher.finish()
    }
}

fn digest_disk(disk: &Disk, into: &mut DefaultHasher) {
    disk.opt_outs_since.hash(into);
    for row in disk.outbox.values().chain(disk.finished.values()) {
        (row.message_id.as_str(), row.stage, row.generation).hash(into);
        row.reported.map(|state| state as u8).hash(into);
    }
}

/// Answer at once whatever decides nothing. A long poll is a question only while the server has
/// something to offer.
pub fn settle(world: &mut World) {
    let mut steps = 0;
    while let Some(at) = world.pending.iter().position(|effect| !decides(effect)) {
        world.answer(at);
        steps += 1;
        assert!(steps < 10_000, "it asks in a circle");
    }
    if let Some((since, ask)) = world.parked_claim.take() {
        if offers(world, &ask) {
            world.pending.push(Effect::Claim(ask));
        } else {
            world.parked_claim = Some((since, ask));
        }
    }
    let poll = |effect: &Effect| matches!(effect, Effect::Claim(_));
    if let Some(at) = world.pending.iter().position(poll)
        && let Effect::Claim(ask) = &world.pending[at]
        && !offers(world, ask)
    {
        world.answer(at);
        settle(world);
    }
}

fn offers(world: &World, ask: &ClaimRequest) -> bool {
    let messages = &world.server.messages;
    let told = world.server.opt_outs_since(ask.opt_outs_since);
    if told.is_some_and(|told| !told.numbers.is_empty()) {
        return true;
    }
    let idle = |m: &Queued| m.state == MessageState::Queued || m.until <= world.now;
    if !messages.iter().any(idle) {
        return false;
    }
    !world
        .server
        .clone()
        .claim(ask, world.now)
        .messages
        .is_empty()
}

pub fn is_send(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Submit(
            _,
            BridgeCommand::SendText { .. }
                | BridgeCommand::SendFile { .. }
                | BridgeCommand::LookUp { .. }
        )
    )
}

fn decides(effect: &Effect) -> bool {
    match effect {
        Effect::Claim(_) | Effect::Begin(_) | Effect::Report(_) => true,
        Effect::Record(records) => records.iter().any(|record| {
            matches!(
                record,
                Record::Outbox(_) | Record::Dropped(_) | Record::Blocked { .. }
            )
        }),
        Effect::Submit(_, BridgeCommand::SendText { .. }) => true,
        _ => false,
    }
}

pub fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Claim(_) => "claim",
        Effect::Begin(_) => "begin",
        Effect::Report(_) => "report",
        Effect::Record(_) => "record",
        Effect::Submit(..) => "submit",
        _ => "other",
    }
}
