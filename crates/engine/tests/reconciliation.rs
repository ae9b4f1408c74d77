use crate::support::page::Trick;
use crate::support::world::World;
use hotdesk_engine::{Effect, Input};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::{BridgeCommand, BridgeEvent};
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::{Ack, MessageState, SessionState};

const LEAD: &str = "+5511970000001";

/// Killed right after the intent is on disk, before the submit.
fn killed_before_submit() -> World {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    let at = world
        .pending
        .iter()
        .position(|e| matches!(e, Effect::Record(_)))
        .unwrap();
    world.answer(at);
    world.kill();
    world
}

/// Killed after the page has sent, before a word of it came back.
fn killed_after_submit() -> World {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    for _ in 0..500 {
        if !world.page.history.is_empty() {
            world.kill();
            return world;
        }
        world.step();
    }
    panic!("it was never sent");
}

impl World {
    pub fn step(&mut self) {
        if self.pending.is_empty() {
            self.run(1);
        } else {
            self.answer(0);
        }
    }

    fn looks(&self) -> usize {
        let look = |command: &&BridgeCommand| matches!(command, BridgeCommand::LookUp { .. });
        self.page.commands.iter().filter(look).count()
    }
}

#[test]
fn a_message_that_left_before_the_kill_is_adopted_and_not_sent_again() {
    let mut world = killed_after_submit();
    world.run(30_000);
    assert_eq!(world.page.sends(), 1, "the page knew it");
    assert_ne!(
        world.server.state("m1"),
        MessageState::Begun,
        "and it is reported"
    );
    assert!(
        world
            .server
            .results
            .iter()
            .any(|(_, s)| *s == MessageState::Sent),
        "as sent"
    );
}

#[test]
fn an_unsent_intent_is_begun_and_sent_again_under_the_same_id() {
    let mut world = killed_before_submit();
    let id = world
        .disk
        .outbox
        .values()
        .next()
        .unwrap()
        .wa_message_id
        .clone();
    world.run(10_000);
    assert_eq!(world.looks(), 1, "looked up first");
    assert_eq!(world.server.begins.len(), 2, "begun again");
    assert_eq!(world.page.history.len(), 1, "then sent");
    assert_eq!(world.page.history[0].wa_message_id, id, "under the same id");
}

#[test]
fn nothing_is_looked_up_before_the_page_was_quiet() {
    let mut world = killed_before_submit();
    for _ in 0..20 {
        world.run(500);
        world.page.quiet_since = world.now;
    }
    assert_eq!(world.looks(), 0, "the page still fetches its past");
    world.run(5_000);
    assert_eq!(world.looks(), 1, "now it has settled");
}

#[test]
fn an_unsent_intent_of_another_profile_goes_to_a_person() {
    let mut world = killed_before_submit();
    world.page.profile = Default::default();
    world.page.account.device += 1;
    world.run(30_000);
    assert_eq!(
        world.page.history.len(),
        0,
        "nobody can tell, so it is not sent"
    );
    assert_eq!(
        world.server.state("m1"),
        MessageState::Review,
        "a person decides"
    );
    let code = world
        .server
        .get("m1")
        .problem
        .as_ref()
        .map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::FateUnknown), "with the reason");
    assert_eq!(world.session.status().review, 1, "and it is counted");
}

#[test]
fn an_unsent_intent_of_another_start_of_the_computer_goes_to_a_person() {
    let mut world = killed_before_submit();
    world.boot_id = 2;
    world.kill();
    world.run(30_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Review,
        "the page may have lost its own record"
    );
    assert_eq!(world.page.history.len(), 0, "not sent");
}

#[test]
fn a_message_that_left_is_adopted_after_a_reboot_too() {
    let mut world = killed_after_submit();
    world.boot_id = 2;
    world.kill();
    world.run(30_000);
    assert_eq!(world.page.sends(), 1, "present is a fact");
    assert!(
        world
            .server
            .results
            .iter()
            .any(|(_, s)| *s == MessageState::Sent),
        "as sent"
    );
}

#[test]
fn a_message_found_at_ack_0_is_waited_for_and_never_issued_again() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NeverAck);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(1_000);
    world.page.state = SessionState::Syncing;
    world.kill();
    world.page.ack_ms = 1_000_000;
    world.run(1_000);
    world.page.state = SessionState::Connected;
    world.run(60_000);
    assert_eq!(world.page.sends(), 1, "WhatsApp sends it by itself");
    assert_eq!(
        world.server.state("m1"),
        MessageState::Sent,
        "and then it counts"
    );
}

#[test]
fn a_call_that_timed_out_is_decided_by_a_fresh_page() {
    for (trick, sends) in [(Trick::SendAndTimeOut, 1), (Trick::HangOnly, 2)] {
        let mut world = World::connected();
        world.page.trick = Some(trick);
        world.server.enqueue("m1", LEAD, "hello");
        world.run(30_000);
        assert_eq!(
            world.reloads, 1,
            "the old call may still run in the old page"
        );
        assert_eq!(
            world.page.sends(),
            sends,
            "sent again only if it was proven unsent"
        );
        assert_eq!(world.page.history.len(), 1, "it left once");
    }
}

#[test]
fn a_page_that_swallows_a_message_is_asked_after_half_a_minute() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::Swallow);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(60_000);
    assert_eq!(world.page.history.len(), 1, "proven unsent, so it was sent");
    assert_eq!(world.page.sends(), 2, "with a second submit");
}

