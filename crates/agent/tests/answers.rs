//! Answers of a queue server that are not what the queue API says.

use crate::support::desk::{Desk, FakeAgent, sign_in, until_sdr};
use crate::support::stub::{Answer, Stub};
use hotdesk_protocol::ProblemCode;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Notify;

const CLAIM: &str = "/api/sender/claim";
const BEGIN: &str = "/api/sender/begin";
const RESULT: &str = "/api/sender/result";

fn message(id: &str, sdr: &str, phone: &str, text: &str) -> Value {
    json!({
        "messageId": id, "sdrId": sdr, "leadId": "lead-1", "leadName": "Ana", "phone": phone,
        "text": text, "generation": 0, "attempt": 1, "leaseToken": "lease", "leaseMs": 60_000,
    })
}

fn claim(messages: &[Value]) -> Answer {
    Answer::ok(
        json!({
            "tenant": "stub", "messages": messages, "queued": 0, "sentToday": 0,
            "policy": {"gapMs": 0, "dailyMessages": 1000, "ackStuckMs": 120_000},
        })
        .to_string(),
    )
}

fn good(id: &str) -> Value {
    message(id, "john", "+5511970000001", "Hello")
}

/// An SDR connected to a stub that offers these in turn, and then nothing, slowly.
async fn offered(answers: Vec<Answer>) -> (Stub, Desk, FakeAgent) {
    let stub = Stub::start().await;
    stub.knows("john");
    stub.on(BEGIN, [Answer::ok(r#"{"leaseMs":60000}"#)]);
    stub.on(RESULT, [Answer::ok(r#"{"state":"sent"}"#)]);
    let end = Answer::status(503, "").with("retry-after", "600");
    stub.on(CLAIM, answers.into_iter().chain([end]));
    let desk = Desk::new(&stub.url);
    let agent = desk.start_signed_in(&["john"]).await;
    (stub, desk, agent)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_json_or_lacks_a_field_is_told_and_asked_for_again() {
    let mut lacking = good("m-1");
    lacking.as_object_mut().unwrap().remove("leaseToken");
    for bad in [Answer::ok("<html>"), Answer::ok(""), claim(&[lacking])] {
        let (_stub, desk, agent) = offered(vec![bad.clone(), bad, claim(&[good("m-2")])]).await;
        let mut views = agent.views();
        let told = views.wait_for(|view| {
            let problem = view.server.problem.as_ref();
            problem.is_some_and(|problem| problem.code == ProblemCode::BadAnswer)
        });
        assert!(
            told.await.is_ok(),
            "the window says that the answer is not understood"
        );
        until_sdr(&agent, "john", "the next one sent", |sdr| {
            sdr.sent_today == 1
        })
        .await;
        assert_eq!(desk.pages.history().len(), 1, "only the good one left");
        agent.shut_down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sdrs_message_is_refused_and_never_sent() {
    let alien = message("m-1", "jane", "+5511970000001", "Hello");
    let (stub, desk, agent) = offered(vec![claim(&[alien, good("m-2")])]).await;
    until_sdr(&agent, "john", "refused", |sdr| {
        sdr.problem
            .as_ref()
            .is_some_and(|problem| problem.code == ProblemCode::WrongSdr)
    })
    .await;
    until_sdr(&agent, "john", "his own sent", |sdr| sdr.sent_today == 1).await;
    assert_eq!(desk.pages.history().len(), 1, "only his own left");
    let begun = stub.calls(BEGIN);
    assert!(
        begun.iter().all(|call| !call.body.contains("m-1")),
        "it was not even begun"
    );
    let view = agent.views().borrow().clone();
    let shown = view.sdrs[0]
        .activity
        .iter()
        .any(|a| a.message_id.as_str() == "m-1");
    assert!(!shown, "and it is not shown among his");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_phone_or_text_is_reported_as_failed_and_never_sent() {
    let bad = [
        (message("m-1", "john", "11970000001", "Hello"), "bad_phone"),
        (message("m-1", "john", "+5511970000001", ""), "bad_text"),
        (
            message("m-1", "john", "+5511970000001", &"x".repeat(65_537)),
            "bad_text",
        ),
    ];
    for (bad, code) in bad {
        let (stub, desk, agent) = offered(vec![claim(&[bad])]).await;
        let calls = stub.until_called(RESULT, 1).await;
        let body: Value = serde_json::from_str(&calls[0].body).unwrap();
        assert_eq!(
            body["state"], "failed",
            "the server learns that it will not go out"
        );
        assert_eq!(body["problem"]["code"], code, "and why");
        assert_eq!(desk.pages.submits(), 0, "the page was not asked");
        agent.shut_down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_offered_again_after_it_left_is_not_sent_again() {
    let (stub, desk, agent) = offered(vec![claim(&[good("m-1")]), claim(&[good("m-1")])]).await;
    stub.until_called(RESULT, 1).await;
    stub.until_called(CLAIM, 3).await;
    desk.kill(agent);
    stub.on(
        CLAIM,
        [claim(&[good("m-1")]), claim(&[good("m-1"), good("m-2")])],
    );
    let agent = desk.start().await;
    until_sdr(&agent, "john", "the next one sent", |sdr| {
        sdr.activity
            .iter()
            .any(|a| a.message_id.as_str() == "m-2" && a.steps.len() > 2)
    })
    .await;
    let ids: Vec<_> = desk
        .pages
        .history()
        .into_iter()
        .map(|left| left.id)
        .collect();
    assert_eq!(ids.len(), 2, "each left once: {ids:?}");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_begin_that_is_refused_sends_nothing() {
    for (status, code) in [(409, "fenced"), (410, "cancelled")] {
        let stub = Stub::start().await;
        stub.knows("john");
        let body = json!({"code": code, "message": "no"}).to_string();
        stub.on(BEGIN, [Answer::status(status, body)]);
        let end = Answer::status(503, "").with("retry-after", "600");
        stub.on(CLAIM, [claim(&[good("m-1")]), end]);
        let desk = Desk::new(&stub.url);
        let agent = desk.start_signed_in(&["john"]).await;
        stub.until_called(BEGIN, 1).await;
        stub.until_called(CLAIM, 2).await;
        assert_eq!(desk.pages.submits(), 0, "{code}: nothing is submitted");
        agent.shut_down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_sign_in_before_does_not_end_the_new_one() {
    const HEARTBEAT: &str = "/api/sender/heartbeat";
    let (old, late) = (Answer::status(401, ""), Arc::new(Notify::new()));
    let (stub, _desk, agent) = offered(vec![old.held(&late)]).await;
    stub.until_called(CLAIM, 1).await;
    let beats = stub.calls(HEARTBEAT).len();
    sign_in(&agent, "john").await;
    stub.until_called(HEARTBEAT, beats + 1).await;
    late.notify_one();
    stub.until_called(CLAIM, 2).await;
    agent.shut_down().await;
}
