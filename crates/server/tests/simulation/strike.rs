//! What can go wrong, and how everything is put right in the end.

use super::network::Weather;
use super::page::{TRICKS, Trick};
use super::seat::{Disk, setup};
use super::world::{Event, World};
use super::{LEADS, OWN_PHONES, PHONES, SDRS};
use hotdesk_engine::Input;
use hotdesk_protocol::bridge::{BridgeEvent, OwnAccount};
use hotdesk_protocol::ids::{MessageId, WaMessageId};
use hotdesk_protocol::session::{Ack, MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode};
use hotdesk_server::store::review::Verdict;

pub const MINUTE: u64 = 60_000;
const HOUR: i64 = 3_600_000;

/// One thing that goes wrong, or that a person does. The numbers name a desk and an SDR.
#[derive(Clone, Copy, Debug)]
pub enum Blow {
    Kill(usize),
    Reboot(usize),
    Sleep(usize, u64),
    DesktopClock(usize, i64),
    ServerClock(i64),
    Crash(usize, usize),
    SelfReload(usize, usize),
    Navigate(usize, usize),
    Unlinked(usize, usize),
    Linked(usize, usize),
    WrongPhone(usize, usize),
    FallsInto(usize, usize, SessionState),
    SelfTestFails(usize, usize),
    FilesFail(usize, usize),
    RefusesFile(usize, usize),
    Hang(usize, usize),
    Oversized(usize, usize),
    Hostile(usize, usize),
    NextSend(usize, usize, Trick),
    LeadAnswers(usize, usize),
    Weather,
    ServerAway(u64),
    DiskFull(usize),
    DiskLies(usize),
    LowSpace(usize),
    SpaceFreed(usize),
    Copied(usize),
    Restored(usize),
    SignedOut(usize, usize),
    SignIn(usize, usize),
    Pause(usize, usize),
    Resume(usize, usize),
    Disconnect(usize, usize),
    Connect(usize, usize),
    UseHere(usize, usize),
    Renew(usize, usize),
    Unlink(usize, usize),
    TakeOver(usize, usize),
    Enqueue(usize, usize, bool),
    Cancel,
    OptOut(usize),
}

impl World {
    /// Any blow at all.
    pub fn some_blow(&mut self) -> Blow {
        let (desk, sdr) = (self.rng.below(self.desks.len()), self.rng.below(SDRS.len()));
        match self.rng.below(56) {
            0..=3 => Blow::Kill(desk),
            4 => Blow::Reboot(desk),
            5 => {
                let ms = self
                    .rng
                    .pick(&[2_000, 30_000, 5 * MINUTE, 12 * 60 * MINUTE]);
                Blow::Sleep(desk, ms)
            }
            6 => Blow::DesktopClock(desk, self.rng.pick(&[HOUR, -HOUR])),
            7 => Blow::ServerClock(self.rng.pick(&[HOUR, -HOUR])),
            8 | 9 => Blow::Crash(desk, sdr),
            10..=12 => Blow::SelfReload(desk, sdr),
            13 => Blow::Navigate(desk, sdr),
            14 => Blow::Unlinked(desk, sdr),
            15 => Blow::WrongPhone(desk, sdr),
            16 => {
                let state = [
                    SessionState::Offline,
                    SessionState::Conflict,
                    SessionState::NeedsUpdate,
                ];
                Blow::FallsInto(desk, sdr, self.rng.pick(&state))
            }
            17 => Blow::SelfTestFails(desk, sdr),
            18 => Blow::Hang(desk, sdr),
            19 => Blow::Oversized(desk, sdr),
            20..=22 => Blow::Hostile(desk, sdr),
            23..=28 => Blow::NextSend(desk, sdr, self.rng.pick(&TRICKS)),
            29 => Blow::LeadAnswers(desk, sdr),
            30..=32 => Blow::Weather,
            33 => Blow::ServerAway(self.rng.pick(&[2_000, 40_000, 10 * MINUTE])),
            34 => Blow::DiskFull(desk),
            35 => Blow::DiskLies(desk),
            36 => Blow::SignedOut(desk, sdr),
            37 => Blow::Pause(desk, sdr),
            38 => Blow::Disconnect(desk, sdr),
            39 => Blow::Unlink(desk, sdr),
            40 | 41 => Blow::Enqueue(sdr, self.rng.below(LEADS), self.rng.percent(20)),
            42 => Blow::Cancel,
            43 | 44 => Blow::TakeOver(desk, sdr),
            45 => Blow::FilesFail(desk, sdr),
            46 => Blow::RefusesFile(desk, sdr),
            47 => Blow::UseHere(desk, sdr),
            48..=50 => Blow::Copied(desk),
            51 | 52 => Blow::Restored(desk),
            53 => Blow::LowSpace(desk),
            54 => Blow::Renew(desk, sdr),
            _ => Blow::OptOut(self.rng.below(LEADS)),
        }
    }

