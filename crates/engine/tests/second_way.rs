//! A page whose modules have moved: wa-js is asked for, or the session stops with the reason.

use crate::support::world::World;
use hotdesk_engine::{Input, PageFault};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::session::{MessageState, SessionState};

const LEAD: &str = "+5511970000001";

/// One message waits, and the page lacks what sends it; wa-js takes so long, or never finds it.
fn moved(wa_js_ms: Option<u64>) -> World {
    let mut world = World::new();
    world.page.missing = vec![Capability::SendText];
    world.page.wa_js_ms = wa_js_ms;
    world.server.enqueue("m1", LEAD, "hello");
    world
}

fn problem(world: &World) -> ProblemCode {
    world.session.problem().unwrap().code
}

#[test]
fn a_page_whose_modules_have_moved_is_served_by_wa_js() {
    let mut world = moved(Some(4_000));
    world.run(20_000);
    assert_eq!(world.adoptions, 1, "asked for once");
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "and it serves"
    );
    let status = world.session.status();
    assert_eq!(status.adapter.as_deref(), Some("wa-js"), "the view says so");
    assert_eq!(world.page.history.len(), 1, "the message left once");
    assert_eq!(world.server.state("m1"), MessageState::Read, "and is told");
    let beat = world.beats.last().unwrap();
    assert_eq!(
        beat.session.adapter.as_deref(),
        Some("wa-js"),
        "the server knows which adapter serves"
    );
}

#[test]
fn while_wa_js_is_tried_nothing_is_claimed_and_it_is_not_called_a_stop() {
    let mut world = moved(Some(10_000));
    world.run(9_000);
    assert_eq!(world.claims, 0, "the queue is not touched");
    assert_eq!(
        world.session.state(),
        SessionState::Starting,
        "not connected: it cannot send; not stopped: it may yet"
    );
    assert_eq!(problem(&world), ProblemCode::TryingOtherWay, "it says why");
    let beat = world.beats.last().unwrap();
    assert!(!beat.session.connected, "nor is the server told so");
    assert_eq!(
        beat.session.missing,
        [Capability::SendText],
        "what is missing"
    );
    assert_eq!(
        beat.session.problem.as_ref().map(|p| p.code),
        Some(ProblemCode::TryingOtherWay),
        "and what is done"
    );
}

#[test]
fn without_wa_js_a_missing_capability_stops_before_the_queue_is_touched() {
    let mut world = moved(None);
    world.run(45_000);
    assert_eq!(
        world.session.state(),
        SessionState::Stopped,
        "it cannot send"
    );
    let problem = world.session.problem().unwrap();
    assert_eq!(problem.code, ProblemCode::SelfTestFailed, "with a reason");
    assert!(
        problem.message.contains("send_text"),
        "that names what is missing"
    );
    assert_eq!(world.claims, 0, "the queue was not touched");
    assert_eq!(
        world.beats.last().unwrap().session.state,
        SessionState::Stopped,
        "the server is told without being asked"
    );
    world.run(600_000);
    assert_eq!(world.adoptions, 1, "once in a load, not for ever");
    assert_eq!(world.reloads, 0, "nor is a page that answers loaded anew");
    world.page.missing.clear();
    world.page.load(world.now);
    world.run(5_000);
    assert_eq!(
        world.page.history.len(),
        1,
        "a healthy load goes on by itself"
    );
}

#[test]
fn the_time_wa_js_has_is_told_apart_to_the_second() {
    let mut world = moved(None);
    world.run_until(5_000, |world| world.adoptions == 1);
    world.run(29_000);
    assert_eq!(problem(&world), ProblemCode::TryingOtherWay, "within it");
    world.run(1_500);
    assert_eq!(problem(&world), ProblemCode::SelfTestFailed, "after it");
}

#[test]
fn a_page_that_does_not_take_wa_js_stops_at_once() {
    let mut world = moved(Some(1_000));
    world.page.adopt_fault = Some(PageFault::BadAnswer);
    world.run(3_000);
    assert_eq!(problem(&world), ProblemCode::SelfTestFailed, "no other way");
    assert_eq!(world.page.sends(), 0, "nothing was handed over");
}

#[test]
fn a_person_who_reloads_gives_wa_js_another_try() {
    let mut world = moved(None);
    world.run(45_000);
    world.page.wa_js_ms = Some(2_000);
    world.tell(Input::Resume);
    world.run(10_000);
    assert_eq!(world.reloads, 1, "the page was loaded anew");
    assert_eq!(world.adoptions, 2, "and wa-js asked for again");
    assert_eq!(world.page.history.len(), 1, "now it leaves");
}

#[test]
fn a_page_busy_with_wa_js_is_not_taken_for_a_hung_one() {
    let mut world = moved(Some(9_000));
    world.run_until(5_000, |world| world.adoptions == 1);
    world.page.hung = true;
    world.run(8_000);
    world.page.hung = false;
    world.run(10_000);
    assert_eq!(world.reloads, 0, "wa-js was given its time");
    assert_eq!(world.page.history.len(), 1, "and serves");
}

#[test]
fn a_load_that_is_lost_while_wa_js_is_tried_starts_anew() {
    let mut world = moved(Some(5_000));
    world.run_until(5_000, |world| world.adoptions == 1);
    world.page.load(world.now);
    world.run(20_000);
    assert_eq!(world.adoptions, 2, "each load is asked for it");
    assert_eq!(world.page.history.len(), 1, "and the message leaves once");
}

#[test]
fn wa_js_is_not_asked_for_while_the_page_starts() {
    let mut world = moved(Some(1_000));
    world.page.state = SessionState::Starting;
    world.run(10_000);
    assert_eq!(world.adoptions, 0, "it may yet register its modules");
    assert_eq!(world.session.state(), SessionState::Starting, "no stop yet");
    world.page.state = SessionState::Connected;
    world.run(10_000);
    assert_eq!(world.adoptions, 1, "now");
}

#[test]
fn a_qr_code_stays_one_while_wa_js_is_tried() {
    let mut world = moved(Some(5_000));
    world.page.state = SessionState::Qr;
    world.page.qr = Some("code".into());
    world.run(2_000);
    assert_eq!(world.adoptions, 1, "asked for");
    assert_eq!(world.session.state(), SessionState::Qr, "it can be scanned");
    assert_eq!(world.qrs.len(), 1, "and is relayed");
}
