use crate::support::world::World;
use hotdesk_engine::Input;
use hotdesk_protocol::queue::HeartbeatAnswer;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode};

const LEAD: &str = "+5511970000001";

fn code(world: &mut World, id: &str) -> Option<ProblemCode> {
    world
        .server
        .get(id)
        .problem
        .as_ref()
        .map(|problem| problem.code)
}

#[test]
fn a_message_of_another_sdr_is_refused_shown_and_never_begun() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "not yours");
    world.server.get("m1").sdr_id = "jane".into();
    world.run(5_000);
    assert_eq!(world.page.sends(), 0, "never through another SDR's session");
    assert!(world.server.begins.is_empty(), "never begun");
    assert_eq!(
        world.session.problem().map(|p| p.code),
        Some(ProblemCode::WrongSdr),
        "and shown"
    );
    let told = world
        .beats
        .last()
        .and_then(|beat| beat.session.problem.clone());
    assert_eq!(
        told.map(|p| p.code),
        Some(ProblemCode::WrongSdr),
        "and told to the server"
    );
    world.server.enqueue("m2", "+5511970000002", "yours");
    world.run(5_000);
    assert_eq!(world.page.history.len(), 1, "the SDR's own messages go on");
}

#[test]
fn a_phone_that_is_not_e164_fails_before_anything_is_begun() {
    let bad = [
        "",
        "5511970000001",
        "+0511970000001",
        "+55 11 97000-0001",
        "+551",
        "+5511970000001234",
    ];
    for phone in bad {
        let mut world = World::connected();
        world.server.enqueue("m1", phone, "hello");
        world.run(3_000);
        assert_eq!(
            world.server.state("m1"),
            MessageState::Failed,
            "{phone:?} cannot be sent to"
        );
        assert_eq!(
            code(&mut world, "m1"),
            Some(ProblemCode::BadPhone),
            "with its reason"
        );
        assert!(world.server.begins.is_empty(), "never begun");
        assert_eq!(world.page.sends(), 0, "never sent");
    }
}

#[test]
fn what_failed_before_it_was_begun_may_be_offered_again_once_it_is_corrected() {
    let mut world = World::connected();
    world.server.enqueue("m1", "5511970000001", "hello");
    world.run(3_000);
    for restart in [false, true] {
        if restart {
            world.kill();
        }
        world.server.get("m1").state = MessageState::Queued;
        world.run(40_000);
        assert_eq!(
            world.server.state("m1"),
            MessageState::Failed,
            "as it is, it fails again"
        );
    }
    let message = world.server.get("m1");
    message.phone = LEAD.into();
    message.state = MessageState::Queued;
    world.run(40_000);
    assert_eq!(world.page.history.len(), 1, "corrected, it leaves");
    world.server.get("m1").state = MessageState::Queued;
    world.run(40_000);
    assert_eq!(world.page.sends(), 1, "and only once");
}

#[test]
fn an_empty_or_too_long_text_fails_and_the_longest_allowed_is_sent() {
    for text in [String::new(), " \n ".into(), "x".repeat(65_537)] {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, &text);
        world.run(3_000);
        assert_eq!(
            code(&mut world, "m1"),
            Some(ProblemCode::BadText),
            "{} bytes",
            text.len()
        );
        assert_eq!(world.page.sends(), 0, "never sent");
    }
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, &"x".repeat(65_536));
    world.run(3_000);
    assert_eq!(world.page.history.len(), 1, "65,536 bytes are allowed");
}

#[test]
fn a_message_seen_before_is_reported_again_and_never_resent() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Read, "done");
    for restart in [false, true] {
        if restart {
            world.kill();
            world.run(5_000);
        }
        world.server.get("m1").state = MessageState::Queued;
        world.run(40_000);
        assert_eq!(
            world.page.sends(),
            1,
            "the server forgot; we did not (restart: {restart})"
        );
        assert_eq!(
            world.server.state("m1"),
            MessageState::Read,
            "it is told again"
        );
    }
}

#[test]
fn a_message_seen_before_is_not_resent_although_the_profile_is_gone() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    world.page.relink(world.now);
    world.run(5_000);
    world.server.get("m1").state = MessageState::Queued;
    world.run(40_000);
    assert_eq!(world.page.history.len(), 1, "our own memory is enough");
}

#[test]
fn a_blocked_queue_says_why_and_is_not_asked_in_a_circle() {
    let mut world = World::connected();
    world.server.blocked = Some(Problem::new(
        ProblemCode::NotNow,
        "Outside of the sending hours.",
    ));
    world.server.enqueue("m1", LEAD, "hello");
    world.run(30_000);
    let before = world.claims;
    world.run(60_000);
    assert_eq!(
        world.session.problem().map(|p| p.code),
        Some(ProblemCode::NotNow),
        "in words"
    );
    assert!(
        world.claims - before <= 30,
        "asked {} times in a minute",
        world.claims - before
    );
    world.server.blocked = None;
    world.run(10_000);
    assert_eq!(world.page.history.len(), 1, "nothing was lost");
    assert_eq!(world.session.problem(), None, "and the words are gone");
}

#[test]
fn an_idle_queue_is_asked_only_when_the_long_poll_ends() {
    let mut world = World::connected();
    let (claims, calls) = (world.claims, world.calls);
    world.run(60_000);
    assert!(world.claims - claims <= 3, "a long-poll of 25 s each");
    let calls = world.calls - calls;
    assert!(
        calls <= 60,
        "an idle session makes few calls of any kind: {calls} in a minute"
    );
}

#[test]
fn a_count_of_the_day_that_can_rise_no_further_stops_sending_and_breaks_nothing() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until(5_000, |world| world.page.sends() > 0);
    world.tell(Input::Beaten(Ok(HeartbeatAnswer {
        queued: 0,
        sent_today: u32::MAX,
        review: None,
        active: None,
        active_desktop: None,
        opt_outs: None,
        wish: None,
    })));
    world.run(2_000);
    let state = world.server.state("m1");
    assert_eq!(state, MessageState::Read, "its ticks are heard");
}
