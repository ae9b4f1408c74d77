//! Messages whose fate nobody can tell: what the window shows of them, and what a person decides.

use crate::support::day::Day;
use crate::support::desk::{Desk, FakeAgent, relinked_after_a_crash, sign_in, until_sdr};
use crate::support::lk1::{self, JOHN, Lk1, MARK_SENT};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_agent::agent::Order;
use hotdesk_agent::review::{Decision, Fact, ReviewView, SendAsNew};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::review::{ReviewItem, Verdict};
use hotdesk_protocol::session::{Ack, MessageState, SessionState};
use hotdesk_server::store::OptOutOf;
use hotdesk_server::store::review::Decide;
use std::time::Duration;
use tokio::time::interval;

const PHONE: &str = "+5511960000001";

/// John's message was in the page's hands when the app died, and meanwhile the phone unlinked it.
pub async fn parked(office: &Office, desk: &Desk) -> FakeAgent {
    let agent = relinked_after_a_crash(desk, PHONE).await;
    office.until(Some("john"), MessageState::Review, 1).await;
    until_review(&agent, 1).await;
    agent
}

async fn until_review(agent: &FakeAgent, count: u32) {
    until_sdr(agent, "john", "so many to decide", |sdr| {
        sdr.review == count
    })
    .await;
}

async fn only(agent: &FakeAgent) -> ReviewView {
    let mut waiting = listed(agent, "john").await;
    assert_eq!(waiting.len(), 1, "one message waits for a decision");
    waiting.remove(0)
}

async fn listed(agent: &FakeAgent, sdr: &str) -> Vec<ReviewView> {
    match agent.review(&sdr.into()).await {
        Ok(waiting) => waiting,
        Err(problem) => panic!("{problem:?}"),
    }
}

async fn decide(agent: &FakeAgent, decision: Decision) -> Result<(), ProblemCode> {
    let (it, john) = (only(agent).await, SdrId::from("john"));
    let answer = agent.decide(&john, it.message_id, it.generation, decision);
    answer.await.map_err(|problem| problem.code)
}

