use crate::support::world::{World, at};
use hotdesk_engine::OutboxRow;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::session::MessageState;

const DAY_MS: i64 = 24 * 3_600_000;

/// A finished row as the session itself leaves one.
fn sample() -> OutboxRow {
    let mut world = World::connected();
    world.server.enqueue("sample", "+5511970000001", "hello");
    world.run(3_000);
    let row = world.disk.finished.values().next();
    row.expect("it is read and told").clone()
}

/// A desktop with so many finished messages, one per hour, the newest nearly an hour old.
fn aged(count: u32) -> World {
    let sample = sample();
    let mut world = World::connected();
    for n in 0..count {
        let mut row = sample.clone();
        row.message_id = format!("old-{n:05}").into();
        let ago = i64::from(count - n) * 3_600_000 - 60_000;
        for (_, reached) in &mut row.at {
            *reached = UtcMs(at(world.now).utc.0 - ago);
        }
        world.disk.finished.insert(row.message_id.clone(), row);
    }
    world.kill();
    world
}

#[test]
fn what_is_older_than_ninety_days_is_forgotten_in_memory_and_on_disk() {
    let mut world = aged(5_000);
    world.run(10_000);
    assert_eq!(
        world.disk.finished.len(),
        90 * 24,
        "5,000 hours are 208 days"
    );
    let first = world.disk.finished.keys().next().unwrap();
    assert_eq!(first.as_str(), "old-02840", "the oldest went");
}

#[test]
fn the_newest_thousand_outlive_a_clock_that_jumps_by_years() {
    let mut world = aged(5_000);
    for row in world.disk.finished.values_mut() {
        for (_, reached) in &mut row.at {
            *reached = UtcMs(reached.0 - 4 * 365 * DAY_MS);
        }
    }
    world.kill();
    world.run(10_000);
    assert_eq!(world.disk.finished.len(), 1_000, "no clock forgets those");
}

#[test]
fn a_message_of_eighty_nine_days_ago_is_not_sent_again() {
    let mut world = aged(5_000);
    world.run(10_000);
    let id = format!("old-{:05}", 5_000 - 89 * 24);
    // The server was set back to an old state.
    world.server.enqueue(&id, "+5511970000001", "hello");
    world.run(5_000);
    assert_eq!(world.page.sends(), 0, "seen before");
    assert_eq!(
        world.server.state(&id),
        MessageState::Read,
        "and told again"
    );
}

#[test]
fn a_session_that_runs_for_days_forgets_as_it_goes() {
    let mut world = aged(90 * 24);
    world.run(10_000);
    assert_eq!(world.disk.finished.len(), 90 * 24, "none is older yet");
    world.now += 24 * 3_600_000;
    world.run(10_000);
    let left = world.disk.finished.len();
    assert_eq!(left, 89 * 24, "a day later a day less");
}
