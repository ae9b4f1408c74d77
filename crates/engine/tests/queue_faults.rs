use crate::support::world::{World, unreachable};
use hotdesk_engine::{Input, QueueFault};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode};

const LEAD: &str = "+5511970000001";

fn refused(code: ProblemCode) -> QueueFault {
    QueueFault::Refused(Problem::new(code, "no"))
}

#[test]
fn an_unreachable_server_is_shown_and_asked_ever_less_often() {
    let mut world = World::new();
    world.server_fault = Some(unreachable());
    world.run(600_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "the session itself is well"
    );
    let code = world
        .session
        .status()
        .server_problem
        .map(|problem| problem.code);
    assert_eq!(
        code,
        Some(ProblemCode::Unreachable),
        "and the trouble is shown"
    );
    assert!(
        (10..60).contains(&world.claims),
        "{} claims in ten minutes",
        world.claims
    );
    world.server_fault = None;
    world.server.enqueue("m1", LEAD, "hello");
    world.run(65_000);
    assert_eq!(world.page.history.len(), 1, "it goes on by itself");
    assert_eq!(world.session.problem(), None, "and the trouble is gone");
}

#[test]
fn retry_after_is_obeyed() {
    let mut world = World::new();
    let busy = Problem::new(ProblemCode::TooManyRequests, "slow down");
    world.server_fault = Some(QueueFault::Later(40_000, busy));
    world.run(1_000);
    let first = world.claims;
    world.run(38_000);
    assert_eq!(world.claims, first, "not before the server said");
    world.run(4_000);
    assert_eq!(world.claims, first + 1, "but then");
}

#[test]
fn retry_after_of_one_report_holds_for_all_reports() {
    let mut world = World::connected();
    let busy = Problem::new(ProblemCode::TooManyRequests, "slow down");
    world.result_fault = Some(QueueFault::Later(40_000, busy));
    world.server.enqueue("m1", LEAD, "hello");
    let reports = |world: &World| world.trace.iter().filter(|it| **it == "report").count();
    world.run_until(10_000, |world| reports(world) > 0);
    world.server.enqueue("m2", "+5511970000002", "hello");
    world.run(38_000);
    assert_eq!(world.page.history.len(), 2, "both have left");
    assert_eq!(reports(&world), 1, "and one was told that it is too early");
    world.result_fault = None;
    world.run(6_000);
    assert_eq!(world.server.state("m1"), MessageState::Read, "but then");
    assert_eq!(world.server.state("m2"), MessageState::Read, "but then");
}

#[test]
fn a_report_that_failed_is_made_again_though_no_further_tick_comes() {
    let mut world = World::connected();
    world.page.only_server_acks = true;
    world.result_fault = Some(unreachable());
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until(10_000, |world| world.trace.contains(&"report"));
    assert_eq!(world.server.state("m1"), MessageState::Begun, "so far");
    world.result_fault = None;
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent, "told at last");
}

#[test]
fn retry_after_of_a_begin_costs_no_message_a_lease() {
    let mut world = World::connected();
    let busy = Problem::new(ProblemCode::TooManyRequests, "slow down");
    world.begin_fault = Some(QueueFault::Later(600_000, busy));
    world.server.enqueue("m1", LEAD, "hello");
    let begins = |world: &World| world.trace.iter().filter(|it| **it == "begin").count();
    world.run_until(10_000, |world| begins(world) > 0);
    world.begin_fault = None;
    for id in ["m2", "m3"] {
        world
            .server
            .enqueue(id, &format!("+551197000000{}", &id[1..]), "hello");
    }
    let claims = world.claims;
    world.run(590_000);
    assert_eq!(begins(&world), 1, "not before the server said");
    assert!(world.claims <= claims + 1, "nothing is leased meanwhile");
    for id in ["m2", "m3"] {
        assert_eq!(world.server.state(id), MessageState::Queued, "{id} waits");
    }
    world.run(60_000);
    assert_eq!(world.page.history.len(), 3, "but then");
}

