use crate::support::Office;
use serde_json::{Value, json};

fn reply(sdr: &str, wa: &str) -> Value {
    json!({
        "sdrId": sdr, "desktopId": "d1", "messageId": "sample-00001", "waMessageId": wa,
        "chatId": "5511@c.us", "text": "tell me more", "atMs": 1,
    })
}

#[tokio::test]
async fn a_reply_is_kept_once_beside_the_message_it_answers() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    for wa in ["3A01", "3A01", "3A02"] {
        let answer = john.post("/api/sender/reply", reply("john", wa)).await;
        assert_eq!(answer.status, 204);
    }
    let found = john.get("/api/messages/sample-00001").await.ok();
    let replies = found["replies"].as_array().unwrap();
    assert_eq!(replies.len(), 2, "one row per inbound message");
    assert_eq!(replies[0]["text"], "tell me more");
}

#[tokio::test]
async fn a_reply_to_another_sdrs_or_no_message_is_refused() {
    let office = Office::with(3, |_| ()).await;
    let jane = office.seat("jane", "d1").await;
    jane.post("/api/sender/reply", reply("jane", "3A01"))
        .await
        .refused(403, "forbidden");
    let mut body = reply("jane", "3A01");
    body["messageId"] = json!("m-9");
    jane.post("/api/sender/reply", body)
        .await
        .refused(404, "not_found");
    let mut body = reply("jane", "3A01");
    body["text"] = json!("x".repeat(65_537));
    jane.post("/api/sender/reply", body)
        .await
        .refused(400, "bad_text");
}

#[tokio::test]
async fn a_lead_who_asks_for_no_more_gets_no_more_from_any_sdr() {
    let office = Office::open().await;
    let ana = "+5511970000001";
    office.queue("sample-00001", "john", ana).await;
    office.queue("m-2", "jane", ana).await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    lease.begin().await.ok();
    john.result("sample-00001", "sent", office.now()).await.ok();
    let mut body = reply("john", "3A01");
    body["text"] = json!("could you stop by on Monday?");
    john.post("/api/sender/reply", body.clone()).await.ok();
    assert_eq!(office.state("m-2").await, "queued", "a sentence is no word");
    body["waMessageId"] = json!("3A02");
    body["text"] = json!("Não quero mais!");
    for _ in 0..2 {
        let answer = john.post("/api/sender/reply", body.clone()).await;
        assert_eq!(answer.status, 204);
    }
    assert_eq!(office.state("m-2").await, "cancelled");
    let blocked = office.manager().await.get("/api/opt-outs").await.ok();
    assert_eq!(blocked["total"], 1);
    assert_eq!(blocked["optOuts"][0]["phone"], ana);
    assert_eq!(blocked["optOuts"][0]["source"], "message");
}
