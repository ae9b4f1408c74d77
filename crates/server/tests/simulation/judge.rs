//! The invariants, judged from what only ever grows: what really left, what the server granted, and
//! the server's log of events.

use super::network::Pause;
use super::page::Left;
use super::world::{Place, World};
use super::{LEADS, OWN_PHONES, PHONES, SDRS};
use hotdesk_engine::Stage;
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::RenewRequest;
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode};
use hotdesk_server::store::rules::rank;
use hotdesk_server::store::{Cause, MessageView};

#[derive(Default)]
pub struct Judge {
    pub broken: Option<String>,
    /// Which message, as numbered when it was queued; through which desk.
    pub left: Vec<(usize, usize, Left)>,
    /// How often a call was made again after a `Retry-After`.
    pub pauses: u64,
    /// The earliest and the latest of them, in thousandths of what was asked for.
    pub earliest: Option<u64>,
    pub latest: Option<u64>,
    pub sends: u64,
}

impl Judge {
    pub fn breaks(&mut self, why: impl FnOnce() -> String) {
        if self.broken.is_none() {
            self.broken = Some(why());
        }
    }

    pub fn holds(&mut self, holds: bool, why: impl FnOnce() -> String) {
        if !holds {
            self.breaks(why);
        }
    }

    /// A call is made again. `awake_ms` says how long after, where nothing but the server's word
    /// decides when.
    pub fn pause(&mut self, pause: &Pause, t: u64, awake_ms: Option<u64>) {
        if pause.after == 0 {
            return;
        }
        let gap = t - pause.told_at;
        self.pauses += 1;
        let early = gap * 1_000 / pause.after;
        self.earliest = Some(self.earliest.map_or(early, |it| it.min(early)));
        self.holds(gap >= pause.after, || {
            let Pause { kind, after, .. } = pause;
            format!("Retry-After: {kind} came after {gap} ms, {after} ms were asked for")
        });
        if let Some(awake) = awake_ms {
            let late = awake * 1_000 / pause.after;
            self.latest = Some(self.latest.map_or(late, |it| it.max(late)));
            self.holds(late <= 1_100, || {
                let Pause { kind, after, .. } = pause;
                format!("Retry-After: {kind} came only after {awake} ms, {after} ms were asked for")
            });
        }
    }
}

impl World {
    /// A message is about to be handed to a page: its intent is on disk, and the server's word for
    /// it is still good.
    pub fn judge_command(&mut self, place: Place, command: &BridgeCommand) {
        let (message_id, wa_message_id, phone, text, file) = match command {
            BridgeCommand::SendText {
                message_id,
                wa_message_id,
                phone,
                text,
            } => (message_id, wa_message_id, phone, text, None),
            BridgeCommand::SendFile {
                message_id,
                wa_message_id,
                phone,
                caption,
                sha256,
                ..
            } => (message_id, wa_message_id, phone, caption, Some(sha256)),
            BridgeCommand::FilePart { .. }
            | BridgeCommand::LookUp { .. }
            | BridgeCommand::Mark { .. }
            | BridgeCommand::Compose { .. }
            | BridgeCommand::UseHere
            | BridgeCommand::RefreshQr
            | BridgeCommand::LinkByCode { .. }
            | BridgeCommand::LogOut => return,
        };
        let t = self.t;
        let desk = &self.desks[place.desk];
        let seat = &desk.seats[place.sdr];
        let wanted = !seat.disk.blocked.contains(phone);
        let row = seat.disk.outbox.get(message_id);
        let written = row.is_some_and(|row| {
            row.stage == Stage::Intent
                && row.wa_message_id == *wa_message_id
                && row.phone == *phone
                && row.text == *text
                && row.file.as_ref().map(|file| &file.sha256) == file
        });
        let mine = |grant: &&super::office::Grant| {
            grant.message == *message_id && grant.desktop.as_str() == desk.name
        };
        let granted = self.office.grants.iter().rev().find(mine);
        let good = granted.is_some_and(|grant| t < grant.until);
        let gap = u64::from(seat.session.status().policy.gap_ms);
        let paced = seat.last_send.is_none_or(|at| t - at >= gap);
        self.judge.sends += 1;
        let id = message_id.clone();
        self.judge.holds(written, || {
            format!("{id} is handed over before its intent is on disk")
        });
        self.judge.holds(good, || {
            format!("{id} is handed over without the server's word, or after its lease")
        });
        self.judge
            .holds(paced, || format!("{id} is handed over before its time"));
        self.judge.holds(wanted, || {
            format!("I7: {id} is handed over, and its desktop knew that its lead had opted out")
        });
        let seat = self.seat(place.desk, place.sdr);
        seat.last_send = Some(t);
        seat.believed.insert(id);
    }

    /// A paused session begins nothing that is new to it.
    pub fn judge_begin(&mut self, place: Place, id: &MessageId) {
        let seat = self.seat(place.desk, place.sdr);
        let known = seat.asked_to_begin.contains(id) || seat.disk.outbox.contains_key(id);
        let (paused, low_space) = (seat.session.paused(), seat.low_space);
        seat.asked_to_begin.insert(id.clone());
        self.judge.holds(known || !paused, || {
            format!("{id} is begun although the session is paused")
        });
        self.judge.holds(!low_space, || {
            format!("{id} is begun although the disk is nearly full")
        });
    }

    /// A lease was made longer: it is the message's last one, and its desktop has the message.
    pub fn judge_renewed(&mut self, ask: &RenewRequest) {
        let id = &ask.message_id;
        let views = self.office.messages();
        let holds = views.iter().any(|view| {
            let held = matches!(view.state, MessageState::Leased | MessageState::Begun);
            view.message_id == *id && held && view.desktop_id.as_ref() == Some(&ask.desktop_id)
        });
        let last = self.office.is_last_lease(ask);
        self.renewed += 1;
        self.judge.holds(holds && last, || {
            format!("{id} is renewed for a desktop that does not hold it")
        });
    }