    pub fn strike(&mut self, blow: Blow) {
        self.say(|| format!("BLOW {blow:?}"));
        self.count_blow(&blow);
        let t = self.t;
        let soon = t + self.rng.between(1_000, 4 * MINUTE);
        match blow {
            Blow::Kill(desk) => self.kill(desk, false),
            Blow::Reboot(desk) => self.kill(desk, true),
            Blow::Sleep(desk, ms) => {
                let desk = &mut self.desks[desk];
                if desk.asleep_until <= t {
                    desk.asleep_until = t + ms;
                    desk.slept += ms;
                }
            }
            Blow::DesktopClock(desk, ms) => self.desks[desk].skew += ms,
            Blow::ServerClock(ms) => self.office.skew += ms,
            Blow::Crash(desk, sdr) => {
                if self.seat(desk, sdr).page.open {
                    self.seat(desk, sdr).page.open = false;
                    self.input(desk, sdr, Input::PageCrashed);
                }
            }
            Blow::SelfReload(desk, sdr) => {
                let slow_ms = self.rng.between(100, 3_000);
                let page = &mut self.seat(desk, sdr).page;
                if page.open {
                    page.load(t, slow_ms);
                }
            }
            Blow::Navigate(desk, sdr) => {
                let until = t + self.rng.between(200, 20_000);
                self.seat(desk, sdr).page.navigate(until, 1_000);
            }
            Blow::Unlinked(desk, sdr) => {
                self.seat(desk, sdr).page.unlink(t);
                self.plan(soon, Event::Strike(Blow::Linked(desk, sdr)));
            }
            Blow::Linked(desk, sdr) => {
                let account = self.account(sdr);
                self.seat(desk, sdr).page.link(account, t);
            }
            // The first phone that is ever linked is the SDR's: nobody could tell.
            Blow::WrongPhone(desk, sdr) if self.seat(desk, sdr).disk.account.is_none() => {}
            Blow::WrongPhone(desk, sdr) => {
                let account = OwnAccount {
                    phone: OWN_PHONES[(sdr + 1) % SDRS.len()].to_owned(),
                    ..self.account(sdr)
                };
                self.seat(desk, sdr).page.link(account, t);
                self.plan(soon, Event::Strike(Blow::Linked(desk, sdr)));
            }
            Blow::FallsInto(desk, sdr, state) => {
                self.seat(desk, sdr).page.fall_into(state, soon);
            }
            Blow::SelfTestFails(desk, sdr) => self.seat(desk, sdr).page.lose_modules(soon),
            Blow::FilesFail(desk, sdr) => self.seat(desk, sdr).page.lose_files(soon),
            Blow::RefusesFile(desk, sdr) => self.seat(desk, sdr).page.refuses_file = true,
            Blow::UseHere(desk, sdr) => self.input(desk, sdr, Input::UseHere),
            Blow::Renew(desk, sdr) => self.input(desk, sdr, Input::Renew),
            Blow::Hang(desk, sdr) => self.seat(desk, sdr).page.hung = true,
            Blow::Oversized(desk, sdr) => self.seat(desk, sdr).page.oversized = true,
            Blow::Hostile(desk, sdr) => self.lie(desk, sdr),
            Blow::NextSend(desk, sdr, trick) => self.seat(desk, sdr).page.trick = Some(trick),
            Blow::LeadAnswers(desk, sdr) => {
                let (id, phone) = (self.rng.next(), self.rng.pick(&PHONES[..LEADS]));
                let page = &mut self.seat(desk, sdr).page;
                page.receive(&format!("IN{id:016X}"), phone);
            }
            Blow::Weather => self.weather = Weather::of(&mut self.rng),
            Blow::ServerAway(ms) => self.away_until = t + ms,
            Blow::DiskFull(desk) => self.desks[desk].full_until = soon,
            Blow::DiskLies(desk) => self.desks[desk].lying_disk = true,
            Blow::LowSpace(desk) => {
                self.desks[desk].low_space = true;
                self.tell_space(desk);
                self.plan(soon, Event::Strike(Blow::SpaceFreed(desk)));
            }
            Blow::SpaceFreed(desk) => {
                self.desks[desk].low_space = false;
                self.tell_space(desk);
            }
            Blow::Copied(desk) => {
                for seat in &mut self.desks[desk].seats {
                    seat.copy = Some(seat.disk.clone());
                }
            }
            Blow::Restored(desk) => self.restore(desk),
            Blow::SignedOut(desk, sdr) => {
                self.seat(desk, sdr).signed_out = true;
                self.plan(soon, Event::Strike(Blow::SignIn(desk, sdr)));
            }
            Blow::SignIn(desk, sdr) => {
                self.seat(desk, sdr).signed_out = false;
                // A person asks for a try right now.
                self.seat(desk, sdr).pauses.clear();
                self.input(desk, sdr, Input::SignedIn);
            }
            Blow::Pause(desk, sdr) => {
                self.seat(desk, sdr).disk.paused = true;
                self.input(desk, sdr, Input::Pause);
                self.plan(soon, Event::Strike(Blow::Resume(desk, sdr)));
            }
            Blow::Resume(desk, sdr) => {
                self.seat(desk, sdr).disk.paused = false;
                self.input(desk, sdr, Input::Resume);
            }
            Blow::Disconnect(desk, sdr) => {
                self.seat(desk, sdr).disk.connect = false;
                self.input(desk, sdr, Input::Disconnect);
                self.plan(soon, Event::Strike(Blow::Connect(desk, sdr)));
            }
            Blow::Connect(desk, sdr) => {
                self.seat(desk, sdr).disk.connect = true;
                self.input(desk, sdr, Input::Connect);
            }
            Blow::Unlink(desk, sdr) => {
                self.input(desk, sdr, Input::Unlink);
                self.plan(soon, Event::Strike(Blow::Linked(desk, sdr)));
            }
            Blow::Enqueue(sdr, phone, file) => {
                self.office.enqueue(sdr, phone, file, t);
                self.ring(sdr);
            }
            // The SDR presses the button there.
            Blow::TakeOver(desk, sdr) if !self.healed && self.rng.percent(50) => {
                self.input(desk, sdr, Input::TakeOver);
            }
            Blow::TakeOver(desk, sdr) => {
                self.office.take_over(sdr, self.desks[desk].name, t);
                self.ring(sdr);
            }
            Blow::Cancel => {
                let nth = self.rng.below(self.office.queued.len());
                let done = self.office.cancel(nth, t);
                self.say(|| format!("cancel of m{nth}: {done}"));
            }
            Blow::OptOut(phone) => self.office.opt_out(phone, t),
        }
    }

