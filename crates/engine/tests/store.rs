use crate::support::world::World;
use hotdesk_engine::Input;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::session::{MessageState, SessionState};

#[test]
fn a_disk_that_cannot_be_written_stops_the_sdr_and_sends_nothing() {
    let mut world = World::connected();
    world.disk.full = true;
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(90_000);
    assert_eq!(world.page.sends(), 0, "no record, no send");
    assert_eq!(world.session.state(), SessionState::Stopped, "stopped");
    let code = world.session.problem().map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::StoreFailed), "with a reason");
    world.disk.full = false;
    world.run(180_000);
    assert_eq!(world.page.history.len(), 1, "it goes on when the disk does");
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "nothing was lost"
    );
}

#[test]
fn the_text_is_dropped_once_whatsapp_has_it() {
    let mut world = World::connected();
    world.page.ack_ms = 400;
    world.server.enqueue("m1", "+5511970000001", "secret words");
    world.run_until(3_000, |world| {
        world.server.state("m1") == MessageState::Sent
    });
    let row = world
        .disk
        .outbox
        .values()
        .next()
        .expect("kept until it is read");
    assert!(
        row.text.is_empty(),
        "what has left is no longer needed here"
    );
    assert_eq!(row.body_hash.len(), 64, "its hash is kept");
}

#[test]
fn at_most_five_hundred_sent_rows_are_kept_for_later_ticks() {
    let mut world = World::connected();
    world.page.ack_ms = 0;
    for n in 0..520 {
        world
            .server
            .enqueue(&format!("m{n}"), &format!("+5511970{n:06}"), "hello");
        world.page.trick = None;
    }
    world.page.only_server_acks = true;
    world.run_until(120_000, |world| {
        world.server.results.len() >= 520 && world.disk.outbox.len() <= 500
    });
    world.run(5_000);
    assert_eq!(world.disk.outbox.len(), 500, "the newest are watched");
    assert_eq!(world.disk.finished.len(), 20, "the oldest are closed");
}

#[test]
fn a_failed_write_that_is_no_longer_needed_stops_nobody() {
    let mut world = World::connected();
    world.page.only_server_acks = true;
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(5_000);
    world.disk.full = true;
    world
        .page
        .receive("IN1", "c@c.us", Some("+5511970000001"), "yes");
    world.run(5_000);
    assert_eq!(world.replies.len(), 1, "the server has the answer itself");
    world.disk.full = false;
    world.run(120_000);
    let state = world.session.state();
    assert_eq!(state, SessionState::Connected, "there is nothing to write");
}

#[test]
fn below_200_mb_nothing_is_claimed_or_begun_and_what_is_begun_is_finished() {
    let mut world = World::connected();
    world.result_fault = Some(crate::support::world::unreachable());
    world.server.enqueue("m1", "+5511970000001", "hello");
    world.run(1_000);
    world.tell(Input::FreeSpace(199_999_999));
    world.server.enqueue("m2", "+5511970000002", "hello");
    world.result_fault = None;
    world.run(90_000);
    assert_eq!(world.server.state("m1"), MessageState::Read, "finished");
    assert_eq!(
        world.server.state("m2"),
        MessageState::Queued,
        "not claimed"
    );
    assert_eq!(world.session.state(), SessionState::Stopped, "stopped");
    let problem = world.session.problem().expect("with a reason");
    assert_eq!(problem.code, ProblemCode::StoreFailed, "of the store");
    assert!(problem.message.contains("200 MB"), "in words");
    world.tell(Input::FreeSpace(200_000_000));
    world.run(10_000);
    assert_eq!(world.server.state("m2"), MessageState::Read, "it goes on");
}

#[test]
fn a_message_claimed_before_the_disk_ran_full_is_handed_back() {
    let mut world = World::connected();
    world.server.policy.gap_ms = 3_000;
    for n in 1..=3 {
        world
            .server
            .enqueue(&format!("m{n}"), &format!("+551197000000{n}"), "hello");
    }
    world.run_until(10_000, |world| {
        let leased = world.server.state("m3") == MessageState::Leased;
        leased && world.server.state("m1") != MessageState::Leased
    });
    world.tell(Input::FreeSpace(0));
    world.run(100);
    assert_eq!(
        world.server.state("m3"),
        MessageState::Queued,
        "handed back"
    );
}