#[test]
fn what_a_load_says_after_it_was_given_up_is_asked_of_the_next_one() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until_record("m1");
    let answer = |world: &mut World, is: fn(&Effect) -> bool| {
        let at = world.pending.iter().position(is);
        world.answer(at.expect("it is under way"));
    };
    answer(&mut world, |effect| matches!(effect, Effect::Record(_)));
    world.now += 30_000;
    world.tell(Input::Tick);
    answer(&mut world, |effect| matches!(effect, Effect::Submit(..)));
    answer(&mut world, |effect| matches!(effect, Effect::Drain(_)));
    // The tick comes before the reload does, and goes with the old load.
    world.now += 1_000;
    world.page.run_timers(world.now);
    world.run(30_000);
    assert_eq!(world.page.sends(), 1, "handed over once");
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "looked up, not waited for"
    );
}

#[test]
fn an_unclear_outcome_is_looked_up() {
    for (trick, sends) in [(Trick::UnclearSent, 1), (Trick::UnclearUnsent, 2)] {
        let mut world = World::connected();
        world.page.trick = Some(trick);
        world.server.enqueue("m1", LEAD, "hello");
        world.run(30_000);
        assert_eq!(world.page.sends(), sends, "never resent on a guess");
        assert_eq!(world.page.history.len(), 1, "it left once");
    }
}

#[test]
fn a_self_reload_in_the_middle_of_a_send_loses_and_doubles_nothing() {
    for steps in 0..40 {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, "hello");
        world.page.ack_ms = 300;
        for _ in 0..steps {
            world.step();
        }
        world.page.load(world.now);
        world.run(60_000);
        assert_eq!(world.page.history.len(), 1, "reload after {steps} steps");
        assert!(
            world.server.state("m1") != MessageState::Begun,
            "accounted for after {steps}"
        );
    }
}

#[test]
fn a_kill_after_any_step_loses_and_doubles_nothing() {
    for steps in 0..60 {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, "hello");
        world.page.ack_ms = 100;
        for _ in 0..steps {
            world.step();
        }
        world.kill();
        world.run(180_000);
        assert_eq!(world.page.history.len(), 1, "kill after {steps} steps");
        let state = world.server.state("m1");
        let told = matches!(
            state,
            MessageState::Sent | MessageState::Read | MessageState::Delivered
        );
        assert!(told, "{state:?} after a kill after {steps} steps");
    }
}

#[test]
fn a_message_the_page_no_longer_shows_goes_to_a_person() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NeverAck);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(1_000);
    world.page.profile.messages.clear();
    world.page.load(world.now);
    world.run(20_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Review,
        "the page had it"
    );
    assert_eq!(world.page.sends(), 1, "so it is not sent again");
}

#[test]
fn a_cancelled_message_is_not_sent_after_a_restart() {
    let mut world = killed_before_submit();
    world.server.get("m1").state = MessageState::Cancelled;
    world.run(30_000);
    assert_eq!(world.page.history.len(), 0, "a confirmed cancel holds");
    assert!(world.disk.outbox.is_empty(), "and the row is gone");
}

#[test]
fn ticks_that_come_after_a_restart_are_still_reported() {
    let mut world = World::connected();
    world.page.ack_ms = 100;
    world.server.enqueue("m1", LEAD, "hello");
    world.run_until(2_000, |world| {
        world.server.state("m1") == MessageState::Sent
    });
    world.kill();
    world.run(3_000);
    let id = world.page.history[0].wa_message_id.clone();
    let ack = Ack::Read;
    world.page.say(BridgeEvent::Ack {
        wa_message_id: id,
        ack,
    });
    world.run(3_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "matched by the bare id"
    );
}

#[test]
fn a_person_may_pause_while_messages_are_cleared_up() {
    let mut world = killed_after_submit();
    world.tell(Input::Pause);
    world.run(30_000);
    assert!(
        world
            .server
            .results
            .iter()
            .any(|(_, s)| *s == MessageState::Sent),
        "still told"
    );
}

#[test]
fn a_tick_that_came_while_no_page_listened_is_asked_for_in_the_next_load() {
    let mut world = World::connected();
    world.page.only_server_acks = true;
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    assert_eq!(world.server.state("m1"), MessageState::Sent, "so far");
    let id = world.page.history[0].wa_message_id.clone();
    world.page.profile.messages.get_mut(&id).unwrap().1 = Ack::Read;
    world.page.open = false;
    world.tell(Input::PageCrashed);
    world.run(10_000);
    assert_eq!(
        world.server.state("m1"),
        MessageState::Read,
        "the new load was asked"
    );
    let looks = world.looks();
    world.run(60_000);
    assert_eq!(world.looks(), looks, "once a load is enough");
}

#[test]
fn a_tick_of_a_message_no_page_was_given_is_a_lie() {
    let mut world = World::connected();
    world.server.policy.gap_ms = 2_000;
    world.server.enqueue("m0", "+5511970000002", "m0");
    world.server.enqueue("m1", "+5511970000001", "m1");
    world.run_until(10_000, |world| {
        world.disk.outbox.keys().any(|id| id.as_str() == "m1") || world.page.history.len() > 1
    });
    assert_eq!(
        world.page.history.len(),
        1,
        "the second one waits for its turn"
    );
    let wa_message_id = world.disk.outbox[&MessageId::from("m1")]
        .wa_message_id
        .clone();
    let ack = Ack::Server;
    world.page.say(BridgeEvent::Ack { wa_message_id, ack });
    world.run(10_000);
    assert_eq!(world.page.history.len(), 2, "it is sent all the same");
    assert_eq!(world.check_safety(), Ok(()));
}