async fn at_server(office: &Office) -> ReviewItem {
    let store = office.server().store();
    let john = Some(SdrId::from("john"));
    store.in_review(john, 0, 10).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_tells_what_is_known_in_the_order_in_which_it_happened() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let message = office.messages(Some("john")).await.remove(0);
    let shown = only(&agent).await;
    assert_eq!(shown.message_id, message.message_id);
    assert_eq!(
        (&shown.lead_name, &shown.phone, &shown.text),
        (&message.lead_name, &message.phone, &message.text)
    );
    let facts: Vec<_> = shown.facts.iter().map(|known| known.fact).collect();
    let expected = [
        Fact::HandedHere,
        Fact::NoTick,
        Fact::Unlinked,
        Fact::PutAside,
    ];
    assert_eq!(facts, expected);
    let times: Vec<_> = shown.facts.iter().filter_map(|known| known.at_ms).collect();
    assert!(times.len() == 3 && times.is_sorted(), "{times:?}");
    assert!(shown.why.is_some(), "and why nobody can tell");
    assert_eq!(shown.send_as_new, SendAsNew::FromHere);
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_chat_is_sent_by_the_person_s_word_and_can_be_said_twice() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let (it, john) = (only(&agent).await, SdrId::from("john"));
    let say = |decision| agent.decide(&john, it.message_id.clone(), 0, decision);
    say(Decision::Arrived).await.unwrap();
    office.until(Some("john"), MessageState::Sent, 1).await;
    until_sdr(&agent, "john", "nothing left to decide", |sdr| {
        sdr.review == 0 && sdr.activity[0].state == MessageState::Sent
    })
    .await;
    say(Decision::Arrived).await.unwrap();
    let other = say(Decision::DoNotSend).await;
    assert!(other.is_err(), "another decision comes too late");
    assert!(listed(&agent, "john").await.is_empty());
    assert!(desk.pages.history().is_empty(), "nothing was sent");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_failed_with_the_reason_and_stays_so_over_a_restart() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    decide(&agent, Decision::DoNotSend).await.unwrap();
    let message = office.messages(Some("john")).await.remove(0);
    let code = message.problem.map(|problem| problem.code);
    assert_eq!(
        (message.state, code),
        (MessageState::Failed, Some(ProblemCode::Cancelled))
    );
    until_review(&agent, 0).await;
    agent.shut_down().await;
    let agent = desk.start().await;
    until_sdr(&agent, "john", "connected again", |sdr| {
        sdr.state == SessionState::Connected && !sdr.stale
    })
    .await;
    until_review(&agent, 0).await;
    assert!(desk.pages.history().is_empty(), "nothing was sent");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_as_new_it_leaves_once_under_a_new_id() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let old = at_server(&office).await.wa_message_id;
    decide(&agent, Decision::SendAsNew).await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    until_sdr(&agent, "john", "delivered, nothing to decide", |sdr| {
        sdr.review == 0 && sdr.activity[0].state == MessageState::Delivered
    })
    .await;
    let history = desk.pages.history();
    assert_eq!(history.len(), 1, "once");
    assert_ne!(history[0].id, old);
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_turns_up_before_it_is_sent_as_new_is_not_sent_a_second_time() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let old = at_server(&office).await.wa_message_id;
    desk.pages.turn_up("john", &old, Ack::Device);
    decide(&agent, Decision::SendAsNew).await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let message = office.messages(Some("john")).await.remove(0);
    assert_eq!(message.wa_message_id, Some(old), "the first one is the one");
    assert!(desk.pages.history().is_empty(), "and nothing else was sent");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_desktop_began_leaves_from_here_only_once_that_one_is_unlinked() {
    let office = Office::open(3).await;
    let front = Desk::new(&office.url());
    parked(&office, &front).await.shut_down().await;
    let back = Desk::new(&office.url());
    let agent = back.start().await;
    back.pages.link("john", PHONE);
    sign_in(&agent, "john").await;
    until_sdr(&agent, "john", "passive, with one to decide", |sdr| {
        sdr.elsewhere.is_some() && sdr.review == 1
    })
    .await;
    let john = SdrId::from("john");
    agent.order(&john, Order::TakeOver).await.unwrap();
    until_sdr(&agent, "john", "active here", |sdr| {
        sdr.elsewhere.is_none() && sdr.review == 1 && sdr.state == SessionState::Connected
    })
    .await;
    let shown = only(&agent).await;
    assert_eq!(shown.send_as_new, SendAsNew::OnceUnlinked);
    assert_eq!(shown.facts[0].fact, Fact::HandedElsewhere);
    decide(&agent, Decision::SendAsNewUnlinked).await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let left = (front.pages.history().len(), back.pages.history().len());
    assert_eq!(left, (0, 1), "from here, once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_elsewhere_is_no_longer_asked_about_here() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let decided = Decide {
        message_id: at_server(&office).await.message_id,
        verdict: Verdict::Cancel,
        generation: None,
        unlinked: false,
        note: None,
        of: None,
        by: "manager".into(),
    };
    let store = office.server().store();
    store.decide(decided, UtcMs(1)).await.unwrap();
    agent.pause_all().await;
    until_review(&agent, 0).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_as_new_to_a_number_that_has_opted_out() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let of = OptOutOf::Phone(only(&agent).await.phone);
    let store = office.server().store();
    let by = SdrId::from("john");
    let opted_out = store.opt_out(of, by, "stop".into(), UtcMs(1)).await;
    opted_out.unwrap();
    let refused = decide(&agent, Decision::SendAsNew).await;
    assert_eq!(refused, Err(ProblemCode::Forbidden), "the server says no");
    agent.pause_all().await;
    let mut look = interval(Duration::from_millis(20));
    while only(&agent).await.send_as_new != SendAsNew::OptedOut {
        look.tick().await;
    }
    decide(&agent, Decision::DoNotSend).await.unwrap();
    assert!(desk.pages.history().is_empty(), "nothing was sent");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_about_another_sdr_s_message() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    desk.pages.link("jane", "+5511960000002");
    sign_in(&agent, "jane").await;
    assert!(
        listed(&agent, "jane").await.is_empty(),
        "each sees their own"
    );
    let id = only(&agent).await.message_id;
    let jane = SdrId::from("jane");
    let refused = agent.decide(&jane, id, 0, Decision::Arrived).await;
    assert!(refused.is_err(), "and decides about their own");
    assert_eq!(listed(&agent, "john").await.len(), 1, "nothing was changed");
    let gone = agent.review(&"bob".into()).await;
    let code = gone.err().map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::NotFound), "not on this machine");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_it_is_said_and_nothing_is_decided() {
    let mut office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = parked(&office, &desk).await;
    let id = only(&agent).await.message_id;
    let john = SdrId::from("john");
    office.close().await;
    let away = agent.review(&john).await.err();
    let code = away.map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::Unreachable));
    let lost = agent.decide(&john, id, 0, Decision::Arrived).await;
    assert_eq!(lost.unwrap_err().code, ProblemCode::Unreachable);
    office.reopen().await;
    decide(&agent, Decision::Arrived).await.unwrap();
    office.until(Some("john"), MessageState::Sent, 1).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_server_that_keeps_no_review_it_is_decided_on_this_desktop_and_told() {
    let day = Day::at("2026-11-27T13:00:00Z");
    let server = Lk1::start(day.clock.clone()).await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    let id = server.add(JOHN, "+5511970000001", "Hello");
    desk.pages.set_mood(JOHN, Mood::SendsInSilence);
    let agent = desk.start().await;
    lk1::sign_in(&desk, &agent, JOHN).await;
    day.until("it left unseen", 2_000, || desk.pages.history().len() == 1)
        .await;
    desk.kill(agent);
    desk.pages.relink(JOHN, PHONE);
    desk.pages.set_mood(JOHN, Mood::Works);
    let agent = desk.start().await;
    let to_decide = || agent.views().borrow().sdrs[0].review;
    day.until("to be decided", 2_000, || to_decide() == 1).await;
    let john = SdrId::from(JOHN);
    let say = |generation, decision| {
        let of = id.as_str().into();
        agent.decide(&john, of, generation, decision)
    };
    let shown = listed(&agent, JOHN).await.remove(0);
    assert_eq!(
        (shown.text.as_str(), shown.send_as_new),
        ("Hello", SendAsNew::NotOffered)
    );
    let code = |answer: Result<(), hotdesk_protocol::Problem>| answer.map_err(|it| it.code);
    let as_new = code(say(0, Decision::SendAsNew).await);
    assert_eq!(as_new, Err(ProblemCode::Forbidden), "it cannot be done");
    let other = code(say(1, Decision::Arrived).await);
    assert_eq!(other, Err(ProblemCode::NotFound), "another generation");
    assert!(server.calls(MARK_SENT).is_empty(), "nothing was told yet");
    say(0, Decision::Arrived).await.unwrap();
    day.until("told", 2_000, || server.contact(&id).status == "sent")
        .await;
    day.until("decided", 2_000, || to_decide() == 0).await;
    let again = code(say(0, Decision::DoNotSend).await);
    assert_eq!(again, Err(ProblemCode::NotFound), "once");
    assert_eq!(desk.pages.history().len(), 1, "and nothing left twice");
    agent.shut_down().await;
}
