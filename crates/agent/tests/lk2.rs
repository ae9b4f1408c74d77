//! A server with one queue and one service token.

use crate::support::day::{Day, HOUR_MS, MINUTE_MS};
use crate::support::desk::{Desk, FakeAgent};
use crate::support::lk2::{Lk2, TOKEN};
use hotdesk_protocol::ProblemCode;
use serde_json::json;

/// A Friday, ten o'clock in the office.
const FRIDAY: &str = "2026-11-27T13:00:00Z";
const STEP_MS: u64 = 1_000;

async fn office(start: &str) -> (Day, Lk2, Desk) {
    let day = Day::at(start);
    let server = Lk2::start().await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    (day, server, desk)
}

async fn signed_in(desk: &Desk) -> FakeAgent {
    let agent = desk.start().await;
    let id = agent.sign_in("ana@office.example", TOKEN).await.unwrap();
    desk.pages.link(id.as_str(), "+5511960000001");
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_leave_at_the_servers_pace_and_are_marked_in_its_words() {
    let (day, server, desk) = office(FRIDAY).await;
    server.inner().config["delay_min_sec"] = json!(100);
    server.inner().config["delay_max_sec"] = json!("140");
    server.add(5, "+5511970000001", "one");
    server.add("5", "5511970000002", "two");
    server.add("b-7", "+5511970000003", "");
    let agent = signed_in(&desk).await;
    day.until("both sent", STEP_MS, || {
        server.calls("/api/sender/mark-sent").len() == 2
    })
    .await;
    day.until("one failed", STEP_MS, || {
        server.calls("/api/sender/mark-failed").len() == 1
    })
    .await;
    let sent = server.calls("/api/sender/mark-sent");
    assert_eq!(sent[0]["send_id"], json!(5), "a number stays a number");
    assert_eq!(sent[1]["send_id"], json!("5"), "a text stays a text");
    let at =
        |n: usize| -> jiff::Timestamp { sent[n]["sent_at"].as_str().unwrap().parse().unwrap() };
    let gap = at(1).as_millisecond() - at(0).as_millisecond();
    assert!(gap >= 119_000, "in the middle of 100 and 140 s: {gap} ms");
    let failed = server.calls("/api/sender/mark-failed").remove(0);
    assert_eq!(failed["send_id"], json!("b-7"), "by its id");
    assert!(
        failed["error_message"]
            .as_str()
            .unwrap()
            .contains("no text"),
        "with the reason"
    );
    assert_eq!(desk.pages.history().len(), 2, "each once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_working_hours_are_kept_on_the_offices_clock() {
    // Half past seven in the evening.
    let (day, server, desk) = office("2026-11-26T22:30:00Z").await;
    server.add(1, "+5511970000001", "good morning");
    let agent = signed_in(&desk).await;
    let problem = || agent.views().borrow().sdrs[0].problem.clone();
    day.until("it says why", STEP_MS, || {
        problem().is_some_and(|problem| problem.message.contains("09:00 to 18:00"))
    })
    .await;
    let code = problem().map(|problem| problem.code);
    assert_eq!(code, Some(ProblemCode::NotNow), "a matter of time");
    day.until_utc("2026-11-27T11:54:00Z", 5 * MINUTE_MS).await;
    assert_eq!(desk.pages.submits(), 0, "nothing leaves before nine");
    day.until("sent at nine", 10_000, || {
        !server.calls("/api/sender/mark-sent").is_empty()
    })
    .await;
    let hour = day.clock.local(day.clock.now().utc).hour();
    assert!((9..18).contains(&hour), "once it is open: {hour}");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_goes_to_the_server() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(5, "+5511970000001", "one");
    let agent = signed_in(&desk).await;
    day.until("sent", STEP_MS, || {
        !server.calls("/api/sender/mark-sent").is_empty()
    })
    .await;
    let sdr = agent.views().borrow().sdrs[0].id.clone();
    desk.pages.receive(sdr.as_str(), "IN1", "Yes, please");
    day.until("told", STEP_MS, || {
        !server.calls("/api/sender/reply").is_empty()
    })
    .await;
    let reply = server.calls("/api/sender/reply").remove(0);
    assert_eq!(reply["send_id"], json!(5), "to the message it answers");
    assert_eq!(reply["reply_text"], "Yes, please", "as it was written");
    assert_eq!(reply["reply_at"], "2023-11-14T22:13:20.000Z", "when it was");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sdr_is_refused_because_there_is_one_queue_for_all() {
    let (_day, _server, desk) = office(FRIDAY).await;
    let agent = signed_in(&desk).await;
    let wrong = agent
        .sign_in("ana@office.example", "a guess")
        .await
        .unwrap_err();
    assert_eq!(
        wrong.code,
        ProblemCode::WrongCredentials,
        "the token is checked"
    );
    let second = agent
        .sign_in("bob@office.example", TOKEN)
        .await
        .unwrap_err();
    assert_eq!(
        second.code,
        ProblemCode::Forbidden,
        "he would send the same messages again"
    );
    assert!(
        second.message.contains("one queue for everybody"),
        "in words: {}",
        second.message
    );
    assert_eq!(agent.views().borrow().sdrs.len(), 1, "nobody was added");
    agent.sign_in("ana@office.example", TOKEN).await.unwrap();
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_it_cannot_read_are_told_and_send_nothing() {
    let (day, server, desk) = office(FRIDAY).await;
    server.inner().config = json!({"working_start": "nine", "working_end": 18});
    server.add(1, "+5511970000001", "one");
    let agent = signed_in(&desk).await;
    day.until("told", STEP_MS, || {
        let problem = agent.views().borrow().server.problem.clone();
        problem.is_some_and(|problem| problem.message.contains("working_start"))
    })
    .await;
    server.inner().config =
        json!({"working_start": 9, "working_end": "24:00", "delay_min_sec": "3"});
    day.until("sent", STEP_MS, || {
        !server.calls("/api/sender/mark-sent").is_empty()
    })
    .await;
    assert_eq!(desk.pages.submits(), 1, "once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_stays_in_the_queue_for_hours_leaves_once() {
    let (day, server, desk) = office(FRIDAY).await;
    server.add(1, "+5511970000001", "one");
    let agent = signed_in(&desk).await;
    day.until("sent", STEP_MS, || {
        !server.calls("/api/sender/mark-sent").is_empty()
    })
    .await;
    server.add(1, "+5511970000001", "one");
    desk.kill(agent);
    let agent = desk.start().await;
    day.until("told again", STEP_MS, || {
        server.calls("/api/sender/mark-sent").len() > 1
    })
    .await;
    day.pass(HOUR_MS, 30_000).await;
    assert_eq!(desk.pages.submits(), 1, "the outbox knows it");
    agent.shut_down().await;
}