    fn count_blow(&mut self, blow: &Blow) {
        match blow {
            Blow::NextSend(_, _, trick) => self.count(trick),
            Blow::FallsInto(_, _, state) => self.count(state),
            Blow::Kill(_)
            | Blow::Reboot(_)
            | Blow::Sleep(..)
            | Blow::DesktopClock(..)
            | Blow::ServerClock(_)
            | Blow::Crash(..)
            | Blow::SelfReload(..)
            | Blow::Navigate(..)
            | Blow::Unlinked(..)
            | Blow::WrongPhone(..)
            | Blow::SelfTestFails(..)
            | Blow::FilesFail(..)
            | Blow::RefusesFile(..)
            | Blow::Hang(..)
            | Blow::Oversized(..)
            | Blow::Hostile(..)
            | Blow::LeadAnswers(..)
            | Blow::ServerAway(_)
            | Blow::DiskFull(_)
            | Blow::DiskLies(_)
            | Blow::LowSpace(_)
            | Blow::SignedOut(..)
            | Blow::Pause(..)
            | Blow::Disconnect(..)
            | Blow::Unlink(..)
            | Blow::TakeOver(..)
            | Blow::Renew(..)
            | Blow::Cancel
            | Blow::OptOut(_) => self.count(blow),
            // What puts right again, what is no fault, and what is counted where it succeeds.
            Blow::Enqueue(..)
            | Blow::Connect(..)
            | Blow::Resume(..)
            | Blow::SignIn(..)
            | Blow::UseHere(..)
            | Blow::Linked(..)
            | Blow::SpaceFreed(_)
            | Blow::Copied(_)
            | Blow::Restored(_)
            | Blow::Weather => {}
        }
    }

