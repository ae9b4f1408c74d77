//! What may happen next: a step of the protocol, or something the adversary has left in its budget.

use super::office::{Budget, OTHER_SPELLING, Office, Resends, name};
use crate::support::world::{World, unreachable};
use hotdesk_engine::{Effect, Input, Stage};
use hotdesk_protocol::ids::WaMessageId;
use hotdesk_protocol::session::MessageState;

/// The end of a lease that is over for the server only. Others may claim then, but a person is asked
/// only about a message whose lease is over by every clock.
const EARLY: u64 = 1;

/// One thing that happens to the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// This desktop's nth question is answered.
    Answer(usize, usize),
    /// Nothing is open: time goes on.
    Wait,
    /// kill -9, and a start.
    Kill(usize),
    /// The nth question is carried out, then kill -9.
    KillAfter(usize, usize),
    /// The nth question is carried out and its answer lost.
    Lose(usize, usize),
    /// WhatsApp reloads its page.
    Reload(usize),
    /// The phone unlinks this desktop and links it again.
    Wipe(usize),
    /// The server's clock runs ahead: every lease is over, and no desktop knows.
    Expire,
    /// Everything stands still for longer than a lease.
    Stall,
    /// What is begun and was not heard of goes to a person, who looks at the phone and says: it
    /// left; or: try again; or: cancel.
    PersonResends,
    PersonCancels,
    /// A copy is made of this desktop's disk.
    Backup(usize),
    /// kill -9, the disk is damaged, and a start restores the last copy.
    Damage(usize),
    /// The power fails: the page loses what it has not yet written, and the disk is damaged.
    PowerLoss(usize),
    /// A person deletes in the page what the desktop knows has left.
    Delete(usize),
    /// The lead opts out.
    OptOut,
}

impl Move {
    /// Whether this belongs to the protocol, not to the adversary.
    pub fn is_progress(self) -> bool {
        matches!(self, Self::Answer(..) | Self::Wait)
    }
}

fn take(budget: &mut Budget, of: impl FnOnce(&mut Budget) -> &mut u8) {
    *of(budget) -= 1;
    budget.all -= 1;
}

/// Everything that may happen now.
pub fn moves(office: &Office) -> Vec<Move> {
    let mut out = Vec::new();
    let budget = office.budget;
    for desk in 0..2 {
        let world = &office.desks[desk];
        for (at, effect) in world.pending.iter().enumerate() {
            out.push(Move::Answer(desk, at));
            if budget.all > 0 && budget.kills > 0 && !matches!(effect, Effect::Claim(_)) {
                out.push(Move::KillAfter(desk, at));
            }
            let call = matches!(effect, Effect::Begin(_) | Effect::Report(_));
            if budget.all > 0 && budget.losses > 0 && call {
                out.push(Move::Lose(desk, at));
            }
        }
    }
    if out.is_empty() && !office.is_over() {
        out.push(Move::Wait);
    }
    if budget.all == 0 {
        return out;
    }
    for desk in 0..2 {
        let world = &office.desks[desk];
        let has_part = !world.disk.outbox.is_empty()
            || world.session.in_flight() > 0
            || !world.pending.is_empty();
        if budget.kills > 0 && has_part {
            out.push(Move::Kill(desk));
        }
        if budget.reloads > 0 && world.page.open && has_part {
            out.push(Move::Reload(desk));
        }
        let profile = &world.page.profile;
        if budget.wipes > 0 && world.page.open && (has_part || !profile.messages.is_empty()) {
            out.push(Move::Wipe(desk));
        }
        if budget.damages > 0 && has_part {
            if budget.backups > 0 {
                out.push(Move::Backup(desk));
            }
            out.push(Move::Damage(desk));
            out.push(Move::PowerLoss(desk));
        }
        if budget.deletes > 0 && !known_sent(world).is_empty() {
            out.push(Move::Delete(desk));
        }
    }
    if budget.opt_outs > 0 {
        out.push(Move::OptOut);
    }
    let held = |m: &crate::support::server::Queued| {
        matches!(m.state, MessageState::Leased | MessageState::Begun)
    };
    let open = |m: &crate::support::server::Queued| held(m) && m.until > EARLY;
    if budget.expiries > 0 && office.server.messages.iter().any(open) {
        out.push(Move::Expire);
    }
    let calls = (0..2).any(|desk| office.in_call(desk));
    if budget.stalls > 0 && !calls && office.server.messages.iter().any(held) {
        out.push(Move::Stall);
    }
    let unheard = |m: &crate::support::server::Queued| {
        m.state == MessageState::Review
            || (m.state == MessageState::Begun && m.until <= office.now && m.until > EARLY)
    };
    if budget.people > 0 && !calls && office.server.messages.iter().any(unheard) {
        out.push(Move::PersonResends);
        out.push(Move::PersonCancels);
    }
    out
}

