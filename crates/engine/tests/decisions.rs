use crate::support::server::rank;
use crate::support::world::World;
use hotdesk_engine::{Decided, Effect, Input, Stage};
use hotdesk_protocol::bridge::BridgeEvent;
use hotdesk_protocol::ids::{MessageId, WaMessageId};
use hotdesk_protocol::session::{Ack, MessageState};
use hotdesk_protocol::{Problem, ProblemCode};

const LEAD: &str = "+5511970000001";

/// A message that was being handed over when the phone unlinked this desktop: nobody can tell.
fn parked() -> World {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    let record = |effect: &Effect| matches!(effect, Effect::Record(_));
    let at = world.pending.iter().position(record).unwrap();
    world.answer(at);
    world.kill();
    world.page.relink(world.now);
    world.run(40_000);
    assert_eq!(world.server.state("m1"), MessageState::Review);
    assert_eq!(world.session.status().review, 1, "it is counted");
    world
}

fn row(world: &World) -> &hotdesk_engine::OutboxRow {
    &world.disk.outbox[&MessageId::from("m1")]
}

#[test]
fn what_was_decided_at_the_server_is_no_longer_counted_here_also_after_a_restart() {
    let mut world = parked();
    world.server.get("m1").state = MessageState::Failed;
    world.tell(Input::Decided("m1".into(), Decided::AtServer));
    world.run(300);
    assert_eq!(world.session.status().review, 0, "at once");
    world.run(2_000);
    assert!(row(&world).decided, "and on disk");
    let told = world.server.results.len();
    world.kill();
    world.run(60_000);
    assert_eq!(world.session.status().review, 0, "it stays decided");
    assert_eq!(world.server.results.len(), told, "nothing more is told");
    assert_eq!(world.page.sends(), 0, "and nothing sent");
}

#[test]
fn a_tick_that_comes_after_the_decision_counts_for_more() {
    let mut world = parked();
    world.server.get("m1").state = MessageState::Failed;
    world.tell(Input::Decided("m1".into(), Decided::AtServer));
    world.run(2_000);
    let wa_message_id = row(&world).wa_message_id.clone();
    let ack = Ack::Server;
    world.page.say(BridgeEvent::Ack { wa_message_id, ack });
    world.run(2_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent, "it had left");
}

/// The person has said "send as new": the next generation waits at the server.
fn sent_as_new(world: &mut World) {
    let message = world.server.get("m1");
    message.state = MessageState::Queued;
    message.generation += 1;
    world.tell(Input::Decided("m1".into(), Decided::AtServer));
}

/// WhatsApp shows the message of before after all, at this tick.
fn turns_up(world: &mut World, wa_message_id: &WaMessageId, ack: Ack) {
    let shown = (LEAD.to_owned(), ack);
    let messages = &mut world.page.profile.messages;
    messages.insert(wa_message_id.clone(), shown);
}

#[test]
fn a_message_that_turns_up_before_it_is_sent_as_new_is_not_sent_a_second_time() {
    for ack in [Ack::Server, Ack::Read] {
        let mut world = parked();
        let old = row(&world).wa_message_id.clone();
        turns_up(&mut world, &old, ack);
        sent_as_new(&mut world);
        world.run(40_000);
        assert_eq!(world.page.sends(), 0, "{ack:?}: it had left");
        assert!(rank(world.server.state("m1")) >= rank(MessageState::Sent));
        let told = world.server.last_result.clone().unwrap();
        assert_eq!(told.wa_message_id, Some(old), "under the id it left with");
    }
}

#[test]
fn a_message_that_whatsapp_holds_without_a_tick_is_waited_for_and_not_sent_as_new() {
    let mut world = parked();
    let old = row(&world).wa_message_id.clone();
    turns_up(&mut world, &old, Ack::Clock);
    sent_as_new(&mut world);
    world.run(20_000);
    assert_eq!(world.page.sends(), 0, "WhatsApp may still send the first");
    let ack = Ack::Server;
    world.page.say(BridgeEvent::Ack {
        wa_message_id: old,
        ack,
    });
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent);
    assert_eq!(world.page.sends(), 0);
}

