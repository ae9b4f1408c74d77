use crate::support::page::Trick;
use crate::support::world::World;
use hotdesk_engine::{Effect, Input, PageFault};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::session::{MessageState, SessionState};

const LEAD: &str = "+5511970000001";

fn problem(world: &World) -> Option<ProblemCode> {
    world.session.problem().map(|problem| problem.code)
}

#[test]
fn a_fresh_page_gets_a_marker_that_was_written_to_disk_first() {
    let world = World::connected();
    assert!(world.disk.marker.is_some(), "kept by us");
    assert_eq!(
        world.page.profile.marker, world.disk.marker,
        "and in the profile"
    );
    assert_eq!(
        world.disk.account.as_deref(),
        Some("+5511960000001"),
        "so is the number"
    );
}

#[test]
fn the_page_is_asked_often_while_it_starts_and_seldom_when_idle() {
    let mut world = World::new();
    world.page.state = SessionState::Starting;
    world.run(3_000);
    assert!(
        world.probes >= 15,
        "{} probes in 3 s of starting",
        world.probes
    );
    let mut world = World::connected();
    let before = world.probes;
    world.run(30_000);
    assert!(
        world.probes - before <= 30,
        "{} probes in 30 idle s",
        world.probes - before
    );
}

#[test]
fn a_page_that_loads_for_more_than_a_minute_is_reloaded_and_given_up_after_three() {
    let mut world = World::new();
    world.page.state = SessionState::Starting;
    world.run(61_000);
    assert_eq!(world.reloads, 1, "after 60 s");
    world.run(240_000);
    assert_eq!(world.reloads, 3, "three in 15 minutes, no more");
    assert_eq!(
        world.session.state(),
        SessionState::Stopped,
        "then it stops"
    );
    assert_eq!(
        problem(&world),
        Some(ProblemCode::PageUnresponsive),
        "with a reason"
    );
    world.page.state = SessionState::Connected;
    world.tell(Input::Resume);
    world.run(5_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "a person resumed"
    );
}

#[test]
fn a_page_that_loads_for_long_says_so_and_is_well_again_once_it_is_there() {
    let mut world = World::new();
    world.page.state = SessionState::Starting;
    world.run(19_000);
    assert_eq!(problem(&world), None, "pages take their time");
    world.run(2_000);
    let state = world.session.state();
    assert_eq!(state, SessionState::Starting, "it is still tried");
    assert_eq!(problem(&world), Some(ProblemCode::PageSlow), "and told");
    world.run(45_000);
    assert_eq!(world.reloads, 1, "it was loaded anew meanwhile");
    assert_eq!(problem(&world), Some(ProblemCode::PageSlow), "told still");
    world.page.state = SessionState::Connected;
    world.run(3_000);
    assert_eq!(problem(&world), None, "it is there");
}

#[test]
fn a_person_can_have_the_page_loaded_anew_as_often_as_they_like() {
    let mut world = World::connected();
    for times in 1..=5 {
        world.tell(Input::Reload);
        world.run(3_000);
        assert_eq!(world.reloads, times, "each time");
    }
    assert_eq!(world.session.state(), SessionState::Connected, "no stop");
}

#[test]
fn a_reload_helps_a_page_that_was_given_up_or_lacked_something() {
    let mut world = World::new();
    world.page.state = SessionState::Starting;
    world.run(400_000);
    assert_eq!(world.session.state(), SessionState::Stopped, "given up");
    world.page.state = SessionState::Connected;
    world.tell(Input::Reload);
    world.run(5_000);
    assert_eq!(world.session.state(), SessionState::Connected, "and back");

    world.page.missing = vec![Capability::Acks];
    world.run(3_000);
    let reloads = world.reloads;
    world.tell(Input::Reload);
    world.run(1_000);
    assert_eq!(world.reloads, reloads + 1, "a stop keeps no page from it");
}

#[test]
fn a_reload_while_a_message_waits_for_its_tick_sends_nothing_twice() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::NeverAck);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(125_000);
    assert_eq!(problem(&world), Some(ProblemCode::AckStuck), "stuck");
    world.tell(Input::Reload);
    world.run(10_000);
    assert_eq!(world.page.history.len(), 1, "left once");
    assert_eq!(problem(&world), None, "the fresh page heard of it");
    assert_eq!(world.server.state("m1"), MessageState::Sent);
}

#[test]
fn a_reload_does_not_lift_a_warning_of_whatsapp() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::AckError);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(3_000);
    world.tell(Input::Reload);
    world.run(5_000);
    assert_eq!(
        problem(&world),
        Some(ProblemCode::WhatsappRefused),
        "a person resumes when they have looked at the account"
    );
}

#[test]
fn a_page_whose_script_never_appears_is_given_up_too() {
    let mut world = World::new();
    world.page.present = false;
    world.run(600_000);
    assert_eq!(
        problem(&world),
        Some(ProblemCode::PageUnresponsive),
        "it never answered"
    );
}

