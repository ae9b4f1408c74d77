//! One seed: a start, a storm, everything put right, and the verdict.

use super::strike::Blow;
use super::trap::Trap;
use super::world::{Event, World};
use super::{LEADS, SDRS};
use std::collections::BTreeMap;

const MINUTE: u64 = 60_000;
/// After so many nights everything has ended, or is stuck.
const NIGHTS: u32 = 12;

/// What one seed came to.
#[derive(Default)]
pub struct Run {
    pub broken: Option<String>,
    pub trace: Vec<String>,
    pub events: u64,
    pub calls: u64,
    pub virtual_ms: u64,
    pub messages: u64,
    pub left: u64,
    pub sends: u64,
    pub faults: BTreeMap<String, u64>,
    pub struck: BTreeMap<&'static str, u64>,
    pub decisions: u64,
    pub renewed: u64,
    pub pauses: u64,
    pub earliest: Option<u64>,
    pub latest: Option<u64>,
}

pub fn play(seed: u64, traced: bool) -> Run {
    let mut world = World::new(seed, traced);
    storm(&mut world);
    if world.judge.broken.is_none() {
        calm(&mut world);
    }
    world.judge_server();
    let judge = &mut world.judge;
    Run {
        broken: judge.broken.take(),
        trace: world.trace.take().unwrap_or_default(),
        events: world.events,
        calls: world.office.calls,
        virtual_ms: world.t,
        messages: count(world.office.queued.len()),
        left: count(judge.left.len()),
        sends: judge.sends,
        faults: std::mem::take(&mut world.faults),
        struck: std::mem::take(&mut world.struck),
        decisions: world.decisions,
        renewed: world.renewed,
        pauses: judge.pauses,
        earliest: judge.earliest,
        latest: judge.latest,
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap()
}

/// Messages come, and everything goes wrong.
fn storm(world: &mut World) {
    let start = if world.rng.percent(50) { 8_000 } else { 100 };
    world.run_until(start);
    let length = world.rng.between(30_000, 6 * MINUTE);
    for _ in 0..world.rng.between(3, 12) {
        let (sdr, phone) = (world.rng.below(SDRS.len()), world.rng.below(LEADS));
        let at = start + world.rng.between(0, length / 2);
        let files = [world.rng.percent(20), world.rng.percent(20)];
        world.office.enqueue(sdr, phone, files[0], start);
        world.plan(at, Event::Strike(Blow::Enqueue(sdr, phone, files[1])));
    }
    for _ in 0..world.rng.between(2, 24) {
        if world.rng.percent(25) {
            Trap::set(world);
        } else {
            let blow = world.some_blow();
            let at = start + world.rng.between(0, length);
            world.plan(at, Event::Strike(blow));
        }
    }
    world.run_until(start + length);
}

/// Everything is put right; a last message for each SDR must still get through.
fn calm(world: &mut World) {
    world.put_right();
    for sdr in 0..SDRS.len() {
        world.office.enqueue(sdr, LEADS, sdr == 0, world.t);
    }
    for _ in 0..NIGHTS {
        for minutes in [1, 4] {
            world.wake_together();
            world.look_after_everything();
            for _ in 0..minutes * 4 {
                world.run_until(world.t + MINUTE / 4);
                if world.judge.broken.is_some() || world.unfinished().is_none() {
                    return;
                }
            }
            world.decide();
        }
        world.night();
    }
    if let Some(why) = world.unfinished() {
        world.judge.breaks(|| why);
    }
}