#[test]
fn a_message_that_whatsapp_refused_before_is_sent_as_new() {
    let mut world = parked();
    let old = row(&world).wa_message_id.clone();
    turns_up(&mut world, &old, Ack::Error);
    sent_as_new(&mut world);
    world.run(40_000);
    assert_eq!(world.page.history.len(), 1, "the first never leaves");
}

#[test]
fn a_tick_of_the_first_that_comes_while_the_new_one_is_begun_keeps_that_from_being_sent() {
    let mut world = parked();
    let old = row(&world).wa_message_id.clone();
    sent_as_new(&mut world);
    world.run_until_record("m1");
    let ack = Ack::Device;
    world.page.say(BridgeEvent::Ack {
        wa_message_id: old,
        ack,
    });
    world.run(40_000);
    assert_eq!(world.page.sends(), 0, "it had left");
    assert_eq!(world.server.state("m1"), MessageState::Delivered);
}

#[test]
fn what_is_known_to_have_left_is_told_again_when_it_is_offered_as_new() {
    let mut world = parked();
    let ack = Ack::Server;
    let wa_message_id = row(&world).wa_message_id.clone();
    world.page.say(BridgeEvent::Ack { wa_message_id, ack });
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent);
    sent_as_new(&mut world);
    world.run(40_000);
    assert_eq!(world.page.sends(), 0, "the tick counts for more");
    assert_eq!(world.server.state("m1"), MessageState::Sent, "and is told");
}

#[test]
fn what_was_withdrawn_here_is_sent_after_all_once_a_tick_comes() {
    let mut world = parked();
    world.server.keeps_review = false;
    world.tell(Input::Decided("m1".into(), Decided::Withdrawn));
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Failed);
    let ack = Ack::Server;
    let wa_message_id = row(&world).wa_message_id.clone();
    world.page.say(BridgeEvent::Ack { wa_message_id, ack });
    world.run(5_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent);
}

#[test]
fn sent_as_new_it_leaves_once_more_under_another_id_and_the_old_row_is_gone() {
    let mut world = parked();
    let old = row(&world).wa_message_id.clone();
    sent_as_new(&mut world);
    world.run(40_000);
    let left: Vec<_> = world
        .page
        .history
        .iter()
        .map(|it| &it.wa_message_id)
        .collect();
    assert_eq!(left.len(), 1, "once");
    assert_ne!(*left[0], old, "under an id of its own");
    assert_eq!(world.session.status().review, 0);
}

#[test]
fn a_server_that_keeps_no_review_is_told_what_a_person_has_decided() {
    for (decided, state, code) in [
        (Decided::Sent, MessageState::Sent, None),
        (
            Decided::Withdrawn,
            MessageState::Failed,
            Some(ProblemCode::Cancelled),
        ),
    ] {
        let mut world = parked();
        world.server.keeps_review = false;
        world.run(40_000);
        world.tell(Input::Decided("m1".into(), decided));
        world.run(2_000);
        let message = world.server.get("m1");
        assert_eq!(message.state, state, "{decided:?}");
        let told = message.problem.as_ref().map(|Problem { code, .. }| *code);
        assert_eq!(told, code, "with its reason");
        assert_eq!(world.session.status().review, 0);
    }
}

#[test]
fn messages_that_another_desktop_parked_are_counted_too_where_the_server_says_so() {
    let mut world = World::connected();
    for id in ["m1", "m2"] {
        world.server.enqueue(id, LEAD, id);
        world.server.get(id).state = MessageState::Review;
    }
    world.run(40_000);
    assert_eq!(world.session.status().review, 2);
    world.server.keeps_review = false;
    world.run(40_000);
    assert_eq!(
        world.session.status().review,
        0,
        "else those of this desktop"
    );
}

#[test]
fn a_decision_about_a_message_that_is_not_in_review_changes_nothing() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    for decided in [Decided::AtServer, Decided::Sent, Decided::Withdrawn] {
        world.tell(Input::Decided("m1".into(), decided));
        world.tell(Input::Decided("unknown".into(), decided));
    }
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Read);
    let row = &world.disk.finished[&MessageId::from("m1")];
    assert_eq!(row.stage, Stage::Read);
}
