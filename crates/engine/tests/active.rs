use crate::support::world::{World, unreachable};
use hotdesk_engine::{Assist, Effect, Elsewhere, Input};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::queue::HeartbeatAnswer;
use hotdesk_protocol::session::MessageState;

const LEAD: &str = "+5511970000001";

/// A session whose SDR is active on another desktop.
fn passive() -> World {
    let mut world = World::new();
    world.server.activate("other", 0);
    world.run(5_000);
    world.trace.clear();
    world
}

fn elsewhere(world: &World) -> Option<Elsewhere> {
    world.session.status().elsewhere
}

/// Everything is answered until this is asked for.
fn until_asked(world: &mut World, what: impl Fn(&Effect) -> bool) -> usize {
    for _ in 0..100_000 {
        if let Some(at) = world.pending.iter().position(&what) {
            return at;
        }
        if world.pending.is_empty() {
            world.now += 1;
            world.tell(Input::Tick);
            world.wake();
        } else {
            world.answer(0);
        }
    }
    panic!("it was never asked for");
}

fn epoch(world: &World) -> Option<u32> {
    world.server.active.as_ref().map(|it| it.session_epoch)
}

#[test]
fn while_the_sdr_is_active_elsewhere_nothing_is_claimed_and_the_words_say_where() {
    let mut world = passive();
    world.server.enqueue("m1", LEAD, "hello");
    let (claims, beats) = (world.claims, world.beats.len());
    world.run(600_000);
    assert_eq!(world.claims, claims, "not asked for in ten minutes");
    assert_eq!(world.server.state("m1"), MessageState::Queued, "untouched");
    assert!(world.beats.len() > beats + 15, "it goes on telling");
    let problem = world.session.problem().unwrap();
    assert_eq!(problem.code, ProblemCode::OtherDesktop);
    assert!(problem.message.contains("active on the other"), "by name");
    let told = world
        .beats
        .last()
        .and_then(|beat| beat.desktop_name.clone());
    assert_eq!(told.as_deref(), Some("Front desk"), "and its own is told");
}

#[test]
fn what_was_begun_before_another_desktop_took_over_is_finished_and_the_rest_handed_back() {
    let mut world = World::new();
    world.server.activate("desk", 0);
    world.server.policy.gap_ms = 45_000;
    world.run(5_000);
    world.server.enqueue("m1", LEAD, "hello");
    world.server.enqueue("m2", "+5511970000002", "to another");
    world.run_until_record("m1");
    world.server.activate("other", world.now);
    world.run(600_000);
    assert_eq!(world.page.history.len(), 1, "what is pinned here leaves");
    assert_eq!(world.server.state("m1"), MessageState::Read, "and is told");
    assert_eq!(world.server.state("m2"), MessageState::Queued, "for others");
    assert_eq!(world.server.begins, ["m1".into()], "nothing more is begun");
    assert_eq!(world.session.status().queued, 0, "nor held");
}

#[test]
fn after_a_take_over_sending_goes_on_here() {
    let mut world = passive();
    world.server.enqueue("m1", LEAD, "hello");
    world.tell(Input::TakeOver);
    assert!(elsewhere(&world).is_some_and(|it| it.taking_over), "shown");
    world.run(3_000);
    assert_eq!(epoch(&world), Some(2), "once");
    let told = world.server.active.as_ref().and_then(|it| it.name.clone());
    assert_eq!(told.as_deref(), Some("Front desk"), "by its name");
    assert_eq!(elsewhere(&world), None);
    assert_eq!(world.session.problem(), None, "the words are gone");
    assert_eq!(world.page.history.len(), 1, "at once");
    world.tell(Input::TakeOver);
    world.run(3_000);
    assert_eq!(epoch(&world), Some(2), "there is nothing to take over");
}

#[test]
fn a_take_over_whose_answer_was_lost_is_told_again_and_happens_once() {
    let mut world = passive();
    world.server.enqueue("m1", LEAD, "hello");
    world.take_over_fault = Some(unreachable());
    world.tell(Input::TakeOver);
    world.run(5_000);
    assert_eq!(epoch(&world), Some(2), "once");
    assert_eq!(elsewhere(&world), None);
    assert_eq!(world.page.history.len(), 1);
}