#[test]
fn a_revoked_token_ends_all_calls_until_a_person_signs_in() {
    let mut world = World::connected();
    world.server_fault = Some(refused(ProblemCode::Unauthorized));
    world.run(40_000);
    assert!(world.session.status().signed_out, "said so");
    assert_eq!(
        world.session.problem().map(|p| p.code),
        Some(ProblemCode::Unauthorized),
        "why"
    );
    let (claims, beats) = (world.claims, world.beats.len());
    world.run(600_000);
    assert_eq!(
        (world.claims, world.beats.len()),
        (claims, beats),
        "no further calls"
    );
    world.server_fault = None;
    world.server.enqueue("m1", LEAD, "hello");
    world.tell(Input::SignedIn);
    world.run(5_000);
    assert_eq!(world.page.history.len(), 1, "signed in again: it goes on");
}

#[test]
fn a_result_the_server_refuses_is_kept_and_told_until_it_is_taken() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.result_fault = Some(refused(ProblemCode::NotNow));
    world.run(12 * 3_600_000);
    assert_eq!(
        world.page.history.len(),
        1,
        "sent once, however often it is offered again"
    );
    assert!(world.server.results.is_empty(), "refused outside of hours");
    assert_eq!(world.disk.outbox.len(), 1, "kept on disk");
    world.result_fault = None;
    world.run(15 * 60_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "taken in the end"
    );
    assert_eq!(world.page.sends(), 1, "and never submitted again");
}

#[test]
fn the_server_hears_of_a_change_at_once_and_otherwise_every_half_minute() {
    let mut world = World::connected();
    let before = world.beats.len();
    world.run(90_000);
    assert_eq!(world.beats.len() - before, 3, "every 30 s");
    world.page.state = SessionState::Offline;
    world.run(2_500);
    let last = world.beats.last().unwrap();
    assert_eq!(last.session.state, SessionState::Offline, "told at once");
    assert!(!last.session.connected, "and not as connected");
}

#[test]
fn the_server_hears_at_once_that_other_adapters_are_in_force_and_with_each_heartbeat_which() {
    let mut world = World::connected();
    let told = |world: &World| world.beats.last().unwrap().session.adapter_pack.clone();
    assert_eq!(told(&world), None, "nobody has said which");
    world.tell(Input::AdaptersInForce("built-in 5".to_owned()));
    world.run(1_000);
    assert_eq!(told(&world).as_deref(), Some("built-in 5"), "at once");
    let before = world.beats.len();
    world.tell(Input::AdaptersInForce("built-in 5".to_owned()));
    world.run(1_000);
    assert_eq!(world.beats.len(), before, "the same ones are no news");
    world.run(60_000);
    assert_eq!(world.beats.len() - before, 2, "every 30 s");
    assert_eq!(told(&world).as_deref(), Some("built-in 5"), "each time");
    world.tell(Input::AdaptersInForce("7".to_owned()));
    world.run(1_000);
    assert_eq!(told(&world).as_deref(), Some("7"), "at once again");
    assert_eq!(world.reloads, 0, "it is for the server only");
}

#[test]
fn a_refused_result_is_told_ever_less_often_and_at_once_when_the_queue_opens_again() {
    let mut world = World::connected();
    world.result_fault = Some(refused(ProblemCode::Forbidden));
    world.server.enqueue("m1", LEAD, "hello");
    world.run(5_000);
    world.server.blocked = Some(Problem::new(ProblemCode::NotNow, "closed"));
    world.run(3_600_000);
    let calls = |world: &World| world.trace.iter().filter(|call| **call == "report").count();
    let before = calls(&world);
    world.run(10 * 3_600_000);
    let night = calls(&world) - before;
    assert!((30..90).contains(&night), "told {night} times in ten hours");
    assert_eq!(world.page.sends(), 1, "and not sent again");
    world.result_fault = None;
    world.server.blocked = None;
    world.run(60_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "within a minute of the opening"
    );
}
