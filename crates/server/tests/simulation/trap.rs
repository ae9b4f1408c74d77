//! Blows that wait for the step behind which they fall.

use super::strike::{Blow, MINUTE};
use super::world::{Place, World};
use hotdesk_engine::Effect;
use hotdesk_protocol::bridge::BridgeCommand;

/// Where a blow falls: right behind an effect of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Trap {
    kind: usize,
    skip: u32,
    blow: fn(usize, usize) -> Blow,
}

const TRAPPED: [fn(usize, usize) -> Blow; 8] = [
    |desk, _| Blow::Kill(desk),
    |desk, _| Blow::Kill(desk),
    |desk, _| Blow::Reboot(desk),
    |desk, _| Blow::Sleep(desk, 12 * 60 * MINUTE),
    Blow::Crash,
    Blow::SelfReload,
    Blow::SelfReload,
    Blow::Navigate,
];

impl Trap {
    pub fn set(world: &mut World) {
        let trap = Self {
            kind: world.rng.below(10),
            skip: u32::try_from(world.rng.below(6)).unwrap(),
            blow: TRAPPED[world.rng.below(TRAPPED.len())],
        };
        world.traps.push(trap);
    }
}

fn kind(effect: &Effect) -> usize {
    match effect {
        Effect::Claim(_) => 0,
        Effect::Begin(_) => 1,
        Effect::Record(_) => 2,
        Effect::Submit(_, BridgeCommand::SendText { .. } | BridgeCommand::SendFile { .. }) => 3,
        Effect::Submit(_, BridgeCommand::LookUp { .. }) => 4,
        Effect::Report(_) => 5,
        Effect::Reply(_) => 6,
        Effect::OpenPage | Effect::ReloadPage => 7,
        Effect::FetchFile(..) => 8,
        Effect::PutFile(..) => 9,
        Effect::ClosePage
        | Effect::Adopt
        | Effect::Probe
        | Effect::Drain(_)
        | Effect::Submit(..)
        | Effect::Release(..)
        | Effect::Heartbeat(_)
        | Effect::TakeOver(_)
        | Effect::Qr(_) => usize::MAX,
    }
}

impl World {
    /// The blow that falls right behind this effect, if one does.
    pub fn sprung(&mut self, place: Place, effect: &Effect) -> Option<Blow> {
        let kind = kind(effect);
        let at = self.traps.iter().position(|trap| trap.kind == kind)?;
        let trap = &mut self.traps[at];
        if trap.skip > 0 {
            trap.skip -= 1;
            return None;
        }
        let trap = self.traps.swap_remove(at);
        Some((trap.blow)(place.desk, place.sdr))
    }
}