#[test]
fn a_page_that_cannot_be_opened_is_tried_a_few_times() {
    let mut world = World::new();
    world.open_fault = Some(PageFault::Absent);
    world.kill();
    world.run(60_000);
    assert_eq!(
        problem(&world),
        Some(ProblemCode::PageUnresponsive),
        "it says so"
    );
    world.open_fault = None;
    world.tell(Input::Resume);
    world.run(5_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "a person resumed"
    );
}

#[test]
fn three_missed_probes_reload_the_page() {
    let mut world = World::connected();
    world.page.hung = true;
    world.run(15_000);
    assert_eq!(world.reloads, 1, "three misses");
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "and it is back"
    );
}

#[test]
fn a_crashed_page_comes_back_and_nothing_is_sent_twice() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.page.ack_ms = 5_000;
    world.run(1_000);
    world.page.open = false;
    world.tell(Input::PageCrashed);
    assert_eq!(world.session.state(), SessionState::Crashed, "seen at once");
    world.run(20_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "it came back"
    );
    assert_eq!(world.page.history.len(), 1, "sent once");
    assert_eq!(
        world.server.state("m1"),
        MessageState::Sent,
        "and accounted for"
    );
}

#[test]
fn a_page_that_crashes_again_and_again_is_given_up() {
    let mut world = World::connected();
    for _ in 0..4 {
        world.page.open = false;
        world.tell(Input::PageCrashed);
        world.run(2_000);
    }
    assert_eq!(
        world.session.state(),
        SessionState::Stopped,
        "three reloads in 15 minutes"
    );
    assert_eq!(
        problem(&world),
        Some(ProblemCode::PageCrashed),
        "with a reason"
    );
    world.tell(Input::Resume);
    world.run(3_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "a person resumed"
    );
}

#[test]
fn crashes_far_apart_are_forgiven() {
    let mut world = World::connected();
    for _ in 0..6 {
        world.page.open = false;
        world.tell(Input::PageCrashed);
        world.run(6 * 60_000);
    }
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "never three within 15 minutes"
    );
}

#[test]
fn another_account_than_before_stops_the_session() {
    let mut world = World::connected();
    world.page.account.phone = "+5511960000009".into();
    world.run(2_000);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(30_000);
    assert_eq!(
        problem(&world),
        Some(ProblemCode::WrongAccount),
        "not this SDR's number"
    );
    assert_eq!(world.page.sends(), 0, "nothing leaves through it");
    world.page.account.phone = "+5511960000001".into();
    world.run(5_000);
    assert_eq!(world.page.history.len(), 1, "the right one goes on");
}

#[test]
fn each_new_qr_value_is_relayed_once() {
    let mut world = World::new();
    world.page.state = SessionState::Qr;
    world.page.qr = Some("first".into());
    world.run(5_000);
    world.page.qr = Some("second".into());
    world.run(5_000);
    let values: Vec<_> = world
        .qrs
        .iter()
        .map(|qr| (qr.value.as_str(), qr.expires_in_ms))
        .collect();
    assert_eq!(
        values,
        [("first", 60_000), ("second", 20_000)],
        "with the life WhatsApp gives them"
    );
    assert!(world.session.status().qr_shown, "and shown");
}

#[test]
fn an_unlinked_page_shows_its_code_again_and_sends_nothing() {
    let mut world = World::connected();
    world.page.state = SessionState::LoggedOut;
    world.run(2_000);
    assert_eq!(
        world.session.state(),
        SessionState::LoggedOut,
        "as the page says"
    );
    world.page.profile = Default::default();
    world.page.account.device += 1;
    world.page.state = SessionState::Qr;
    world.page.qr = Some("again".into());
    world.page.load(world.now);
    world.run(2_000);
    assert_eq!(world.session.state(), SessionState::Qr, "then the code");
    assert_eq!(world.qrs.len(), 1, "relayed");
    let before = world.disk.marker.clone();
    world.page.qr = None;
    world.page.state = SessionState::Connected;
    world.run(5_000);
    assert_eq!(
        world.session.state(),
        SessionState::Connected,
        "linked again"
    );
    assert_ne!(
        world.disk.marker, before,
        "a wiped profile gets a new marker"
    );
}

#[test]
fn a_disconnected_session_closes_its_page_and_opens_it_again() {
    let mut world = World::connected();
    world.tell(Input::Disconnect);
    world.run(10_000);
    assert_eq!(world.session.state(), SessionState::Closed, "closed");
    assert!(!world.page.open, "the page too");
    let probes = world.probes;
    world.run(60_000);
    assert_eq!(world.probes, probes, "a closed page is not asked");
    world.tell(Input::Connect);
    world.run(5_000);
    assert_eq!(world.session.state(), SessionState::Connected, "and back");
}

#[test]
fn a_send_under_way_is_waited_for_before_the_page_closes() {
    let mut world = World::connected();
    world.page.trick = Some(Trick::Swallow);
    world.server.enqueue("m1", LEAD, "hello");
    world.run(500);
    world.tell(Input::Disconnect);
    world.run(1_000);
    assert!(world.page.open, "its word is waited for");
    world.run(10_000);
    assert!(!world.page.open, "but not for ever");
}