    /// Take what left a page into the history.
    pub fn take_left(&mut self, desk: usize, sdr: usize) {
        for left in std::mem::take(&mut self.seat(desk, sdr).page.left) {
            self.say(|| format!("{} LEFT through desk {desk}", left.text));
            self.judge_left(desk, sdr, left);
        }
    }

    fn judge_left(&mut self, desk: usize, sdr: usize, left: Left) {
        let of = self
            .office
            .queued
            .iter()
            .position(|it| it.id.0 == left.text);
        let Some(nth) = of else {
            self.judge
                .breaks(|| format!("{} left and was never queued", left.text));
            return;
        };
        let (office, judge) = (&self.office, &mut self.judge);
        let queued = &office.queued[nth];
        let id = &queued.id;
        let copies = judge.left.iter().filter(|(of, ..)| *of == nth).count();
        judge.holds(copies == 0, || format!("I1: {id} left twice"));
        let overtaken = judge.left.iter().any(|(of, ..)| {
            let other = &office.queued[*of];
            *of > nth && other.sdr == queued.sdr && other.phone == queued.phone
        });
        judge.holds(!overtaken, || format!("I4: {id} was overtaken in its chat"));
        let own = queued.sdr == sdr && left.account == OWN_PHONES[sdr];
        judge.holds(own && left.phone == PHONES[queued.phone], || {
            format!("I5: {id} left through another's session, or to another")
        });
        judge.holds(left.file == queued.file, || {
            format!("{id} left with {:?} for its file", left.file)
        });
        judge.holds(!office.cancelled.contains(id), || {
            format!("I7: {id} left after its cancel was confirmed")
        });
        let begun = office
            .grants
            .iter()
            .rev()
            .find(|grant| grant.message == *id);
        let stopped = office
            .opted_out
            .iter()
            .any(|(phone, at)| *phone == queued.phone && begun.is_some_and(|grant| grant.at > *at));
        judge.holds(!stopped, || {
            format!("I7: {id} was begun after its lead had opted out, and left")
        });
        judge.left.push((nth, desk, left));
    }

    /// The server's states and its log against what really left.
    pub fn judge_server(&mut self) {
        let views = self.office.messages();
        for (nth, view) in views.iter().enumerate() {
            let gone = self.judge.left.iter().any(|(of, ..)| *of == nth);
            let (id, told) = (
                &view.message_id,
                rank(view.state) >= rank(MessageState::Sent),
            );
            self.judge.holds(!told || gone, || {
                format!("I3: {id} is {:?} and never left", view.state)
            });
            self.judge
                .holds(log_rises(view), || format!("I6: the rank of {id} fell"));
            let withdrawn = self.office.cancelled.contains(id);
            self.judge.holds(!(withdrawn && gone), || {
                format!("I7: {id} was withdrawn and left")
            });
        }
    }

    /// What has not ended, or does not work, although everything was put right.
    pub fn unfinished(&mut self) -> Option<String> {
        for desk in &self.desks {
            for (sdr, seat) in desk.seats.iter().enumerate() {
                let status = seat.session.status();
                let elsewhere = |it: &Problem| it.code == ProblemCode::OtherDesktop;
                let well = status.state == SessionState::Connected
                    && status.problem.as_ref().is_none_or(elsewhere)
                    && status.in_flight == 0;
                if !well {
                    let (name, sdr) = (desk.name, SDRS[sdr]);
                    return Some(format!("{sdr} on {name} does not come back: {status:?}"));
                }
            }
        }
        let views = self.office.messages();
        let open = views.iter().find(|view| match view.state {
            // The manager decides about those in review in the end.
            MessageState::Queued
            | MessageState::Leased
            | MessageState::Begun
            | MessageState::Review => true,
            MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Cancelled => false,
        });
        if let Some(view) = open {
            return Some(format!("I2: {} is still {:?}", view.message_id, view.state));
        }
        let stuck = views
            .iter()
            .zip(&self.office.queued)
            .find(|(view, queued)| {
                queued.phone == LEADS && rank(view.state) < rank(MessageState::Sent)
            });
        if let Some((view, _)) = stuck {
            let MessageView {
                message_id: id,
                state,
                ..
            } = view;
            return Some(format!("{id}, queued when everything worked, is {state:?}"));
        }
        let told = |id| {
            let of = |view: &MessageView| view.replies.iter().any(|it| it.wa_message_id == id);
            views.iter().any(of)
        };
        let seats = self.desks.iter().flat_map(|desk| &desk.seats);
        let mut kept = seats.flat_map(|seat| &seat.disk.replies_ever);
        let lost = kept.find(|id| !told((*id).clone()));
        lost.map(|id| format!("the reply {id} was kept and never told"))
    }
}

/// The log leads without a gap to where the message stands, and its rank falls only where a lease
/// ends unused or a person decides.
fn log_rises(view: &MessageView) -> bool {
    let mut at = None;
    for event in &view.events {
        let fell = at.is_some_and(|at| rank(event.to) < rank(at));
        let unused = matches!(
            event.cause,
            Cause::Released | Cause::LeaseExpired | Cause::TakenOver
        );
        let decided = matches!(event.cause, Cause::DecidedResend | Cause::DecidedCancel);
        if event.from != at || (fell && !unused && !decided) {
            return false;
        }
        at = Some(event.to);
    }
    at == Some(view.state)
}
