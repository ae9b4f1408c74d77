use crate::support::page::Trick;
use crate::support::world::{World, unreachable};
use hotdesk_engine::{Assist, Input, Said, Stage};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::{BridgeCommand, Capability};
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::{MessageState, SessionState};

const LEAD: &str = "+5511970000001";

/// A linked page that has lost what sends.
fn blind() -> World {
    let mut world = World::connected();
    world.page.missing = vec![Capability::SendText];
    // wa-js does not help, and the long poll of better days comes back.
    world.run(60_000);
    world.trace.clear();
    world
}

/// One message, its chat open for the SDR.
fn opened() -> World {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, "hello");
    world.tell(Input::Assist);
    world.run(3_000);
    assert_eq!(assist(&world), Some(Assist::Waiting("m1".into())));
    world
}

fn assist(world: &World) -> Option<Assist> {
    world.session.status().assist
}

fn composed(world: &World) -> Vec<(String, String)> {
    let commands = world.page.commands.iter();
    let compose = commands.filter_map(|command| match command {
        BridgeCommand::Compose { phone, text } => Some((phone.clone(), text.clone())),
        _ => None,
    });
    compose.collect()
}

fn problem(world: &World) -> Option<ProblemCode> {
    world.session.problem().map(|problem| problem.code)
}

#[test]
fn nothing_is_claimed_or_opened_until_a_person_asks() {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, "hello");
    world.run(60_000);
    assert_eq!(assist(&world), Some(Assist::Offered), "it is offered");
    assert_eq!(
        problem(&world),
        Some(ProblemCode::SelfTestFailed),
        "and why"
    );
    assert_eq!(world.server.state("m1"), MessageState::Queued, "no more");
    assert!(composed(&world).is_empty(), "the page is left alone");
}

#[test]
fn a_message_is_pinned_and_on_disk_before_its_chat_is_opened_and_never_sent_by_itself() {
    let world = opened();
    assert_eq!(world.trace, ["begin", "intent", "submit"], "in this order");
    assert_eq!(composed(&world), [(LEAD.into(), "hello".into())], "once");
    assert_eq!(world.page.sends(), 0, "the pressing stays with the person");
    let row = &world.disk.outbox[&MessageId::from("m1")];
    assert!(
        row.assisted && row.stage == Stage::Intent,
        "no more is known"
    );
}

#[test]
fn nothing_is_reported_before_the_person_has_said_it_and_sent_then_without_an_id() {
    let mut world = opened();
    world.run(5 * 60_000);
    assert!(world.server.results.is_empty(), "nothing is guessed");
    world.tell(Input::Said(Said::Sent));
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent, "their word");
    let told = world.server.last_result.clone().unwrap();
    assert_eq!(told.wa_message_id, None, "its id is WhatsApp's own");
    assert!(world.disk.finished.contains_key(&MessageId::from("m1")));
    world.page.missing.clear();
    world.kill();
    world.run(120_000);
    assert_eq!(world.page.sends(), 0, "it is never sent again");
    assert_eq!(assist(&world), None, "a whole page needs no hand");
}

#[test]
fn a_message_not_sent_is_handed_back_and_leaves_once_when_the_page_can_send() {
    let mut world = opened();
    world.tell(Input::Said(Said::NotSent));
    world.run(3_000);
    assert!(world.disk.outbox.is_empty(), "its row is gone");
    assert_eq!(
        assist(&world),
        Some(Assist::Offered),
        "the next may be asked for"
    );
    world.page.missing.clear();
    world.run(180_000);
    assert_eq!(world.page.history.len(), 1, "once, under its own id");
    assert_eq!(world.server.state("m1"), MessageState::Read);
}

#[test]
fn a_second_wish_opens_nothing_while_the_first_waits_for_its_word() {
    let mut world = opened();
    world.server.enqueue("m2", "+5511970000002", "to another");
    world.tell(Input::Assist);
    world.run(60_000);
    assert_eq!(composed(&world).len(), 1, "the page stays where it is");
    assert_eq!(world.server.state("m2"), MessageState::Queued, "untouched");
    world.tell(Input::Said(Said::Sent));
    world.run(60_000);
    assert_eq!(composed(&world).len(), 1, "nor is it opened afterwards");
}

