//! The lead system that offices already run: no lease, no begin, acks refused after hours.

use crate::support::day::{Day, HOUR_MS, MINUTE_MS};
use crate::support::desk::{Desk, FakeAgent, until_sdr};
use crate::support::lk1::{
    CONNECT, CONTROL, JANE, JOHN, Lk1, MARK_FAILED, MARK_SENT, QUEUE, Session, sign_in,
};
use crate::support::pages::Mood;
use axum::http::Method;
use hotdesk_agent::agent::Order;
use hotdesk_agent::queue_client::{Desk as ClientDesk, Dialect, Past, QueueServer, Token};
use hotdesk_agent::views::SdrView;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::queue::ResultRequest;
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{ProblemCode, UtcMs};
use serde_json::{Value, json};
use url::Url;

const ANA: &str = "+5511970000001";
/// A Friday, ten o'clock in the office.
const FRIDAY: &str = "2026-11-27T13:00:00Z";
const STEP_MS: u64 = 2_000;

async fn office(start: &str) -> (Day, Lk1, Desk) {
    let day = Day::at(start);
    let server = Lk1::start(day.clock.clone()).await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    (day, server, desk)
}

/// John's desktop, whose seat is held.
async fn seated(day: &Day, server: &Lk1, desk: &Desk) -> FakeAgent {
    let agent = desk.start().await;
    sign_in(desk, &agent, JOHN).await;
    day.until("the seat is taken", STEP_MS, || {
        server.session(JOHN).connected
    })
    .await;
    day.pass(2 * MINUTE_MS, STEP_MS).await;
    agent
}

fn view(agent: &FakeAgent, sdr: &str) -> SdrView {
    let views = agent.views();
    let view = views.borrow();
    view.sdrs
        .iter()
        .find(|s| s.id.as_str() == sdr)
        .unwrap()
        .clone()
}

