//! Pairing codes and passkeys.

use crate::support::{JOHN, Rehearsal};
use serde_json::json;

#[tokio::test]
async fn a_typed_pairing_code_links_the_page_that_asked_for_it() {
    let it = Rehearsal::start(|_| {}).await;
    let mut page = it.page(None).await;
    page.say(json!({"type": "pairing_code", "request": 7, "phone": &JOHN[1..]}))
        .await;
    let answer = page.hear("pairing_code").await;
    assert_eq!(answer["request"], 7, "the answer belongs to the question");
    let code = answer["code"].as_str().unwrap();
    assert_eq!(code.len(), 8, "eight characters");
    let typed = format!("{}-{}", &code[..4], &code[4..]).to_lowercase();
    let (status, body) = it.post("pair", json!({"phone": JOHN, "code": typed})).await;
    assert_eq!(status, 200, "as a person types it: {body}");
    assert_eq!(page.hear("paired").await["user"], JOHN[1..], "it is John's");
}

#[tokio::test]
async fn a_pairing_code_of_another_number_links_nothing() {
    let it = Rehearsal::start(|_| {}).await;
    let mut page = it.page(None).await;
    page.say(json!({"type": "pairing_code", "request": 1, "phone": &JOHN[1..]}))
        .await;
    let code = page.hear("pairing_code").await["code"].clone();
    let (status, problem) = it
        .post("pair", json!({"phone": "+5511960000002", "code": code}))
        .await;
    assert_eq!(status, 404, "the code is John's, not Jane's: {problem}");
}

#[tokio::test]
async fn a_number_that_cannot_be_one_gets_no_pairing_code() {
    let it = Rehearsal::start(|_| {}).await;
    let mut page = it.page(None).await;
    page.say(json!({"type": "pairing_code", "request": 1, "phone": "12"}))
        .await;
    assert!(page.hear("pairing_code").await["code"].is_null(), "none");
}

#[tokio::test]
async fn an_account_with_a_passkey_is_linked_only_once_it_is_confirmed() {
    let it = Rehearsal::start(|_| {}).await;
    it.post("knobs", json!({"phone": JOHN, "passkey": true}))
        .await;
    let mut page = it.page(None).await;
    let code = page.hear("qr").await;
    let (_, answer) = it
        .post("scan", json!({"qr": code["value"], "phone": JOHN}))
        .await;
    assert_eq!(answer["passkey"], true, "the scan alone links nothing");
    page.hear("passkey").await;
    assert_eq!(it.get("state").await["passkey"], json!([JOHN]), "it waits");
    let confirmed = it
        .post("passkey", json!({"phone": JOHN, "confirm": true}))
        .await;
    assert_eq!(confirmed.0, 200, "confirmed: {}", confirmed.1);
    page.hear("paired").await;
}

#[tokio::test]
async fn a_refused_passkey_brings_the_codes_back() {
    let it = Rehearsal::start(|options| options.knobs.passkey = true).await;
    let mut page = it.page(None).await;
    let code = page.hear("qr").await;
    it.post("scan", json!({"qr": code["value"], "phone": JOHN}))
        .await;
    it.post("passkey", json!({"phone": JOHN, "confirm": false}))
        .await;
    assert_eq!(page.hear("qr").await["index"], 1, "a new series");
    let again = it
        .post("passkey", json!({"phone": JOHN, "confirm": true}))
        .await;
    assert_eq!(again.0, 404, "there is nothing to confirm any more");
}