/// Let it happen.
pub fn play(office: &mut Office, it: Move) {
    match it {
        Move::Answer(desk, at) => answer(office, desk, at),
        Move::Wait => {
            let _more = office.wait();
        }
        Move::Kill(desk) => {
            take(&mut office.budget, |b| &mut b.kills);
            office.with(desk, |world| world.kill());
        }
        Move::KillAfter(desk, at) => {
            take(&mut office.budget, |b| &mut b.kills);
            answer(office, desk, at);
            office.with(desk, |world| world.kill());
        }
        Move::Lose(desk, at) => {
            take(&mut office.budget, |b| &mut b.losses);
            lose(office, desk, at);
        }
        Move::Reload(desk) => {
            take(&mut office.budget, |b| &mut b.reloads);
            let now = office.now;
            office.with(desk, |world| world.page.load(now));
        }
        Move::Wipe(desk) => {
            take(&mut office.budget, |b| &mut b.wipes);
            let now = office.now;
            office.with(desk, |world| world.page.relink(now));
        }
        Move::Expire => {
            take(&mut office.budget, |b| &mut b.expiries);
            for message in &mut office.server.messages {
                message.until = message.until.min(EARLY);
            }
        }
        Move::Stall => {
            take(&mut office.budget, |b| &mut b.stalls);
            office.now += 61_000;
            for message in &mut office.server.messages {
                message.until = message.until.max(EARLY + 1);
            }
        }
        Move::PersonResends => person(office, false),
        Move::PersonCancels => person(office, true),
        Move::Backup(desk) => {
            office.budget.backups -= 1;
            office.backups[desk] = office.desks[desk].disk.clone();
        }
        Move::Damage(desk) => damage(office, desk),
        Move::PowerLoss(desk) => {
            let world = &mut office.desks[desk];
            world.boot_id += 1;
            world.page.profile.messages.clear();
            world.page.profile.waiting.clear();
            damage(office, desk);
        }
        Move::OptOut => {
            take(&mut office.budget, |b| &mut b.opt_outs);
            office.server.opt_out(OTHER_SPELLING);
        }
        Move::Delete(desk) => {
            take(&mut office.budget, |b| &mut b.deletes);
            let world = &mut office.desks[desk];
            for id in known_sent(world) {
                world.page.profile.messages.remove(&id);
            }
        }
    }
    office.look();
    office.judge();
    office.tidy();
}

/// What the page still has and the disk knows to have left.
fn known_sent(world: &World) -> Vec<WaMessageId> {
    let rows = world
        .disk
        .outbox
        .values()
        .chain(world.disk.finished.values());
    let sent = rows.filter(|row| row.stage == Stage::Sent && world.page.open);
    let ids = sent.map(|row| row.wa_message_id.clone());
    ids.filter(|id| world.page.profile.messages.contains_key(id))
        .collect()
}

fn damage(office: &mut Office, desk: usize) {
    take(&mut office.budget, |b| &mut b.damages);
    let (boots, restored) = (!office.trusts_copies, !office.hides_restore);
    let copy = &office.backups[desk];
    let mut disk = if boots { copy.restore() } else { copy.clone() };
    disk.restored = restored;
    office.with(desk, |world| {
        world.disk = disk;
        world.kill();
    });
}

fn answer(office: &mut Office, desk: usize, at: usize) {
    let Some(effect) = office.desks[desk].pending.get(at) else {
        return;
    };
    if let Effect::Submit(_, hotdesk_protocol::bridge::BridgeCommand::SendText { message_id, .. }) =
        effect
        && office.server.messages.iter().any(|m| {
            m.id == *message_id
                && m.state == MessageState::Cancelled
                && office.left(m.id.as_str()) == 0
        })
    {
        office.broken = Some(format!("I7: {message_id} is handed over after a cancel"));
    }
    if office.server.no_late
        && let Effect::Report(ask) = effect
        && office
            .server
            .messages
            .iter()
            .any(|m| m.id == ask.message_id && m.until <= office.now)
    {
        let fault = unreachable();
        office.with(desk, |world| world.result_fault = Some(fault));
    }
    office.with(desk, |world| {
        // Time has gone on since the question: the session learns of it with the answer.
        world.answer(at);
        world.result_fault = None;
    });
}

fn lose(office: &mut Office, desk: usize, at: usize) {
    office.with(desk, |world| {
        let effect = world.pending.remove(at);
        assert!(name(&effect) == "begin" || name(&effect) == "report");
        let now = world.now;
        match effect {
            Effect::Begin(ask) => {
                let _done = world.server.begin(&ask, now);
                world.tell(Input::Begun(ask.message_id, Err(unreachable())));
            }
            Effect::Report(ask) => {
                world.server.result(&ask);
                world.tell(Input::Reported(ask.message_id, Err(unreachable())));
            }
            _ => {}
        }
    });
}

/// The person has looked at the phone: what is there has left.
fn person(office: &mut Office, cancels: bool) {
    take(&mut office.budget, |b| &mut b.people);
    let now = office.now;
    let seen: Vec<bool> = office
        .server
        .messages
        .iter()
        .map(|m| office.left(m.id.as_str()) > 0)
        .collect();
    let resends = office.resends;
    for (message, seen) in office.server.messages.iter_mut().zip(seen) {
        let waits = message.state == MessageState::Review
            || (message.state == MessageState::Begun
                && message.until <= now
                && message.until > EARLY);
        if !waits {
            continue;
        }
        message.problem = None;
        message.state = match (seen, cancels) {
            (true, _) => MessageState::Sent,
            (false, true) => MessageState::Cancelled,
            (false, false) => match resends {
                Resends::UnderTheSameId => {
                    message.until = now;
                    MessageState::Begun
                }
                Resends::AsNew | Resends::AsNewFromAny => {
                    let held = message.holder.take();
                    message.pinned = held.filter(|_| resends == Resends::AsNew);
                    message.epoch = None;
                    message.generation += 1;
                    MessageState::Queued
                }
            },
        };
    }
}
