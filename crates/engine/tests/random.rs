//! Random interleavings of answers, time and blows. `PROPTEST_CASES` sets how many.

use crate::support::adversary::Blow;
use crate::support::world::World;
use hotdesk_engine::{Effect, Input};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Answer one of the pending effects.
    Answer(u16),
    /// Time goes on by so much, with nothing answered meanwhile.
    Wait(u16),
    Strike(Blow),
}

fn blow() -> impl Strategy<Value = Blow> {
    prop_oneof![
        3 => any::<u16>().prop_map(Blow::Kill),
        1 => Just(Blow::Reboot),
        1 => Just(Blow::Crash),
        2 => Just(Blow::SelfReload),
        1 => Just(Blow::Relink),
        2 => Just(Blow::LoseSubmit),
        1 => Just(Blow::LoseBegin),
        2 => Just(Blow::Expire),
        1 => Just(Blow::Cancel),
        1 => any::<bool>().prop_map(Blow::OptOut),
        1 => any::<bool>().prop_map(Blow::DiskFull),
        1 => any::<bool>().prop_map(Blow::ServerAway),
        1 => any::<bool>().prop_map(Blow::Offline),
        1 => Just(Blow::Hang),
        1 => Just(Blow::LoseFile),
        1 => any::<bool>().prop_map(Blow::NoFiles),
        2 => Just(Blow::Renew),
        1 => any::<bool>().prop_map(Blow::Paused),
        1 => any::<bool>().prop_map(Blow::Open),
        4 => any::<u16>().prop_map(Blow::NextSend),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => any::<u16>().prop_map(Act::Answer),
        6 => any::<u16>().prop_map(Act::Wait),
        2 => blow().prop_map(Act::Strike),
    ]
}

fn play(world: &mut World, act: Act) {
    match act {
        Act::Answer(n) if !world.pending.is_empty() => {
            world.answer(usize::from(n) % world.pending.len());
        }
        Act::Answer(n) | Act::Wait(n) => {
            world.now += [1, 20, 200, 1_000, 3_000, 30_000][usize::from(n) % 6];
            world.tell(Input::Tick);
            world.wake();
        }
        Act::Strike(blow) => world.strike(blow),
    }
}

/// A world with five messages in three chats, two of them with a file; each text is its message's
/// id.
pub fn busy() -> World {
    let mut world = World::connected();
    let leads = [
        "+5511970000001",
        "+5511970000002",
        "+5511970000001",
        "+5511970000003",
    ];
    for (n, lead) in leads.iter().chain(&["+5511970000002"]).enumerate() {
        world
            .server
            .enqueue(&format!("m{n}"), lead, &format!("m{n}"));
    }
    world.server.attach("m1");
    world.server.attach("m2");
    world
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_sends_twice_or_loses_a_message(
        acts in prop::collection::vec(act(), 0..400),
    ) {
        let mut world = busy();
        for act in acts {
            play(&mut world, act);
            prop_assert_eq!(world.check_safety(), Ok(()));
        }
        world.heal();
        prop_assert_eq!(world.check_safety(), Ok(()));
        prop_assert_eq!(world.check_ended(), Ok(()));
    }

    #[test]
    fn inputs_nobody_asked_for_change_nothing_and_never_panic(
        picks in prop::collection::vec(any::<u16>(), 0..200),
    ) {
        let mut world = busy();
        for pick in picks {
            world.now += u64::from(pick % 50);
            if pick % 14 == 6 {
                world.parked_claim = None;
                world.pending.retain(|effect| !matches!(effect, Effect::Claim(_)));
            }
            world.tell(stray(pick));
        }
        world.heal();
        prop_assert_eq!(world.check_safety(), Ok(()));
    }
}

fn stray(pick: u16) -> Input {
    use hotdesk_engine::PageFault;
    let gone = crate::support::world::unreachable;
    match pick % 14 {
        0 => Input::PageOpened(Ok(())),
        1 => Input::PageClosed,
        2 => Input::Probed(Err(PageFault::TimedOut)),
        3 => Input::Drained(Err(PageFault::BadAnswer)),
        4 => Input::Submitted(Ok(())),
        5 => Input::Submitted(Err(PageFault::TimedOut)),
        6 => Input::Claimed(Err(gone())),
        7 => Input::Begun("m1".into(), Err(gone())),
        8 => Input::Recorded(Ok(())),
        9 => Input::Reported("m1".into(), Ok(())),
        10 => Input::Replied("x".into(), Ok(())),
        12 => Input::FileFetched("m1".into(), Ok(())),
        13 => Input::FilePut("m1".into(), Ok(())),
        _ => Input::Tick,
    }
}
