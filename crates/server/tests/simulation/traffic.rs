//! Requests on their way, claims that wait at the server, and `Retry-After`.

use super::SDRS;
use super::network::{Fate, Pause, Request, another_file, garbage, later, signed_out, unreachable};
use super::world::{DESKS, Event, Place, World};
use hotdesk_engine::{FetchFault, Input, QueueFault};
use hotdesk_protocol::queue::{ClaimAnswer, ClaimRequest, RenewRequest};

/// How an answer gets back.
#[derive(Clone, Copy, Debug)]
pub enum Return {
    Lost,
    After(u64),
    Unreadable(u64),
}

/// A claim that waits at the server.
pub struct Parked {
    pub serial: u64,
    place: Place,
    ask: ClaimRequest,
    /// Since when it waits.
    since: u64,
    back: Return,
}

impl World {
    pub fn send(&mut self, place: Place, request: Request) {
        self.keep_pause(place, &request);
        let t = self.t;
        let fate = if self.away_until > t {
            Fate::Refused { after: 3 }
        } else {
            self.weather.fate(&mut self.rng)
        };
        self.say(|| {
            let (desk, sdr) = (DESKS[place.desk], SDRS[place.sdr]);
            let (kind, about) = (request.kind(), request.about());
            format!("{desk}/{sdr} asks {kind} {about}: {fate:?}")
        });
        match &fate {
            Fate::Fine { .. } => {}
            Fate::Refused { .. }
            | Fate::NoAnswer { .. }
            | Fate::Twice { .. }
            | Fate::Later { .. }
            | Fate::Garbage { .. } => {
                self.count(&fate);
                *self.struck.entry(request.kind()).or_default() += 1;
            }
        }
        match fate {
            Fate::Fine { there, back } => {
                let back = Return::After(back);
                self.plan(t + there, Event::Arrives(place, request, back));
            }
            Fate::Refused { after } => self.fails(place, &request, t + after, unreachable()),
            Fate::NoAnswer { there, gives_up } => {
                self.fails(place, &request, t + gives_up, unreachable());
                self.plan(t + there, Event::Arrives(place, request, Return::Lost));
            }
            Fate::Twice { there, again, back } => {
                let first = Event::Arrives(place, request.clone(), Return::Lost);
                self.plan(t + there, first);
                let back = Return::After(back);
                self.plan(t + again, Event::Arrives(place, request, back));
            }
            Fate::Later { back, after } => {
                self.fails(place, &request, t + back, later(after));
            }
            Fate::Garbage { there, back } => {
                let back = Return::Unreadable(back);
                self.plan(t + there, Event::Arrives(place, request, back));
            }
        }
    }

    fn fails(&mut self, place: Place, request: &Request, at: u64, fault: QueueFault) {
        if let Some(input) = failure(request, fault) {
            self.plan(at, Event::Told(place, input));
        }
    }

    /// The engine lets its leases run out; the call is the API's all the same. Some of what a desktop
    /// was given is asked for again, before or after the lease has run out.
    pub fn plan_renewals(&mut self, desk: usize, sdr: usize, given: &ClaimAnswer) {
        for message in &given.messages {
            if self.rng.percent(40) {
                let at = self.t + self.rng.between(0, 3 * u64::from(message.lease_ms));
                let ask = RenewRequest {
                    sdr_id: SDRS[sdr].into(),
                    desktop_id: DESKS[desk].into(),
                    message_id: message.message_id.clone(),
                    lease_token: message.lease_token.clone(),
                };
                self.plan(at, Event::Renews(self.place(desk, sdr), ask));
            }
        }
    }

    /// The session hears when to come again.
    pub fn note_pause(&mut self, desk: usize, sdr: usize, input: &Input) {
        let Some((kind, after)) = told_later(input) else {
            return;
        };
        let (told_at, slept) = (self.t, self.desks[desk].slept);
        self.seat(desk, sdr).pauses.push(Pause {
            kind,
            told_at,
            after,
            slept,
        });
    }

