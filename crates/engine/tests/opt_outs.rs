use crate::support::world::World;
use hotdesk_engine::{Assist, Effect, Input, Stage};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::MessageState;

const LEAD: &str = "+5511970000001";
const SAME_LEAD: &str = "+551170000001";

fn told(world: &mut World, id: &str) -> (MessageState, Option<ProblemCode>) {
    let message = world.server.get(id);
    let code = message.problem.as_ref().map(|problem| problem.code);
    (message.state, code)
}

fn blocked(number: usize) -> String {
    format!("+55119{:08}", 80_000_000 + number)
}

#[test]
fn a_number_blocked_between_begin_and_submit_is_not_sent_to_and_ends_failed_with_the_reason() {
    for phone in [LEAD, SAME_LEAD] {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, "hello");
        world.run_until_record("m1");
        assert_eq!(world.server.state("m1"), MessageState::Begun, "it is begun");
        world.server.opt_out(phone);
        world.wake();
        world.run(5_000);
        assert_eq!(world.page.sends(), 0, "{phone} was never handed over");
        let end = (MessageState::Failed, Some(ProblemCode::OptedOut));
        assert_eq!(told(&mut world, "m1"), end, "and the server knows why");
    }
}

#[test]
fn a_message_offered_to_a_number_known_as_blocked_is_never_begun() {
    let mut world = World::connected();
    world.server.opt_out(SAME_LEAD);
    world.run(2_000);
    world.server.enqueue("m1", LEAD, "hello");
    world.server.enqueue("m2", "+5511970000002", "to another");
    world.run(5_000);
    let end = (MessageState::Failed, Some(ProblemCode::OptedOut));
    assert_eq!(told(&mut world, "m1"), end, "with its reason");
    assert_eq!(world.server.begins, ["m2".into()], "never begun");
    assert_eq!(world.page.history.len(), 1, "the others go on");
    world.server.get("m1").state = MessageState::Queued;
    world.run(40_000);
    assert_eq!(told(&mut world, "m1").0, MessageState::Failed, "told again");
    assert_eq!(world.page.sends(), 1, "and not sent");
}

#[test]
fn a_number_blocked_while_its_message_waits_for_its_turn_is_not_begun() {
    let mut world = World::connected();
    world.server.policy.gap_ms = 45_000;
    world.server.enqueue("m1", "+5511970000002", "first");
    world.server.enqueue("m2", LEAD, "second");
    world.run(3_000);
    assert_eq!(world.page.history.len(), 1, "the pacing holds the second");
    world.server.opt_out(SAME_LEAD);
    world.run(120_000);
    let end = (MessageState::Failed, Some(ProblemCode::OptedOut));
    assert_eq!(told(&mut world, "m2"), end);
    assert_eq!(world.server.begins, ["m1".into()], "never begun");
}

#[test]
fn a_number_that_only_looks_alike_is_sent_to() {
    let mut world = World::connected();
    for phone in ["+5521970000001", "+5511970000002", "+351970000001"] {
        world.server.opt_out(phone);
    }
    world.run(2_000);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(5_000);
    assert_eq!(world.page.history.len(), 1, "nobody blocked this number");
}

#[test]
fn a_restart_knows_the_blocked_numbers_before_it_has_heard_from_the_server() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    world.server.opt_out(SAME_LEAD);
    world.run_until(2_000, |w| w.disk.opt_outs_since == 1);
    let known = world.disk.clone();
    world.kill();
    // The number is on the disk only: the server would not tell of it again.
    assert!(known.blocked.contains(SAME_LEAD), "with the cursor");
    world.run(60_000);
    assert_eq!(world.page.sends(), 0, "still not sent");
    assert_eq!(world.broken, None);
    let asked = world
        .beats
        .iter()
        .rev()
        .find_map(|beat| beat.opt_outs_since);
    assert_eq!(asked, Some(1), "and asked only for what is new");
}