fn problem(agent: &FakeAgent, sdr: &str) -> Option<ProblemCode> {
    view(agent, sdr).problem.map(|problem| problem.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_messages_leave_45_s_apart_each_once_and_are_marked_with_the_time_they_left() {
    let (day, server, desk) = office(FRIDAY).await;
    let agent = seated(&day, &server, &desk).await;
    let ids: Vec<_> = (1..=4)
        .map(|n| server.add(JOHN, format!("+551197000000{n}"), format!("Hello {n}")))
        .collect();
    server.add(JANE, "+5511980000001", "for Jane");
    for n in 1..=4 {
        let has_left = || desk.pages.history().len() >= n;
        day.until("the next one left", 500, has_left).await;
        let is_marked = || server.count("sent") == n;
        day.until("and is marked", 20, is_marked).await;
    }
    let history = desk.pages.history();
    assert_eq!(history.len(), 4, "each left once, and none of Jane's");
    let times: Vec<jiff::Timestamp> = ids
        .iter()
        .map(|id| server.contact(id).sent_at.unwrap().parse().unwrap())
        .collect();
    for pair in times.windows(2) {
        let gap = pair[1].as_millisecond() - pair[0].as_millisecond();
        // 45 s from one hand-over to the next; a busy machine marks the first of a pair some steps late.
        assert!(gap >= 40_000, "the default pace holds: {gap} ms");
    }
    let looks = server.calls(QUEUE);
    assert!(
        looks
            .iter()
            .all(|look| look.bearer == JOHN && look.query.contains(JOHN)),
        "the SDR's id is the bearer and is named as documented"
    );
    assert!(
        server.calls(CONTROL).is_empty(),
        "what is company-wide is left alone"
    );
    day.pass(MINUTE_MS, STEP_MS).await;
    assert_eq!(
        server.calls(MARK_SENT).len(),
        4,
        "delivered and read have no call there"
    );
    assert_eq!(view(&agent, JOHN).sent_today, 4, "counted on this desktop");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ack_refused_at_closing_time_is_kept_over_the_weekend_and_restarts_without_a_second_send()
 {
    // Friday, five to six.
    let (day, server, desk) = office("2026-11-27T20:55:00Z").await;
    server.fail(MARK_SENT, 500, "oops");
    let agent = seated(&day, &server, &desk).await;
    let id = server.add(JOHN, ANA, "Hello");
    day.until("it left", STEP_MS, || !desk.pages.history().is_empty())
        .await;
    let left = day.utc();
    day.until_utc("2026-11-27T21:00:30Z", STEP_MS).await;
    server.heal();
    let asked = server.calls(MARK_SENT).len();
    day.until("the ack is refused", MINUTE_MS, || {
        server.calls(MARK_SENT).len() > asked
    })
    .await;
    let shown = until_sdr(&agent, JOHN, "why it waits", |sdr| {
        sdr.activity
            .first()
            .is_some_and(|item| item.problem.is_some())
    })
    .await;
    let words = shown.activity[0].problem.clone().unwrap().message;
    assert!(
        words.contains("Outside working hours"),
        "in the server's words: {words}"
    );
    assert!(
        words.contains("not sent again"),
        "and what is safe: {words}"
    );
    day.until("the queue is blocked", MINUTE_MS, || {
        let problem = view(&agent, JOHN).problem;
        problem.is_some_and(|problem| problem.message.contains("Queue blocked"))
    })
    .await;
    let refused = agent.order(&SdrId::from(JOHN), Order::Remove).await;
    assert_eq!(
        refused.unwrap_err().code,
        ProblemCode::NotNow,
        "the record that keeps it from leaving twice cannot be thrown away"
    );
    desk.kill(agent);
    let agent = desk.start().await;
    let asked = server.calls(MARK_SENT).len();
    day.until_utc("2026-11-30T11:50:00Z", 5 * MINUTE_MS).await;
    let weekend = server.calls(MARK_SENT).len() - asked;
    assert!(
        (5..500).contains(&weekend),
        "retried, ever less often: {weekend} times"
    );
    assert_eq!(
        server.contact(&id).status,
        "pending",
        "and refused each time"
    );
    desk.kill(agent);
    let agent = desk.start().await;
    day.until("taken on Monday", MINUTE_MS, || server.count("sent") == 1)
        .await;
    let sent_at: jiff::Timestamp = server.contact(&id).sent_at.unwrap().parse().unwrap();
    let off = (sent_at.as_millisecond() - left.as_millisecond()).abs();
    assert!(
        off < 10_000,
        "with the time it left on Friday, not Monday's: {sent_at}"
    );
    day.pass(10 * MINUTE_MS, STEP_MS).await;
    assert_eq!(desk.pages.history().len(), 1, "it left once");
    assert_eq!(desk.pages.submits(), 1, "and was handed to the page once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_offered_again_and_again_leaves_once_and_does_not_hold_up_the_next() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(JOHN, ANA, "Hello");
    server.inner().forgets = true;
    let agent = seated(&day, &server, &desk).await;
    day.until("acked", STEP_MS, || !server.calls(MARK_SENT).is_empty())
        .await;
    server.add(JOHN, "+5511970000002", "Hello too");
    day.until("the next one left", STEP_MS, || {
        desk.pages.history().len() == 2
    })
    .await;
    desk.kill(agent);
    let agent = desk.start().await;
    day.pass(HOUR_MS, 10_000).await;
    assert_eq!(
        desk.pages.history().len(),
        2,
        "each left once, whatever is offered"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ack_that_is_refused_for_months_is_still_known() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(JOHN, ANA, "Hello");
    server.fail(
        MARK_SENT,
        403,
        r#"{"error":"Contact is not assigned to you"}"#,
    );
    let agent = seated(&day, &server, &desk).await;
    day.until("it left", STEP_MS, || !desk.pages.history().is_empty())
        .await;
    for _ in 0..2 {
        day.pass(50 * 24 * HOUR_MS, 6 * HOUR_MS).await;
        desk.pages.die();
    }
    desk.kill(agent);
    let agent = desk.start().await;
    day.pass(24 * HOUR_MS, 5 * MINUTE_MS).await;
    assert_eq!(
        desk.pages.submits(),
        1,
        "also after a hundred days it is not sent again"
    );
    server.heal();
    day.until("taken at last", 5 * MINUTE_MS, || server.count("sent") == 1)
        .await;
    assert_eq!(desk.pages.submits(), 1, "once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_marked_failed_with_the_reason_and_may_be_corrected() {
    let (day, server, desk) = office(FRIDAY).await;
    let empty = server.add(JOHN, ANA, Value::Null);
    let bare = server.add(JOHN, "5511970000002", "without a plus");
    let spaced = server.add(JOHN, "+55 (11) 97000-0003", "as people write");
    let unclear = server.add(JOHN, "55999990004", "area code 55 or country 55?");
    let nobody = server.add(JOHN, Value::Null, "no phone at all");
    let agent = seated(&day, &server, &desk).await;
    day.until("all told", STEP_MS, || server.count("pending") == 0)
        .await;
    let history = desk.pages.history();
    let phones: Vec<_> = history.iter().map(|left| left.phone.as_str()).collect();
    assert_eq!(
        phones,
        ["+5511970000002", "+5511970000003"],
        "read where there is one way to"
    );
    for (id, status) in [(&bare, "sent"), (&spaced, "sent"), (&empty, "failed")] {
        assert_eq!(server.contact(id).status, status, "{id}");
    }
    let why = server.contact(&empty).error.unwrap();
    assert!(why.contains("no text"), "the lead system shows why: {why}");
    for id in [&unclear, &nobody] {
        let why = server.contact(id).error.unwrap();
        assert!(
            why.contains("international form"),
            "no number is guessed: {why}"
        );
    }
    server.change(&unclear, |contact| {
        contact.phone = json!("+5555999990004");
        contact.status = "pending";
    });
    day.until("corrected and sent", STEP_MS, || server.count("sent") == 3)
        .await;
    assert_eq!(
        desk.pages.history().len(),
        3,
        "what never left may be offered again"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_desktop_is_refused_with_what_was_seen_until_a_person_frees_the_seat() {
    let (day, server, first) = office(FRIDAY).await;
    let one = seated(&day, &server, &first).await;
    let mut second = Desk::new(&server.url);
    second.clock = day.clock.clone();
    let two = second.start().await;
    let refused = two
        .sign_in("john@leads.example", "secret-of-the-lead-system")
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, ProblemCode::OtherDesktop, "told apart");
    for seen in [
        "session hotdesk-",
        "ending in 0001",
        "last seen 2026-11-27T13:0",
    ] {
        assert!(
            refused.message.contains(seen),
            "it says {seen}: {}",
            refused.message
        );
    }
    assert!(two.views().borrow().sdrs.is_empty(), "nobody was added");
    // The lead system's own button.
    server.set_session(JOHN, Session::default());
    sign_in(&second, &two, JOHN).await;
    day.until("the second sits", STEP_MS, || {
        server.session(JOHN).connected
    })
    .await;
    day.pass(2 * MINUTE_MS, STEP_MS).await;
    for n in 1..=3 {
        server.add(JOHN, format!("+551197000000{n}"), "Hello");
    }
    one.order(&SdrId::from(JOHN), Order::Resume).await.unwrap();
    day.until("all sent", STEP_MS, || server.count("sent") == 3)
        .await;
    assert_eq!(
        second.pages.history().len(),
        3,
        "through the second desktop"
    );
    assert_eq!(first.pages.submits(), 0, "and none through the first");
    day.until("the first says why", STEP_MS, || {
        problem(&one, JOHN) == Some(ProblemCode::OtherDesktop)
    })
    .await;
    while let Err(problem) = two.order(&SdrId::from(JOHN), Order::Remove).await {
        assert_eq!(problem.code, ProblemCode::NotNow, "a report is under way");
        day.pass(STEP_MS, STEP_MS).await;
    }
    assert!(
        server.session(JOHN).id.is_none(),
        "removed, it leaves the seat free"
    );
    one.shut_down().await;
    two.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_desktops_that_take_a_free_seat_at_once_the_one_overwritten_sends_nothing() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(JOHN, ANA, "Hello");
    let agent = desk.start().await;
    sign_in(&desk, &agent, JOHN).await;
    day.until("taken", 500, || server.session(JOHN).id.is_some())
        .await;
    let other = Session {
        connected: true,
        phone: Some("+5511960000009".to_owned()),
        id: Some("hotdesk-other".to_owned()),
        last_seen: None,
    };
    // A heartbeat under way may write over it; then the other one is who stands back.
    day.until("it stands back", 500, || {
        server.set_session(JOHN, other.clone());
        problem(&agent, JOHN) == Some(ProblemCode::OtherDesktop)
    })
    .await;
    day.pass(30 * MINUTE_MS, 10_000).await;
    assert_eq!(desk.pages.submits(), 0, "the other one wrote last");
    assert_eq!(
        problem(&agent, JOHN),
        Some(ProblemCode::OtherDesktop),
        "in words"
    );
    assert_eq!(
        server.session(JOHN).id.as_deref(),
        Some("hotdesk-other"),
        "and it does not fight for the seat"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_of_the_web_page_to_link_is_taken_and_the_connection_is_told() {
    let (day, server, desk) = office(FRIDAY).await;
    let web = Session {
        id: Some("web-1".to_owned()),
        ..Session::default()
    };
    server.set_session(JOHN, web);
    let agent = seated(&day, &server, &desk).await;
    let session = server.session(JOHN);
    assert!(
        session.id.unwrap().starts_with("hotdesk-"),
        "the desktop answers the wish"
    );
    assert_eq!(
        session.phone.as_deref(),
        Some("+5511960000001"),
        "with its number"
    );
    let told = server.calls(CONNECT);
    assert!(
        told.iter().all(|call| call.method == Method::PUT),
        "nothing is cleared"
    );
    agent
        .order(&SdrId::from(JOHN), Order::Disconnect)
        .await
        .unwrap();
    day.until("told as not connected", STEP_MS, || {
        !server.session(JOHN).connected
    })
    .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_garbage_are_told_and_the_good_part_is_used() {
    let (day, server, desk) = office(FRIDAY).await;
    let agent = seated(&day, &server, &desk).await;
    for (status, body) in [
        (200, "<html>a login page</html>"),
        (200, r#"{"contacts": 5}"#),
        (200, r#"{"contacts": [{"phone": "+5511970000001"}, 7]}"#),
        (200, "[]"),
        (403, r#"{"error": "Forbidden"}"#),
        (500, "oops"),
    ] {
        server.fail(QUEUE, status, body);
        day.until(body, STEP_MS, || {
            let views = agent.views();
            let view = views.borrow();
            view.server.problem.is_some() || view.sdrs[0].problem.is_some()
        })
        .await;
        server.heal();
        day.until("well again", STEP_MS, || {
            let views = agent.views();
            let view = views.borrow();
            view.server.problem.is_none() && view.sdrs[0].problem.is_none()
        })
        .await;
    }
    let good =
        json!({"contactId": server.add(JOHN, ANA, "Hello"), "phone": ANA, "message": "Hello"});
    let mixed = json!({"contacts": [{"phone": ANA}, null, good], "count": 3, "total": 3});
    server.fail(QUEUE, 200, &mixed.to_string());
    day.until("the good one left", STEP_MS, || {
        desk.pages.history().len() == 1
    })
    .await;
    server.heal();
    day.until("acked", STEP_MS, || server.count("sent") == 1)
        .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_in_between_is_no_ack() {
    for (at, body) in [r#"{"success": false}"#, "<html>Welcome to the hotel</html>"]
        .iter()
        .enumerate()
    {
        let (day, server, desk) = office(FRIDAY).await;
        let agent = seated(&day, &server, &desk).await;
        let id = server.add(JOHN, ANA, "Hello");
        server.fail(MARK_SENT, 200, body);
        day.until("told as no ack", STEP_MS, || {
            let problem = agent.views().borrow().server.problem.clone();
            problem.is_some_and(|problem| problem.code == ProblemCode::BadAnswer)
        })
        .await;
        server.heal();
        day.until("taken", STEP_MS, || server.contact(&id).status == "sent")
            .await;
        assert_eq!(desk.pages.submits(), 1, "it left once (answer {at})");
        agent.shut_down().await;
    }
}

#[tokio::test]
async fn a_later_tick_marks_what_is_not_yet_marked_with_the_time_it_left_and_else_calls_nothing() {
    let (day, server, _desk) = office(FRIDAY).await;
    let id = server.add(JOHN, ANA, "Hello");
    let queue = QueueServer::new(Url::parse(&server.url).unwrap(), None, "1.2.3").unwrap();
    queue.set_dialect(Dialect::Lk1);
    let desk = ClientDesk::new(DesktopId::from("desk"), day.clock.clone(), []);
    let client = queue.of(SdrId::from(JOHN), Token::new(JOHN.to_owned()), desk);
    let now = day.clock.now().utc;
    let read = ResultRequest {
        sdr_id: SdrId::from(JOHN),
        desktop_id: DesktopId::from("desk"),
        message_id: MessageId::from(id.as_str()),
        state: MessageState::Read,
        at_ms: now,
        wa_message_id: None,
        chat_id: None,
        other_chat_id: None,
        problem: None,
    };
    let told = Past {
        left_at: Some(UtcMs(now.0 - 90_000)),
        told: Some(MessageState::Sent),
    };
    client.result(&read, told).await.unwrap();
    assert!(server.calls(MARK_SENT).is_empty(), "read has no call there");
    let untold = Past { told: None, ..told };
    client.result(&read, untold).await.unwrap();
    let sent_at: jiff::Timestamp = server.contact(&id).sent_at.unwrap().parse().unwrap();
    assert_eq!(
        sent_at.as_millisecond(),
        now.0 - 90_000,
        "when it left, not when it was read"
    );
    let review = ResultRequest {
        state: MessageState::Review,
        ..read
    };
    client.result(&review, untold).await.unwrap();
    assert_eq!(server.calls(MARK_SENT).len(), 1, "a review is not marked");
    assert!(server.calls(MARK_FAILED).is_empty(), "in no way");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdr_the_server_no_longer_knows_is_asked_to_sign_in_again() {
    let (day, server, desk) = office(FRIDAY).await;
    let agent = seated(&day, &server, &desk).await;
    server.fail(
        "/api/sdr/whatsapp/status",
        401,
        r#"{"error": "Unauthorized"}"#,
    );
    day.until("signed out", STEP_MS, || view(&agent, JOHN).signed_out)
        .await;
    server.heal();
    server.add(JOHN, ANA, "Hello");
    sign_in(&desk, &agent, JOHN).await;
    day.until("sent", STEP_MS, || server.count("sent") == 1)
        .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_must_decide_stays_here_unmarked_and_holds_its_chat() {
    let (day, server, desk) = office(FRIDAY).await;
    let id = server.add(JOHN, ANA, "Hello");
    let agent = seated(&day, &server, &desk).await;
    day.until("sent", STEP_MS, || server.count("sent") == 1)
        .await;
    desk.pages.set_mood(JOHN, Mood::SendsInSilence);
    let doubtful = server.add(JOHN, ANA, "And?");
    let after = server.add(JOHN, ANA, "Still there?");
    day.until("it left unseen", STEP_MS, || {
        desk.pages.history().len() == 2
    })
    .await;
    desk.kill(agent);
    desk.pages.relink(JOHN, "+5511960000001");
    desk.pages.set_mood(JOHN, Mood::Works);
    let agent = desk.start().await;
    day.until("to be decided", STEP_MS, || view(&agent, JOHN).review == 1)
        .await;
    day.pass(HOUR_MS, 10_000).await;
    assert_eq!(
        server.contact(&doubtful).status,
        "pending",
        "neither sent nor failed is known"
    );
    assert_eq!(
        server.contact(&after).status,
        "pending",
        "the next of the chat waits"
    );
    assert_eq!(server.contact(&id).status, "sent", "the first is done");
    assert!(server.calls(MARK_FAILED).is_empty(), "nothing was made up");
    assert_eq!(desk.pages.history().len(), 2, "and nothing left twice");
    // A person has looked at the phone and says so in the lead system.
    server.change(&doubtful, |contact| contact.status = "sent");
    day.until("the chat goes on", STEP_MS, || {
        server.contact(&after).status == "sent"
    })
    .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lead_answers_stays_on_this_desktop_and_is_shown() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(JOHN, ANA, "Hello");
    let agent = seated(&day, &server, &desk).await;
    day.until("sent", STEP_MS, || server.count("sent") == 1)
        .await;
    desk.pages.receive(JOHN, "IN1", "Tell me more");
    day.until("shown", STEP_MS, || {
        view(&agent, JOHN).activity[0].reply.as_deref() == Some("Tell me more")
    })
    .await;
    agent.shut_down().await;
    desk.pages.die();
    let kept: i64 = desk
        .open_database()
        .query_row("SELECT count(*) FROM reply WHERE kept = 1", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(kept, 1, "it is not thrown away once it was shown");
    let agent = desk.start().await;
    let john = view(&agent, JOHN);
    assert_eq!(
        john.activity[0].reply.as_deref(),
        Some("Tell me more"),
        "also after a restart"
    );
    assert_eq!(
        john.activity[0].state,
        MessageState::Delivered,
        "beside its message"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_withdrawn_while_the_app_was_down_is_not_sent_after_the_restart() {
    let (day, server, desk) = office(FRIDAY).await;
    let agent = seated(&day, &server, &desk).await;
    desk.pages.set_mood(JOHN, Mood::SwallowsSubmits);
    let id = server.add(JOHN, ANA, "Hello");
    day.until("handed over", STEP_MS, || desk.pages.submits() == 1)
        .await;
    desk.kill(agent);
    server.change(&id, |contact| contact.status = "cancelled");
    desk.pages.set_mood(JOHN, Mood::Works);
    let agent = desk.start().await;
    day.pass(10 * MINUTE_MS, STEP_MS).await;
    assert!(
        desk.pages.history().is_empty(),
        "the server no longer offers it"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stays_here_loses_its_text_after_its_time_and_stays_known() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(JOHN, ANA, "Hello");
    let agent = seated(&day, &server, &desk).await;
    day.until("sent", STEP_MS, || server.count("sent") == 1)
        .await;
    let kept = |more: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM reply WHERE kept = 1 {more}");
        let db = desk.open_database();
        db.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    // The page says that it came long ago.
    desk.pages.receive(JOHN, "IN1", "Tell me more");
    day.until("kept", STEP_MS, || kept("") == 1).await;
    let texts = "AND json_extract(request, '$.text') <> ''";
    assert_eq!(kept(texts), 1, "as it was written");
    day.pass(25 * HOUR_MS, 10 * 60_000).await;
    day.until("forgotten", STEP_MS, || kept(texts) == 0).await;
    assert_eq!(kept(""), 1, "known by its id");
    desk.pages.receive(JOHN, "IN1", "Tell me more");
    day.pass(HOUR_MS, 60_000).await;
    assert_eq!((kept(""), kept(texts)), (1, 0), "and not kept anew");
    agent.shut_down().await;
}