#[test]
fn a_message_not_sent_can_be_opened_again_by_hand() {
    let mut world = opened();
    world.tell(Input::Said(Said::NotSent));
    world.run(120_000);
    world.tell(Input::Assist);
    world.run(3_000);
    assert_eq!(
        composed(&world).len(),
        2,
        "the server gives it to nobody else"
    );
    world.tell(Input::Said(Said::Sent));
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent);
}

#[test]
fn what_nobody_says_is_parked_whatever_ends_the_waiting() {
    type End = fn(&mut World);
    let unsure: End = |world| world.tell(Input::Said(Said::Unsure));
    let ends: [(&str, End); 4] = [
        ("a person who cannot say", unsure),
        ("a quarter of an hour", |world| world.run(16 * 60_000)),
        ("a closed page", |world| world.tell(Input::Disconnect)),
        ("a killed app", World::kill),
    ];
    for (what, end) in ends {
        let mut world = opened();
        end(&mut world);
        world.run(5_000);
        assert_eq!(world.server.state("m1"), MessageState::Review, "{what}");
        world.page.missing.clear();
        world.tell(Input::Connect);
        world.run(180_000);
        assert_eq!(world.page.sends(), 0, "{what}: never sent again");
    }
}

#[test]
fn a_page_that_reloads_crashes_or_heals_while_the_person_writes_changes_nothing() {
    let mut world = opened();
    world.server.enqueue("m2", LEAD, "later");
    world.page.load(world.now);
    world.run(5_000);
    world.page.open = false;
    world.tell(Input::PageCrashed);
    world.run(5_000);
    world.page.missing.clear();
    world.run(30_000);
    assert_eq!(assist(&world), Some(Assist::Waiting("m1".into())));
    assert_eq!(composed(&world).len(), 1, "it is not opened twice");
    assert_eq!(world.page.sends(), 0, "and its chat waits for the word");
    world.tell(Input::Said(Said::Sent));
    world.run(120_000);
    let left: Vec<_> = world.page.history.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(left, ["later"], "then the chat goes on");
}

#[test]
fn it_is_not_offered_while_wa_js_may_yet_help_but_at_once_after_it_has_not() {
    let mut world = World::connected();
    world.page.missing = vec![Capability::SendText];
    world.run(10_000);
    assert_eq!(assist(&world), None, "it may yet send by itself");
    world.run(60_000);
    assert_eq!(assist(&world), Some(Assist::Offered), "it did not help");
    world.page.load(world.now);
    world.run(3_000);
    assert_eq!(assist(&world), Some(Assist::Offered), "nor will it now");
}

#[test]
fn a_message_that_may_not_be_begun_is_not_opened() {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, "hello");
    world.tell(Input::Assist);
    while world.server.state("m1") == MessageState::Queued {
        world.answer(0);
    }
    world.server.get("m1").state = MessageState::Cancelled;
    world.run(5_000);
    assert!(composed(&world).is_empty(), "the lead has opted out");
    assert_eq!(assist(&world), Some(Assist::Offered));
}

#[test]
fn an_intent_that_cannot_be_written_opens_nothing() {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, "hello");
    world.disk.full = true;
    world.tell(Input::Assist);
    world.run(30_000);
    assert!(composed(&world).is_empty(), "no record, no send");
}

#[test]
fn a_chat_the_page_refuses_to_open_is_handed_back_with_the_reason() {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, "hello");
    world.page.trick = Some(Trick::Refuse(ProblemCode::NotNow));
    world.tell(Input::Assist);
    world.run(3_000);
    assert_eq!(problem(&world), Some(ProblemCode::NotNow), "it says why");
    assert!(world.disk.outbox.is_empty(), "nothing was opened");
    assert!(world.server.results.is_empty(), "nothing is claimed of it");
}

