//! Files and texts that are too long.

use crate::support::{JOHN, LEAD, Rehearsal};
use serde_json::{Value, json};

const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

async fn upload(it: &Rehearsal, token: Option<&str>) -> reqwest::Response {
    it.raw(|http, base| {
        let request = http.post(format!("{base}/media")).body("hello");
        match token {
            Some(token) => request.header("cookie", format!("wa_device={token}")),
            None => request,
        }
    })
    .await
}

fn document(id: &str, sha256: &str) -> Value {
    let file = json!({"kind": "document", "fileName": "offer.pdf", "mimeType": "application/pdf", "sha256": sha256});
    json!({"type": "message", "id": id, "chat": format!("{}@c.us", &LEAD[1..]), "body": "The offer", "file": file})
}

#[tokio::test]
async fn an_uploaded_file_leaves_with_its_name_size_and_hash() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, token) = it.linked(JOHN).await;
    let answer: Value = upload(&it, Some(&token)).await.json().await.unwrap();
    assert_eq!(answer["sha256"], HELLO, "the server's own sum");
    page.say(document("3EB0F1", HELLO)).await;
    page.hear("stanza").await;
    let rows = it.rows().await;
    assert_eq!(rows.len(), 1, "one message left");
    let row = &rows[0];
    assert_eq!(
        (&row["kind"], &row["fileName"], &row["size"], &row["sha256"]),
        (
            &json!("document"),
            &json!("offer.pdf"),
            &json!(5),
            &json!(HELLO)
        ),
        "what left is told"
    );
    let it = it.restart(|_| {}).await;
    assert_eq!(it.rows().await[0]["sha256"], HELLO, "also after a restart");
}

#[tokio::test]
async fn a_file_that_was_never_uploaded_is_refused() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.say(document("3EB0F2", HELLO)).await;
    let refusal = page.hear("stanza").await;
    assert_eq!(
        (&refusal["ack"], &refusal["code"]),
        (&json!(-1), &json!(406)),
        "ack -1"
    );
    assert!(it.rows().await.is_empty(), "nothing left");
}

#[tokio::test]
async fn nobody_but_a_linked_device_uploads() {
    let it = Rehearsal::start(|_| {}).await;
    assert_eq!(upload(&it, None).await.status(), 403, "a stranger");
    it.post("knobs", json!({"refuseUploads": true})).await;
    let (_page, token) = it.linked(JOHN).await;
    assert_eq!(
        upload(&it, Some(&token)).await.status(),
        503,
        "and nobody when the knob says so"
    );
}

#[tokio::test]
async fn a_text_that_is_too_long_is_refused() {
    let it = Rehearsal::start(|options| options.knobs.text_limit = 10).await;
    let (mut page, _) = it.linked(JOHN).await;
    page.send("3EB0F3", "eleven char").await;
    let refusal = page.hear("stanza").await;
    assert_eq!(
        (&refusal["ack"], &refusal["code"]),
        (&json!(-1), &json!(413)),
        "ack -1"
    );
    page.send("3EB0F4", "ten chars.").await;
    assert_eq!(
        page.hear("stanza").await["ack"],
        1,
        "the limit itself is allowed"
    );
}

#[tokio::test]
async fn a_reply_can_be_ten_megabytes_long() {
    let it = Rehearsal::start(|_| {}).await;
    let (mut page, _) = it.linked(JOHN).await;
    let reply = json!({"phone": JOHN, "from": LEAD, "text": "0123456789", "repeat": 1_000_000});
    assert_eq!(it.post("reply", reply).await.0, 200, "it is sent");
    let body = page.hear("stanza").await["message"]["body"]
        .as_str()
        .unwrap()
        .len();
    assert_eq!(body, 10_000_000, "and comes whole");
}
