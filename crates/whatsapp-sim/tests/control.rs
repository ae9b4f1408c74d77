//! The control API's own manners.

use crate::support::{JOHN, LEAD, Rehearsal};
use serde_json::json;

#[tokio::test]
async fn an_unknown_knob_is_refused_by_its_name() {
    let it = Rehearsal::start(|_| {}).await;
    let (status, problem) = it.post("knobs", json!({"akcMs": 1})).await;
    assert_eq!(status, 400, "refused");
    assert!(
        problem["message"].to_string().contains("akcMs"),
        "by name: {problem}"
    );
}

#[tokio::test]
async fn a_wrong_body_is_a_problem_and_not_a_bare_text() {
    let it = Rehearsal::start(|_| {}).await;
    let (status, problem) = it.post("scan", json!({"phone": JOHN})).await;
    assert_eq!(status, 400, "refused");
    assert_eq!(problem["code"], "bad_request", "as a problem: {problem}");
}

#[tokio::test]
async fn a_phone_that_is_not_e164_is_refused() {
    let it = Rehearsal::start(|_| {}).await;
    for (path, body) in [
        ("scan", json!({"qr": "x", "phone": "5511"})),
        ("reply", json!({"phone": JOHN, "from": "123", "text": "x"})),
    ] {
        let (status, problem) = it.post(path, body).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("bad_phone")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_can_be_told_to_reload_one_account_at_a_time() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut john, _) = it.linked(JOHN).await;
    let _jane = it.linked("+5511960000002").await;
    let (_, answer) = it
        .post("page", json!({"phone": JOHN, "action": "reload"}))
        .await;
    assert_eq!(answer["pages"], 1, "only John's page is told");
    assert_eq!(
        john.hear("act").await["action"],
        "reload",
        "and it hears it"
    );
}

#[tokio::test]
async fn the_phone_remembers_both_sides_of_a_chat() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.send("3EB0AA", "hello").await;
    page.hear_ack("3EB0AA", 1).await;
    it.post("reply", json!({"phone": JOHN, "from": LEAD, "text": "hi"}))
        .await;
    let chats = it.get("chats?phone=%2B5511960000001").await;
    assert_eq!(chats["messages"][0]["body"], "hello", "what was sent");
    assert_eq!(chats["messages"][1]["body"], "hi", "what was answered");
    let (mut second, _) = (it.page(None).await, ());
    let code = second.hear("qr").await;
    it.post("scan", json!({"qr": code["value"], "phone": JOHN}))
        .await;
    let history = second.hear("paired").await["history"].clone();
    assert_eq!(history[0]["id"], "3EB0AA", "and a new device is given both");
}