    /// A call is made: was it allowed already, and was it made when it should have been?
    fn keep_pause(&mut self, place: Place, request: &Request) {
        let t = self.t;
        let slept = self.desks[place.desk].slept;
        let kind = request.kind();
        let seat = self.seat(place.desk, place.sdr);
        let told = seat.pauses.extract_if(.., |pause| pause.kind == kind);
        let told: Vec<Pause> = told.collect();
        // A heartbeat is due whatever happens; of the others nobody knows whether there is a need.
        let only = told.len() == 1 && matches!(request, Request::Beat(_));
        for pause in told {
            let awake = (t - pause.told_at).saturating_sub(slept - pause.slept);
            let punctual = only && pause.after >= 30_000;
            self.judge.pause(&pause, t, punctual.then_some(awake));
        }
    }

    pub fn arrives(&mut self, place: Place, request: Request, back: Return) {
        if self.desks[place.desk].seats[place.sdr].signed_out {
            let input = failure(&request, signed_out());
            self.answer(place, back, input.clone(), input);
            return;
        }
        let t = self.t;
        let unread = failure(&request, garbage());
        let input = match request {
            Request::Claim(ask) => {
                self.claim(place, ask, back);
                return;
            }
            Request::Fetch(id, file) => {
                let known = self.office.file(&file, place.sdr);
                let changed = !self.healed && self.rng.percent(2);
                let fetched = match known {
                    Ok(()) if changed => Err(FetchFault::Unfit(another_file())),
                    Ok(()) => Ok(()),
                    Err(fault) => Err(FetchFault::Queue(fault)),
                };
                Some(Input::FileFetched(id, fetched))
            }
            Request::Begin(ask) => {
                let answer = self.office.begin(&ask, t);
                Some(Input::Begun(ask.message_id, answer))
            }
            Request::TakeOver(ask) => Some(Input::TakenOver(self.office.taken_over(ask, t))),
            Request::Renew(ask) => {
                let answer = self.office.renew(&ask, t);
                let key = &ask.message_id;
                self.say(|| format!("server: {key} is asked for longer: {answer:?}"));
                if answer.is_ok() {
                    self.judge_renewed(&ask);
                }
                None
            }
            Request::Release(ask) => {
                let _given_back = self.office.release(&ask, t);
                None
            }
            Request::Report(ask) => {
                let answer = self.office.report(&ask, t);
                let key = ask.message_id.clone();
                self.say(|| format!("server: {key} is told {:?}: {answer:?}", ask.state));
                Some(Input::Reported(ask.message_id, answer))
            }
            Request::Reply(ask) => {
                let answer = self.office.reply(&ask, t);
                Some(Input::Replied(ask.wa_message_id.0, answer))
            }
            Request::Beat(ask) => Some(Input::Beaten(self.office.beat(&ask, t))),
            Request::Qr => None,
        };
        self.answer(place, back, input, unread);
        self.ring(place.sdr);
    }

    /// `unread` is heard instead where the answer cannot be read.
    fn answer(&mut self, place: Place, back: Return, input: Option<Input>, unread: Option<Input>) {
        let (ms, heard) = match back {
            Return::Lost => return,
            Return::After(ms) => (ms, input),
            Return::Unreadable(ms) => (ms, unread),
        };
        if let Some(input) = heard {
            self.plan(self.t + ms, Event::Told(place, input));
        }
    }

    fn claimed(&mut self, place: Place, back: Return, answer: Result<ClaimAnswer, QueueFault>) {
        let unread = Input::Claimed(Err(garbage()));
        self.answer(place, back, Some(Input::Claimed(answer)), Some(unread));
    }

    /// Answered when there is something, or when the time is up.
    fn claim(&mut self, place: Place, ask: ClaimRequest, back: Return) {
        let t = self.t;
        let answer = self.office.claim(&ask, t);
        if !tells(&answer, &ask) && ask.wait_seconds > 0 {
            self.serial += 1;
            let serial = self.serial;
            self.plan(
                t + u64::from(ask.wait_seconds) * 1_000,
                Event::PollEnds(serial),
            );
            self.parked.push(Parked {
                serial,
                place,
                ask,
                since: t,
                back,
            });
            return;
        }
        // Now and then the queue mixes its SDRs up.
        let answer = answer.map(|mut answer| {
            if !self.healed && self.rng.percent(1) {
                let other = SDRS[(place.sdr + 1) % SDRS.len()];
                for message in &mut answer.messages {
                    message.sdr_id = other.into();
                }
            }
            answer
        });
        self.claimed(place, back, answer);
    }