#[test]
fn a_list_longer_than_a_page_is_known_whole_before_anything_is_handed_over() {
    let mut world = World::new();
    world.server.opt_outs_a_page = 10;
    for number in 0..95 {
        world.server.opt_outs.push(blocked(number));
    }
    // Spelled so that the server does not know it for the same.
    world.server.opt_outs.push(SAME_LEAD.to_owned());
    world.server.enqueue("m1", LEAD, "hello");
    world.server.enqueue("m2", "+5511970000002", "to another");
    world.run(30_000);
    assert_eq!(world.disk.blocked.len(), 96, "all of them");
    assert_eq!(world.disk.opt_outs_since, 96, "up to the last");
    assert_eq!(told(&mut world, "m1").0, MessageState::Failed);
    assert_eq!(world.page.history.len(), 1, "only to the other");
    assert_eq!(world.broken, None);
}

#[test]
fn the_cursor_is_on_disk_only_with_its_numbers_and_a_full_disk_loses_none() {
    let mut world = World::connected();
    world.disk.full = true;
    world.server.opt_out(SAME_LEAD);
    world.run(40_000);
    assert_eq!(world.disk.opt_outs_since, 0, "neither is kept");
    world.server.enqueue("m1", LEAD, "hello");
    world.run(5_000);
    world.disk.full = false;
    world.run(120_000);
    assert_eq!(world.disk.opt_outs_since, 1, "both are");
    assert!(world.disk.blocked.contains(SAME_LEAD));
    assert_eq!(told(&mut world, "m1").0, MessageState::Failed);
    assert_eq!(world.page.sends(), 0, "it was known all the time");
}

#[test]
fn after_a_sign_in_the_list_is_asked_for_from_the_beginning() {
    let mut world = World::connected();
    world.server.opt_out(&blocked(1));
    world.run(2_000);
    assert_eq!(world.disk.opt_outs_since, 1);
    // Another server, whose first number is another one.
    world.server.opt_outs = vec![SAME_LEAD.to_owned()];
    world.server.enqueue("m1", LEAD, "hello");
    world.tell(Input::SignedIn);
    world.run(40_000);
    assert!(world.disk.blocked.contains(SAME_LEAD), "its list is known");
    assert_eq!(world.disk.opt_outs_since, 1);
}

#[test]
fn a_server_that_tells_of_no_blocked_numbers_is_sent_for_as_ever() {
    let mut world = World::connected();
    world.deaf = true;
    world.server.enqueue("m1", LEAD, "hello");
    world.run(5_000);
    assert_eq!(world.page.history.len(), 1);
}

#[test]
fn a_message_sent_by_hand_is_not_opened_once_its_number_is_blocked() {
    for late in [false, true] {
        let mut world = World::connected();
        world.page.missing = vec![Capability::SendText];
        world.run(60_000);
        world.server.enqueue("m1", LEAD, "hello");
        if !late {
            world.server.opt_out(SAME_LEAD);
        }
        world.tell(Input::Assist);
        if late {
            world.run_until_record("m1");
            world.server.opt_out(SAME_LEAD);
            world.tell(Input::SignedIn);
            let beat = |effect: &Effect| matches!(effect, Effect::Heartbeat(_));
            let beat = world.pending.iter().position(beat).unwrap();
            world.answer(beat);
        }
        world.run(5_000);
        assert_eq!(world.broken, None, "its chat is not opened (late: {late})");
        assert_eq!(told(&mut world, "m1").0, MessageState::Failed);
        let row = &world.disk.finished[&MessageId::from("m1")];
        assert_eq!(row.stage, Stage::Failed);
        let status = world.session.status();
        assert_eq!(status.assist, Some(Assist::Offered), "the next may come");
        let why = status.problem.map(|problem| problem.code);
        assert_eq!(why, Some(ProblemCode::OptedOut), "and the person reads why");
    }
}
