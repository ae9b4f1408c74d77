//! The production engine and this server's store in virtual time: desktops, pages, network and disks
//! that fail in every way the design names. One seed is one run, and replays.
//!
//! `HOTDESK_SEEDS` sets how many (200), `HOTDESK_FIRST` from which on, `HOTDESK_SEED` plays one alone and
//! prints what happened; `HOTDESK_DELIVERY` names a folder for the figures. See `scripts/torture`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "tests"
)]

mod figures;
mod judge;
mod network;
mod office;
mod page;
mod rng;
mod run;
mod seat;
mod strike;
mod traffic;
mod trap;
mod world;

use figures::Figures;
use std::sync::atomic::{AtomicU64, Ordering};

pub const SDRS: [&str; 3] = ["john", "jane", "bob"];
pub const OWN_PHONES: [&str; 3] = ["+5511960000001", "+5511960000002", "+5511960000003"];
/// So many leads; the one behind them is written to when everything has been put right.
pub const LEADS: usize = 5;
pub const PHONES: [&str; 6] = [
    "+5511970000001",
    "+5511970000002",
    "+5511970000003",
    "+5511970000004",
    "+5511970000005",
    "+5511970000006",
];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|it| it.parse().unwrap())
}

#[test]
fn no_seed_sends_twice_or_loses_a_message() {
    if let Some(seed) = number("HOTDESK_SEED") {
        let run = run::play(seed, true);
        println!("{}", run.trace.join("\n"));
        assert_eq!(run.broken, None, "seed {seed}");
        return;
    }
    let first = number("HOTDESK_FIRST").unwrap_or(0);
    let last = first + number("HOTDESK_SEEDS").unwrap_or(200);
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Figures::begin();
    std::thread::scope(|scope| {
        let work = || {
            let mut some = Figures::begin();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= last || some.failures.len() >= 5 {
                    return some;
                }
                some.add(seed, run::play(seed, false));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.join(worker.join().unwrap());
        }
    });
    let words = all.finish(first);
    println!("{words}");
    if let Some(folder) = std::env::var_os("HOTDESK_DELIVERY") {
        let file = std::path::Path::new(&folder).join("simulation.json");
        std::fs::write(file, format!("{words}\n")).unwrap();
    }
    assert!(
        all.failures.is_empty(),
        "replay with scripts/torture --seed N: {:#?}",
        all.failures
    );
}

#[test]
fn a_seed_replays_event_by_event() {
    for seed in [3, 14, 159] {
        let (first, second) = (run::play(seed, true), run::play(seed, true));
        assert!(first.trace.len() > 500, "something happens in a run");
        assert_eq!(
            first.trace, second.trace,
            "seed {seed} plays the same way twice"
        );
    }
}