    /// Something may have changed for an SDR: whoever waits looks again.
    pub fn ring(&mut self, sdr: usize) {
        let waiting: Vec<u64> = self
            .parked
            .iter()
            .filter(|it| it.place.sdr == sdr)
            .map(|it| it.serial)
            .collect();
        for serial in waiting {
            self.look_again(serial, false);
        }
    }

    pub fn poll_ends(&mut self, serial: u64) {
        self.look_again(serial, true);
    }

    fn look_again(&mut self, serial: u64, last: bool) {
        let Some(at) = self.parked.iter().position(|it| it.serial == serial) else {
            return;
        };
        let answer = self.office.claim(&self.parked[at].ask, self.t);
        if last || tells(&answer, &self.parked[at].ask) {
            let parked = self.parked.remove(at);
            let waited = u32::try_from(self.t - parked.since).unwrap();
            let answer = answer.map(|mut answer| {
                for message in &mut answer.messages {
                    message.lease_ms += waited;
                }
                answer
            });
            self.claimed(parked.place, parked.back, answer);
        }
    }

    /// A process has ended: the server mostly notices that nobody listens any more.
    pub fn hang_up(&mut self, desk: usize) {
        let rng = &mut self.rng;
        self.parked
            .retain(|it| it.place.desk != desk || rng.percent(30));
    }
}

/// What a caller hears when its call failed; nothing where it does not wait for an answer.
fn failure(request: &Request, fault: QueueFault) -> Option<Input> {
    match request {
        Request::Claim(_) => Some(Input::Claimed(Err(fault))),
        Request::Fetch(id, _) => {
            let fault = FetchFault::Queue(fault);
            Some(Input::FileFetched(id.clone(), Err(fault)))
        }
        Request::Begin(ask) => Some(Input::Begun(ask.message_id.clone(), Err(fault))),
        Request::Report(ask) => Some(Input::Reported(ask.message_id.clone(), Err(fault))),
        Request::Reply(ask) => Some(Input::Replied(ask.wa_message_id.0.clone(), Err(fault))),
        Request::Beat(_) => Some(Input::Beaten(Err(fault))),
        Request::TakeOver(_) => Some(Input::TakenOver(Err(fault))),
        Request::Renew(_) | Request::Release(_) | Request::Qr => None,
    }
}

/// Which calls are to wait, and how long.
fn told_later(input: &Input) -> Option<(&'static str, u64)> {
    if let Input::Claimed(Err(QueueFault::Later(after, _))) = input {
        return Some(("claim", *after));
    }
    if let Input::FileFetched(_, Err(FetchFault::Queue(QueueFault::Later(after, _)))) = input {
        return Some(("file", *after));
    }
    if let Input::Begun(_, Err(QueueFault::Later(after, _))) = input {
        return Some(("begin", *after));
    }
    if let Input::Reported(_, Err(QueueFault::Later(after, _))) = input {
        return Some(("report", *after));
    }
    if let Input::Replied(_, Err(QueueFault::Later(after, _))) = input {
        return Some(("reply", *after));
    }
    if let Input::Beaten(Err(QueueFault::Later(after, _))) = input {
        return Some(("heartbeat", *after));
    }
    if let Input::TakenOver(Err(QueueFault::Later(after, _))) = input {
        return Some(("take over", *after));
    }
    None
}

/// Whether a claim that could wait is answered with this at once.
fn tells(answer: &Result<ClaimAnswer, QueueFault>, ask: &ClaimRequest) -> bool {
    let Ok(answer) = answer else {
        return true;
    };
    let active = answer.active_desktop.as_ref();
    let elsewhere = active.is_some_and(|it| it.desktop_id != ask.desktop_id);
    let news = answer
        .opt_outs
        .as_ref()
        .is_some_and(|it| !it.numbers.is_empty());
    !answer.messages.is_empty() || elsewhere || news
}