    /// Every session of a desktop hears how much may still be written.
    fn tell_space(&mut self, desk: usize) {
        let bytes = self.desks[desk].free_bytes();
        for sdr in 0..SDRS.len() {
            self.input(desk, sdr, Input::FreeSpace(bytes));
        }
    }

    /// Told to the process, if its machine is awake; else as soon as it is.
    fn input(&mut self, desk: usize, sdr: usize, input: Input) {
        let place = self.place(desk, sdr);
        self.plan(self.t, Event::Told(place, input));
    }

    /// The disk is found damaged at a start, and its last copy takes its place.
    fn restore(&mut self, at: usize) {
        let seats = &mut self.desks[at].seats;
        if seats.iter().any(|seat| seat.copy.is_none()) {
            return;
        }
        for seat in seats.iter_mut() {
            seat.writing = None;
            seat.disk = seat.copy.as_ref().map(Disk::restore).unwrap();
        }
        self.count(&Blow::Restored(at));
        self.kill(at, false);
    }

    /// kill -9, or the power goes: of what was under way some was done, some was not.
    fn kill(&mut self, at: usize, power: bool) {
        let t = self.t;
        let full = self.desks[at].full_until > t;
        for sdr in 0..SDRS.len() {
            let place = self.place(at, sdr);
            if let Some(records) = self.seat(at, sdr).writing.take()
                && !full
                && self.rng.percent(50)
            {
                self.seat(at, sdr).disk.write(records);
            }
            while self.rng.percent(50) {
                let Some(call) = self.seat(at, sdr).lane.pop_front() else {
                    break;
                };
                self.call_page(place, call);
                self.take_left(at, sdr);
            }
            let page = &mut self.seat(at, sdr).page;
            page.open = false;
            if power {
                page.lose_power(t);
            }
        }
        self.hang_up(at);
        let away = if power {
            self.rng.between(20_000, 10 * MINUTE)
        } else {
            self.rng.between(500, 30_000)
        };
        let (seeds, boot_ms) = (self.rng.next(), self.rng.between(5_000, 60_000));
        let desk = &mut self.desks[at];
        desk.life += 1;
        desk.asleep_until = desk.asleep_until.max(t) + away;
        desk.slept += away;
        let starts = desk.asleep_until;
        if power {
            desk.boot += 1;
            desk.boot_offset = i64::try_from(boot_ms).unwrap() - i64::try_from(starts).unwrap();
        }
        let now = desk.now(starts);
        let mut again = Vec::new();
        for (sdr, seat) in desk.seats.iter_mut().enumerate() {
            let seed = seeds.wrapping_add(u64::try_from(sdr).unwrap());
            let setup = setup(SDRS[sdr], desk.name, desk.boot, &seat.disk, seed);
            seat.restart(setup, now);
            again.push(seat.disk.connect);
        }
        self.tell_space(at);
        for (sdr, connect) in again.into_iter().enumerate() {
            let place = self.place(at, sdr);
            let first = if connect { Input::Connect } else { Input::Tick };
            self.plan(starts, Event::Told(place, first));
        }
    }

