//! Exhaustive search of the production engine: two desktops, one server, an adversary with a
//! budget. `HOTDESK_SEARCH=long` searches the larger budgets too. The counts go to
//! `target/delivery/search.json`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the harness reads its amount, times itself and writes its table; the engine does not"
)]

mod explore;
mod moves;
mod office;

use explore::{Found, explore};
use office::{Budget, Office, Resends};
use std::fmt::Write as _;

const NONE: Budget = Budget {
    all: 0,
    kills: 0,
    reloads: 0,
    expiries: 0,
    losses: 0,
    wipes: 0,
    stalls: 0,
    people: 0,
    backups: 0,
    damages: 0,
    deletes: 0,
    opt_outs: 0,
};

fn budget(all: u8) -> Budget {
    Budget {
        all,
        kills: 2,
        reloads: 2,
        expiries: 2,
        losses: 2,
        wipes: 1,
        stalls: 1,
        people: 1,
        ..NONE
    }
}

/// A blow less, and a disk that is damaged at any time and restored from any earlier copy.
fn damage(all: u8) -> Budget {
    Budget {
        backups: 1,
        damages: 1,
        deletes: 1,
        ..budget(all)
    }
}

/// The lead opts out at any time, and as many blows less.
fn opting_out(all: u8) -> Budget {
    Budget {
        opt_outs: 1,
        ..budget(all)
    }
}

fn office(budget: Budget, change: impl FnOnce(&mut Office), ids: &[&str]) -> Office {
    let mut office = Office::new(budget);
    change(&mut office);
    office.enqueue(ids);
    office
}

struct Row {
    name: &'static str,
    found: Found,
    expected: &'static str,
    ms: u128,
}

fn search(
    name: &'static str,
    expected: &'static str,
    budget: Budget,
    ids: &[&str],
    limit: usize,
    change: impl FnOnce(&mut Office),
) -> Row {
    let since = std::time::Instant::now();
    let found = explore(office(budget, change, ids), limit);
    let ms = since.elapsed().as_millis();
    let violation = found.violation.as_ref();
    eprintln!(
        "{name:50} {:9} states {:9} moves {:6} ends {ms:6} ms  {}",
        found.states,
        found.moves,
        found.ends,
        violation.map_or("none".to_owned(), |(what, way)| format!("{what} {way:?}"))
    );
    Row {
        name,
        found,
        expected,
        ms,
    }
}

fn write_table(rows: &[Row]) {
    let mut json = String::from("[\n");
    for (at, row) in rows.iter().enumerate() {
        let violation = row.found.violation.as_ref().map(|(what, _)| &what[..2]);
        let violation = violation.map_or("null".to_owned(), |what| format!("\"{what}\""));
        let comma = if at + 1 < rows.len() { "," } else { "" };
        let (name, found, ms) = (row.name, &row.found, row.ms);
        writeln!(
            json,
            "  {{\"variant\": \"{name}\", \"states\": {}, \"moves\": {}, \"ends\": {}, \
             \"complete\": {}, \"violation\": {violation}, \"ms\": {ms}}}{comma}",
            found.states, found.moves, found.ends, !found.cut
        )
        .unwrap();
    }
    json.push_str("]\n");
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/delivery");
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(format!("{dir}/search.json"), json).unwrap();
}

fn good(long: bool) -> Vec<Row> {
    let all = if long { 5 } else { 4 };
    vec![
        search("one message, no blow", "", NONE, &["m0"], 9_999_999, |_| {}),
        search("one message", "", budget(all), &["m0"], 99_999_999, |_| {}),
        search(
            "two messages of one chat",
            "",
            budget(all - 1),
            &["m0", "m1"],
            99_999_999,
            |_| {},
        ),
        search(
            "one message, sent as new",
            "",
            budget(all - 1),
            &["m0"],
            99_999_999,
            |o| o.resends = Resends::AsNew,
        ),
        search(
            "one message, its lead opts out",
            "",
            opting_out(all - 1),
            &["m0"],
            99_999_999,
            |_| {},
        ),
        search(
            "one message, an old copy restored",
            "",
            damage(all - 1),
            &["m0"],
            99_999_999,
            |_| {},
        ),
    ]
}

fn bad() -> Vec<Row> {
    let of = |name, expected, all, change: fn(&mut Office)| {
        search(name, expected, budget(all), &["m0"], 2_000_000, change)
    };
    let old =
        |name, change: fn(&mut Office)| search(name, "I1", damage(3), &["m0"], 2_000_000, change);
    let unwanted = |name, change: fn(&mut Office)| {
        search(name, "I7", opting_out(2), &["m0"], 2_000_000, change)
    };
    vec![
        of("begin fences nobody off", "I1", 2, |o| {
            o.server.no_fence = true
        }),
        of("the page chooses the ids", "I1", 2, |o| {
            o.desks.iter_mut().for_each(|w| w.page.fresh_ids = true);
        }),
        of("no epochs at the server (control)", "", 2, |o| {
            o.server.no_epochs = true
        }),
        of("no intent on disk, no epochs at the server", "I1", 2, |o| {
            o.server.no_epochs = true;
            o.desks.iter_mut().for_each(|w| w.disk.drops_intents = true);
        }),
        of("a new link looks like the old one", "I1", 2, |o| {
            o.desks.iter_mut().for_each(|w| w.page.hides_relink = true);
        }),
        of(
            "the lease is not looked at before the submit",
            "I7",
            2,
            |o| o.server.endless = true,
        ),
        of("any desktop takes a person's resend", "I1", 3, |o| {
            o.resends = Resends::AsNewFromAny
        }),
        of("late results are refused", "I2", 2, |o| {
            o.server.no_late = true
        }),
        old("a restored disk passes for the newest", |o| {
            o.hides_restore = true
        }),
        old("rows of a copy pass for what is known now", |o| {
            o.trusts_copies = true
        }),
        unwanted("blocked numbers are not looked at before the submit", |o| {
            o.desks.iter_mut().for_each(|w| w.deaf = true);
        }),
        unwanted("a restart remembers the cursor and not the numbers", |o| {
            let disks = o.desks.iter_mut().map(|w| &mut w.disk);
            disks.for_each(|disk| disk.drops_blocked = true);
        }),
    ]
}

#[test]
fn no_order_of_events_sends_twice_or_loses_a_message_and_every_known_fault_is_found() {
    let long = std::env::var("HOTDESK_SEARCH").is_ok_and(|amount| amount == "long");
    let mut rows = good(long);
    rows.extend(bad());
    write_table(&rows);
    let mut states = 0;
    for row in &rows {
        let found = row
            .found
            .violation
            .as_ref()
            .map_or("", |(what, _)| &what[..2]);
        assert_eq!(found, row.expected, "{}", row.name);
        if row.expected.is_empty() {
            assert!(!row.found.cut, "{} was searched to the end", row.name);
            states += row.found.states;
        }
    }
    assert!(states >= 500_000, "only {states} states");
}