#[test]
fn a_page_that_wants_an_update_is_reloaded() {
    let mut world = World::connected();
    world.page.state = SessionState::NeedsUpdate;
    world.run(2_000);
    assert!(world.reloads >= 1, "WhatsApp asked for it");
}

#[test]
fn unlink_and_refresh_reach_the_page() {
    use hotdesk_protocol::bridge::BridgeCommand;
    let mut world = World::connected();
    world.tell(Input::Unlink);
    world.run(1_000);
    assert!(
        world.page.commands.contains(&BridgeCommand::LogOut),
        "unlinked"
    );
    world.tell(Input::RefreshQr);
    world.run(1_000);
    assert!(
        world.page.commands.contains(&BridgeCommand::RefreshQr),
        "asked for codes"
    );
    world.page.state = SessionState::Conflict;
    world.run(2_000);
    world.tell(Input::UseHere);
    world.run(1_000);
    assert!(
        world.page.commands.contains(&BridgeCommand::UseHere),
        "used here"
    );
}

#[test]
fn a_page_whose_reports_cannot_be_read_is_loaded_anew() {
    let mut world = World::connected();
    world.page.unreadable = true;
    world
        .page
        .receive("IN1", "c@c.us", Some("+5511970000001"), "?");
    world.run(60_000);
    assert_eq!(world.reloads, 1, "only a fresh page can be understood");
    assert_eq!(problem(&world), None, "and that was that");
}

#[test]
fn other_scripts_come_with_a_load_that_waits_for_the_message_in_hand() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.server.enqueue("m2", "+5511970000002", "hello");
    world.page.ack_ms = 60_000;
    world.run_until(30_000, |world| world.page.sends() == 1);
    world.tell(Input::Renew);
    world.run(55_000);
    assert_eq!(world.reloads, 0, "its tick is still to come");
    assert_eq!(world.page.sends(), 1, "nothing further is handed over");
    world.page.ack_ms = 100;
    world.run(10_000);
    assert_eq!(world.reloads, 1, "then it is loaded anew, once");
    world.run(60_000);
    assert_eq!(world.page.history.len(), 2, "each left once");
    assert_eq!(world.reloads, 1, "and not again");
}

/// Time goes on until the page is to be handed a message, and is not yet.
fn until_submit_is_asked(world: &mut World) {
    let submit = |effect: &Effect| matches!(effect, Effect::Submit(..));
    for _ in 0..10_000 {
        if world.pending.iter().any(submit) {
            return;
        }
        if world.pending.is_empty() {
            world.now += 10;
            world.tell(Input::Tick);
            world.wake();
        } else {
            world.answer(0);
        }
    }
    panic!("nothing was submitted");
}

#[test]
fn other_scripts_wait_for_the_answer_to_a_send_and_however_it_ends_it_leaves_once() {
    for trick in [
        None,
        Some(Trick::HangOnly),
        Some(Trick::SendAndTimeOut),
        Some(Trick::UnclearUnsent),
    ] {
        let mut world = World::connected();
        world.server.enqueue("m1", LEAD, "hello");
        world.page.trick = trick.clone();
        until_submit_is_asked(&mut world);
        world.tell(Input::Renew);
        let reload = |effect: &Effect| matches!(effect, Effect::ReloadPage);
        let waits = !world.pending.iter().any(reload);
        assert!(waits, "{trick:?}: the page is about to answer");
        world.run(180_000);
        assert!(world.reloads > 0, "{trick:?}: the page has them now");
        assert_eq!(world.page.history.len(), 1, "{trick:?}: it left once");
        // Ticks that came while no page listened are not told again.
        let told = [MessageState::Sent, MessageState::Read];
        assert!(told.contains(&world.server.state("m1")), "{trick:?}: told");
    }
}

#[test]
fn other_scripts_do_not_wait_for_ever_for_a_message_without_a_tick() {
    let mut world = World::connected();
    world.server.enqueue("m1", LEAD, "hello");
    world.page.trick = Some(Trick::NeverAck);
    world.run_until(30_000, |world| world.page.sends() == 1);
    world.tell(Input::Renew);
    world.run(110_000);
    assert_eq!(world.reloads, 0, "WhatsApp may still get through");
    world.run(20_000);
    assert_eq!(world.reloads, 1, "a fresh load may be what it needs");
    world.run(60_000);
    assert_eq!(world.page.history.len(), 1, "it left once");
    assert_eq!(world.server.state("m1"), MessageState::Sent);
}

#[test]
fn other_scripts_may_save_a_page_that_was_given_up() {
    let mut world = World::new();
    world.page.state = SessionState::Starting;
    world.run(300_000);
    assert_eq!(world.session.state(), SessionState::Stopped, "given up");
    world.page.state = SessionState::Connected;
    for _ in 0..4 {
        world.tell(Input::Renew);
        world.run(5_000);
        assert_eq!(
            world.session.state(),
            SessionState::Connected,
            "a load for other scripts is no sign of trouble, however many there are"
        );
    }
}