#[test]
fn a_text_too_long_for_the_link_is_handed_back_unbegun() {
    let mut world = blind();
    world.server.enqueue("m1", LEAD, &"x".repeat(5_000));
    world.tell(Input::Assist);
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Queued, "untouched");
    assert_eq!(problem(&world), Some(ProblemCode::BadText), "it says why");
    assert!(composed(&world).is_empty());
}

#[test]
fn an_empty_queue_or_a_server_that_is_away_ends_the_wish() {
    let mut world = blind();
    world.tell(Input::Assist);
    world.run(3_000);
    assert_eq!(assist(&world), Some(Assist::Offered), "nothing waits");
    world.server_fault = Some(unreachable());
    world.tell(Input::Assist);
    world.run(3_000);
    world.server_fault = None;
    world.server.enqueue("m1", LEAD, "hello");
    world.run(120_000);
    assert!(composed(&world).is_empty(), "an old wish is not kept");
}

#[test]
fn it_is_not_offered_through_a_page_of_which_nobody_knows_whose_it_is() {
    let mut world = blind();
    world.page.hides_account = true;
    world.run(3_000);
    assert_eq!(assist(&world), Some(Assist::Offered), "the marker is ours");
    world.page.profile.marker = None;
    world.run(10_000);
    assert_eq!(assist(&world), None, "a wiped profile may be anybody's");
    assert_eq!(world.page.profile.marker, None, "and is not marked as ours");
    world.page.profile.marker = Some("another desktop's".into());
    world.run(10_000);
    assert_eq!(assist(&world), None, "nor is one that another has marked");
    let mut world = blind();
    world.page.account.phone = "+5511960000009".into();
    world.run(3_000);
    assert_eq!(assist(&world), None, "another account");
}

#[test]
fn it_is_not_offered_while_paused_or_unlinked() {
    let mut world = blind();
    world.tell(Input::Pause);
    assert_eq!(assist(&world), None, "paused");
    world.tell(Input::Resume);
    world.page.state = SessionState::LoggedOut;
    world.run(3_000);
    assert_eq!(assist(&world), None, "unlinked");
}

#[test]
fn other_scripts_wait_until_the_person_has_said_what_became_of_the_open_message() {
    let mut world = opened();
    let before = world.reloads;
    world.tell(Input::Renew);
    world.run(60_000);
    assert_eq!(world.reloads, before, "the text stays in the person's box");
    world.page.missing.clear();
    world.tell(Input::Said(Said::Sent));
    world.run(10_000);
    assert_eq!(world.reloads, before + 1, "then the page gets them");
    assert_eq!(world.server.state("m1"), MessageState::Sent);
    assert_eq!(world.page.sends(), 0, "nothing is sent a second time");
}

#[test]
fn other_scripts_at_any_step_of_a_message_by_hand_open_it_once_and_lose_nothing() {
    for step in 0..12 {
        let mut world = blind();
        world.server.enqueue("m1", LEAD, "hello");
        world.tell(Input::Assist);
        (0..step).for_each(|_| world.step());
        world.tell(Input::Renew);
        world.run(60_000);
        // Where the wish was not yet a message, the person wishes again.
        world.tell(Input::Assist);
        world.run(60_000);
        let waits = Some(Assist::Waiting("m1".into()));
        assert_eq!(assist(&world), waits, "its chat is open, step {step}");
        assert_eq!(composed(&world).len(), 1, "opened once, step {step}");
        world.tell(Input::Said(Said::NotSent));
        world.page.missing.clear();
        world.run(180_000);
        assert_eq!(world.page.history.len(), 1, "it left once, step {step}");
        assert_eq!(world.server.state("m1"), MessageState::Read, "step {step}");
    }
}

#[test]
fn other_scripts_come_when_a_message_by_hand_stays_unsaid_and_is_parked() {
    let mut world = opened();
    let before = world.reloads;
    world.tell(Input::Renew);
    world.run(14 * 60_000);
    assert_eq!(world.reloads, before, "somebody may still say");
    world.run(2 * 60_000);
    assert_eq!(world.reloads, before + 1, "nobody has");
    assert_eq!(world.server.state("m1"), MessageState::Review);
    assert_eq!(world.page.sends(), 0, "a person decides");
}