#[test]
fn a_take_over_that_comes_late_takes_nothing_from_a_third_desktop() {
    let mut world = passive();
    world.tell(Input::TakeOver);
    world.server.activate("third", world.now);
    world.run(3_000);
    let other = elsewhere(&world).unwrap();
    assert_eq!(epoch(&world), Some(2), "the third one's stands");
    assert_eq!(other.active.desktop_id.as_str(), "third", "and is shown");
    assert!(!other.taking_over, "the wish was about another one");
    let why = other.problem.map(|problem| problem.code);
    assert_eq!(why, Some(ProblemCode::OtherDesktop), "and why");
    world.tell(Input::TakeOver);
    world.run(3_000);
    assert_eq!(elsewhere(&world), None, "asked again, it is taken");
}

#[test]
fn a_wish_is_given_up_when_the_server_is_silent_for_a_minute_and_does_not_come_back() {
    let mut world = passive();
    world.server_fault = Some(unreachable());
    world.tell(Input::TakeOver);
    world.run(70_000);
    let other = elsewhere(&world).unwrap();
    assert!(!other.taking_over, "not for ever");
    let why = other.problem.map(|problem| problem.code);
    assert_eq!(why, Some(ProblemCode::Unreachable), "and why");
    world.server_fault = None;
    world.run(600_000);
    assert_eq!(epoch(&world), Some(1), "nobody asks for it any more");
}

#[test]
fn when_the_other_desktop_has_gone_this_one_goes_on_by_itself() {
    let mut world = passive();
    world.server.enqueue("m1", LEAD, "hello");
    // The server gives a lease that has run out to the next that beats.
    world.server.activate("desk", world.now);
    world.run(40_000);
    assert_eq!(elsewhere(&world), None);
    assert_eq!(world.page.history.len(), 1);
}

#[test]
fn a_begin_under_a_past_epoch_is_refused_and_the_message_leaves_once_under_the_new_one() {
    let mut world = World::new();
    world.server.activate("desk", 0);
    world.run(5_000);
    world.server.enqueue("m1", LEAD, "hello");
    let begin = |effect: &Effect| matches!(effect, Effect::Begin(_));
    let at = until_asked(&mut world, begin);
    let Effect::Begin(ask) = &world.pending[at] else {
        unreachable!()
    };
    assert_eq!(ask.session_epoch, Some(1), "the one it believes in");
    world.server.activate("other", world.now);
    world.server.activate("desk", world.now);
    world.answer(at);
    assert!(world.server.begins.is_empty(), "refused");
    world.run(120_000);
    assert_eq!(world.page.history.len(), 1, "under the new epoch");
    let claim = world.parked_claim.and_then(|(_, ask)| ask.session_epoch);
    assert_eq!(claim, Some(3), "which a claim names too");
}

#[test]
fn an_answer_that_was_overtaken_by_the_take_over_changes_nothing() {
    let mut world = passive();
    let beat = |effect: &Effect| matches!(effect, Effect::Heartbeat(_));
    let at = until_asked(&mut world, beat);
    world.pending.remove(at);
    let late = HeartbeatAnswer {
        queued: 0,
        sent_today: 0,
        review: None,
        active: Some(false),
        active_desktop: world.server.active.clone(),
        opt_outs: None,
        wish: None,
    };
    world.tell(Input::TakeOver);
    world.run(1_000);
    assert_eq!(elsewhere(&world), None);
    world.tell(Input::Beaten(Ok(late)));
    assert_eq!(elsewhere(&world), None, "it was said before");
}

#[test]
fn a_server_that_does_not_keep_it_is_sent_for_as_ever() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    world.trace.clear();
    world.tell(Input::TakeOver);
    world.run(3_000);
    assert_eq!(elsewhere(&world), None);
    assert_eq!(world.page.history.len(), 1);
    assert!(world.trace.is_empty(), "nothing is asked for");
}

#[test]
fn sending_by_hand_is_not_offered_while_the_sdr_is_active_elsewhere() {
    let mut world = passive();
    world.page.missing = vec![Capability::SendText];
    world.run(60_000);
    assert_eq!(world.session.status().assist, None);
    world.tell(Input::TakeOver);
    world.run(60_000);
    assert_eq!(world.session.status().assist, Some(Assist::Offered));
}
