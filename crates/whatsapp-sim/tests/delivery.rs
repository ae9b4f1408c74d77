//! Messages, ticks, replies, and the history that judges them.

use crate::support::{JOHN, LEAD, Rehearsal};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_leaves_once_is_recorded_once_and_climbs_to_read() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.send("3EB0AA", "hello").await;
    for ack in 1..=3 {
        page.hear_ack("3EB0AA", ack).await;
    }
    let rows = it.rows().await;
    assert_eq!(rows.len(), 1, "one row per message that left");
    assert_eq!(rows[0]["account"], JOHN, "through John's account");
    assert_eq!(rows[0]["to"], LEAD, "to the lead");
    assert_eq!(
        rows[0]["textHash"], "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "the hash of its text"
    );
    let acks: Vec<&Value> = rows[0]["acks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tick| &tick["ack"])
        .collect();
    assert_eq!(acks, [1, 2, 3], "its ticks in order");
}

#[tokio::test]
async fn the_same_id_again_is_acknowledged_but_does_not_leave_again() {
    let it = Rehearsal::start(|options| options.knobs.never_delivered = true).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.send("3EB0AA", "hello").await;
    page.hear_ack("3EB0AA", 1).await;
    page.send("3EB0AA", "hello").await;
    page.hear_ack("3EB0AA", 1).await;
    assert_eq!(it.rows().await.len(), 1, "it left once");
}

#[tokio::test]
async fn another_device_with_the_same_id_really_sends_again() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut first, _) = it.linked(JOHN).await;
    let (mut second, _) = it.linked(JOHN).await;
    first.send("3EB0AA", "hello").await;
    first.hear_ack("3EB0AA", 1).await;
    second.send("3EB0AA", "hello").await;
    second.hear_ack("3EB0AA", 1).await;
    assert_eq!(
        it.rows().await.len(),
        2,
        "ids count within one device only, as with WhatsApp"
    );
}

#[tokio::test]
async fn a_row_is_there_before_the_ack_is_heard() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.send("3EB0AA", "hello").await;
    page.hear_ack("3EB0AA", 1).await;
    let file = std::fs::read_to_string(it.folder.path().join("history.jsonl")).unwrap();
    assert!(file.contains("3EB0AA"), "on disk by then");
    assert!(!file.contains("hello"), "and without the text");
}

#[tokio::test]
async fn a_lost_ack_leaves_a_row_and_a_lost_message_leaves_none() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    it.post("knobs", json!({"phone": JOHN, "ack": "lost_ack"}))
        .await;
    page.send("3EB0AA", "one").await;
    page.settle().await;
    it.post("knobs", json!({"phone": JOHN, "ack": "lost_message"}))
        .await;
    page.send("3EB0BB", "two").await;
    page.settle().await;
    it.post("knobs", json!({"phone": JOHN, "ack": null})).await;
    page.send("3EB0CC", "three").await;
    page.hear_ack("3EB0CC", 3).await;
    let rows = it.rows().await;
    let ids: Vec<&Value> = rows.iter().map(|row| &row["waMessageId"]).collect();
    assert_eq!(ids, ["3EB0AA", "3EB0CC"], "the lost message never left");
    page.send("3EB0AA", "one").await;
    page.hear_ack("3EB0AA", 1).await;
    assert_eq!(
        it.rows()
            .await
            .iter()
            .filter(|row| row["waMessageId"] == "3EB0AA")
            .count(),
        1,
        "sent again with the same id it is still one row"
    );
}

#[tokio::test]
async fn a_refusal_is_ack_minus_one_with_its_code_and_nothing_leaves() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    it.post("knobs", json!({"ack": "refused", "refusalCode": 479}))
        .await;
    page.send("3EB0AA", "hello").await;
    assert_eq!(
        page.hear_ack("3EB0AA", -1).await["code"],
        479,
        "with the code"
    );
    assert_eq!(it.rows().await.len(), 0, "nothing left");
}

#[tokio::test]
async fn a_number_ending_in_0404_is_not_on_whatsapp() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.say(
        json!({"type": "query_exists", "request": 1, "user": "5511970000404", "server": "c.us"}),
    )
    .await;
    assert_eq!(
        page.hear("exists").await["found"],
        Value::Null,
        "it does not exist"
    );
    page.say(json!({"type": "message", "id": "3EB0AA", "chat": "5511970000404@c.us", "body": "x"}))
        .await;
    assert_eq!(
        page.hear_ack("3EB0AA", 0).await["code"],
        404,
        "and nothing can be sent to it"
    );
    assert_eq!(it.rows().await.len(), 0, "nothing left");
}

#[tokio::test]
async fn a_brazilian_number_resolves_with_and_without_its_ninth_digit() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    for user in ["5511970000001", "551170000001"] {
        page.say(json!({"type": "query_exists", "request": 1, "user": user, "server": "c.us"}))
            .await;
        assert_eq!(
            page.hear("exists").await["found"]["user"],
            "5511970000001",
            "{user} is the same account"
        );
    }
}

#[tokio::test]
async fn a_lead_s_reply_waits_for_a_device_that_is_cut_off() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, token) = it.linked(JOHN).await;
    it.post("socket", json!({"phone": JOHN, "online": false}))
        .await;
    while page.next().await.is_some() {}
    let mut refused = it.page(Some(&token)).await;
    assert_eq!(refused.next().await, None, "it is not let in");
    let (status, answer) = it
        .post("reply", json!({"phone": JOHN, "from": LEAD, "text": "hi"}))
        .await;
    assert_eq!(status, 200, "the lead writes: {answer}");
    it.post("socket", json!({"phone": JOHN, "online": true}))
        .await;
    let mut page = it.page(Some(&token)).await;
    let stanza = page.hear("stanza").await;
    assert_eq!(stanza["message"]["body"], "hi", "it was kept");
    page.say(json!({"type": "received", "seq": stanza["seq"]}))
        .await;
    page.say(json!({"type": "query_exists", "request": 9, "user": "1", "server": "c.us"}))
        .await;
    page.hear("exists").await;
    let state = it.get("state").await;
    assert_eq!(
        state["accounts"][0]["devices"][0]["waiting"], 0,
        "and is confirmed"
    );
}

#[tokio::test]
async fn ticks_that_a_restart_interrupted_are_taken_up_again() {
    let it = Rehearsal::start(|options| options.knobs.delivered_ms = 60_000).await;
    let (mut page, token) = it.linked(JOHN).await;
    page.send("3EB0AA", "hello").await;
    page.hear_ack("3EB0AA", 1).await;
    let it = it.restart(|_| {}).await;
    let mut page = it.page(Some(&token)).await;
    page.hear_ack("3EB0AA", 3).await;
    assert_eq!(it.rows().await.len(), 1, "still one row");
}

#[tokio::test]
async fn a_chat_moved_to_lid_is_the_same_lead_in_the_history() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.say(json!({"type": "query_exists", "request": 1, "user": &LEAD[1..], "server": "c.us"}))
        .await;
    let lid = page.hear("exists").await["found"]["lid"]
        .as_str()
        .unwrap()
        .to_owned();
    page.say(json!({"type": "message", "id": "3EB0AA", "chat": format!("{lid}@lid"), "body": "x"}))
        .await;
    page.hear_ack("3EB0AA", 1).await;
    assert_eq!(it.rows().await[0]["to"], LEAD, "the lid is resolved");
}
