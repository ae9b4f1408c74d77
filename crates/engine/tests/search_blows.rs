//! Exhaustive within its bounds: every blow after every step of a message's way, and every pair of
//! the blows that the reference model found dangerous.

use crate::support::adversary::Blow;
use crate::support::world::World;

const ALL: [Blow; 23] = [
    Blow::Kill(0),
    Blow::Kill(1),
    Blow::Kill(2),
    Blow::Kill(u16::MAX),
    Blow::Reboot,
    Blow::Crash,
    Blow::SelfReload,
    Blow::Relink,
    Blow::LoseSubmit,
    Blow::LoseBegin,
    Blow::Expire,
    Blow::Cancel,
    Blow::OptOut(false),
    Blow::OptOut(true),
    Blow::Hang,
    Blow::Renew,
    Blow::NextSend(0),
    Blow::NextSend(1),
    Blow::NextSend(2),
    Blow::NextSend(5),
    Blow::NextSend(6),
    Blow::LoseFile,
    Blow::NoFiles(true),
];

const WORST: [Blow; 7] = [
    Blow::Kill(0),
    Blow::Kill(1),
    Blow::SelfReload,
    Blow::Relink,
    Blow::LoseSubmit,
    Blow::Expire,
    Blow::Renew,
];

/// Two messages of one chat, the second with a file, and one of another.
fn small() -> World {
    let mut world = World::connected();
    world.server.enqueue("m0", "+5511970000001", "m0");
    world.server.enqueue("m1", "+5511970000001", "m1");
    world.server.enqueue("m2", "+5511970000002", "m2");
    world.server.attach("m1");
    world
}

fn judge(mut world: World, way: &[(usize, Blow)]) {
    world.heal();
    assert_eq!(world.check_safety(), Ok(()), "after {way:?}");
    assert_eq!(world.check_ended(), Ok(()), "after {way:?}");
}

/// How many steps it takes until everything is told.
fn steps_of_a_run() -> usize {
    let mut world = small();
    let mut steps = 0;
    while world.server.results.len() < 9 && steps < 400 {
        world.step();
        steps += 1;
    }
    steps
}

#[test]
fn every_single_blow_after_every_step_is_survived() {
    let mut world = small();
    for step in 0..steps_of_a_run() {
        for blow in ALL {
            let mut struck = world.clone();
            struck.strike(blow);
            judge(struck, &[(step, blow)]);
        }
        world.step();
    }
}

#[test]
fn every_pair_of_the_worst_blows_is_survived() {
    let mut world = small();
    for first_step in 0..24 {
        for first in WORST {
            let mut once = world.clone();
            once.strike(first);
            for gap in 0..12 {
                for second in WORST {
                    let mut twice = once.clone();
                    twice.strike(second);
                    judge(twice, &[(first_step, first), (gap, second)]);
                }
                once.step();
            }
        }
        world.step();
    }
}