    /// A page tells of messages that are not in its hands.
    fn lie(&mut self, desk: usize, sdr: usize) {
        let own: Vec<(MessageId, WaMessageId)> = self.seat(desk, sdr).page.given.clone();
        let mut known: Vec<(MessageId, WaMessageId)> = Vec::new();
        for (d, machine) in self.desks.iter().enumerate() {
            for (s, seat) in machine.seats.iter().enumerate() {
                if (d, s) != (desk, sdr) {
                    known.extend(seat.page.given.iter().cloned());
                }
            }
        }
        // Also those it is to get in a moment. Of one that it may have got, nobody could tell a lie
        // from the truth.
        let seat = &self.desks[desk].seats[sdr];
        let fresh = seat
            .session
            .rows()
            .filter(|row| !seat.believed.contains(&row.message_id));
        known.extend(fresh.map(|row| (row.message_id.clone(), row.wa_message_id.clone())));
        known.retain(|(id, _)| !own.iter().any(|(mine, _)| mine == id));
        let guess = self.rng.next();
        known.push((
            format!("m{}", guess % 20).into(),
            format!("3EB0{guess:018X}").into(),
        ));
        for _ in 0..self.rng.between(1, 6) {
            let (message_id, wa_message_id) = self.rng.pick(&known);
            let problem = Problem::new(ProblemCode::BadText, "a lie");
            let ack = self
                .rng
                .pick(&[Ack::Error, Ack::Clock, Ack::Server, Ack::Read]);
            let event = match self.rng.below(6) {
                0 => BridgeEvent::Ack { wa_message_id, ack },
                1 => BridgeEvent::InPage {
                    message_id,
                    wa_message_id,
                    chat_id: "evil@c.us".into(),
                    other_chat_id: None,
                    ack,
                    already_there: true,
                },
                2 => BridgeEvent::NotOnWhatsapp { message_id },
                3 => BridgeEvent::NotSubmitted {
                    message_id,
                    problem,
                },
                4 => BridgeEvent::Unclear {
                    message_id,
                    problem,
                },
                _ => BridgeEvent::Absent {
                    message_id,
                    wa_message_id,
                },
            };
            self.seat(desk, sdr).page.say(event);
        }
    }

    /// Everything works again; persons look at every stop until all has ended.
    pub fn put_right(&mut self) {
        self.healed = true;
        self.traps.clear();
        self.weather = Weather::FINE;
        self.away_until = 0;
        let t = self.t;
        for at in 0..self.desks.len() {
            let desk = &mut self.desks[at];
            desk.full_until = 0;
            desk.lying_disk = false;
            desk.low_space = false;
            for seat in &mut desk.seats {
                seat.page.heal(t);
            }
            self.tell_space(at);
        }
    }

    /// A person walks past every desk, and every SDR sits down at the next one.
    pub fn look_after_everything(&mut self) {
        self.rounds += 1;
        for sdr in 0..SDRS.len() {
            let desk = self.rounds % self.desks.len();
            self.strike(Blow::TakeOver(desk, sdr));
        }
        for desk in 0..self.desks.len() {
            for (sdr, own) in OWN_PHONES.iter().enumerate() {
                let wrong = |account: &OwnAccount| account.phone != *own;
                if self.seat(desk, sdr).page.account().is_none_or(wrong) {
                    self.strike(Blow::Linked(desk, sdr));
                }
                if self.seat(desk, sdr).session.status().signed_out {
                    self.strike(Blow::SignIn(desk, sdr));
                }
                self.seat(desk, sdr).signed_out = false;
                self.strike(Blow::Connect(desk, sdr));
                self.strike(Blow::Resume(desk, sdr));
            }
        }
    }

    /// The manager decides about what is in doubt, after a look into the chat.
    pub fn decide(&mut self) {
        for (nth, view) in self.office.messages().into_iter().enumerate() {
            if view.state != MessageState::Review {
                continue;
            }
            let gone = self.judge.left.iter().any(|(of, ..)| *of == nth);
            let last = self.office.queued[nth].phone == LEADS;
            let verdict = match (gone, last || self.rng.percent(50)) {
                (true, _) => Verdict::Sent,
                (false, true) => Verdict::Resend,
                (false, false) => Verdict::Cancel,
            };
            self.say(|| format!("decision about {}: {verdict:?}", view.message_id));
            self.office.decide(view.message_id, verdict, self.t);
            self.decisions += 1;
        }
        for sdr in 0..SDRS.len() {
            self.ring(sdr);
        }
    }

    /// The office is closed: every machine sleeps until the next day.
    pub fn night(&mut self) {
        self.sleep_until(self.t + 24 * 60 * MINUTE);
    }

    /// Nobody works before the last machine has woken up.
    pub fn wake_together(&mut self) {
        let last = self.desks.iter().map(|desk| desk.asleep_until).max();
        self.sleep_until(last.unwrap_or(0).max(self.t));
    }

    fn sleep_until(&mut self, until: u64) {
        for desk in &mut self.desks {
            desk.slept += until - desk.asleep_until.max(self.t);
            desk.asleep_until = until;
        }
        self.run_until(until);
    }
}
