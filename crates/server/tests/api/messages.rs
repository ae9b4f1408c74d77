mod decision;
mod proof;
mod requeue;

use crate::support::{Office, ids, message};
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_id_seen_before_is_queued_once_and_never_replaced() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let first = message("m-1", "john", "+5511970000001");
    let created = manager.post("/api/messages", first.clone()).await;
    assert_eq!(created.status, 201, "the first time it is created");
    let again = manager.post("/api/messages", first.clone()).await;
    assert_eq!(again.status, 200, "the same message again is harmless");
    assert_eq!(again.body["messageId"], "m-1");

    let mut other = first;
    other["text"] = json!("another text");
    manager
        .post("/api/messages", other)
        .await
        .refused(409, "bad_request");
    let list = manager.get("/api/messages?sdrId=john").await.ok();
    assert_eq!(ids(&list), ["m-1"], "there is still one message");
    assert_eq!(list["messages"][0]["text"], "hello from john");
}

async fn refused(change: impl FnOnce(&mut Value), status: u16, code: &str) {
    let office = Office::open().await;
    let manager = office.manager().await;
    let mut body = message("m-1", "john", "+5511970000001");
    change(&mut body);
    manager
        .post("/api/messages", body)
        .await
        .refused(status, code);
    let list = manager.get("/api/messages").await.ok();
    assert!(ids(&list).is_empty(), "nothing was queued");
}

#[tokio::test]
async fn a_phone_that_is_not_e164_is_refused() {
    for phone in [
        "5511970000001",
        "+0511970000001",
        "+55 11 9700",
        "+",
        "+1234567890123456",
    ] {
        refused(|it| it["lead"]["phone"] = json!(phone), 400, "bad_phone").await;
    }
}

#[tokio::test]
async fn an_empty_text_is_refused() {
    refused(|it| it["text"] = json!(" "), 400, "bad_text").await;
}

#[tokio::test]
async fn a_text_one_byte_too_long_is_refused_and_the_longest_is_taken() {
    refused(
        |it| it["text"] = json!("é".repeat(32_768) + "x"),
        400,
        "bad_text",
    )
    .await;
    let office = Office::open().await;
    let mut body = message("m-1", "john", "+5511970000001");
    body["text"] = json!("\u{1}".repeat(65_536));
    let manager = office.manager().await;
    manager.post("/api/messages", body).await.ok();
}

#[tokio::test]
async fn a_lead_without_consent_is_refused() {
    refused(|it| it["lead"]["consent"] = json!(""), 400, "bad_request").await;
    refused(|it| it["lead"]["consent"] = Value::Null, 400, "bad_request").await;
}

#[tokio::test]
async fn an_unknown_sdr_or_lead_is_not_found() {
    refused(|it| it["sdrId"] = json!("nobody"), 404, "not_found").await;
    refused(|it| it["sdrId"] = json!("manager"), 404, "not_found").await;
    let unknown = |it: &mut Value| {
        it["lead"] = Value::Null;
        it["leadId"] = json!("lead-999");
    };
    refused(unknown, 404, "not_found").await;
}

#[tokio::test]
async fn malformed_json_is_a_bad_request() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for body in ["", "{", "[]", r#"{"sdrId": 5}"#, "\u{0}"] {
        manager
            .post_text("/api/messages", body.to_owned())
            .await
            .refused(400, "bad_request");
    }
}

#[tokio::test]
async fn an_oversized_body_is_refused() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let body = format!("{{\"text\":\"{}\"}}", "x".repeat(600_000));
    manager
        .post_text("/api/messages", body)
        .await
        .refused(413, "bad_request");
}

#[tokio::test]
async fn a_known_lead_needs_no_more_than_its_id() {
    let office = Office::with(3, |_| ()).await;
    let manager = office.manager().await;
    let body = json!({"sdrId": "john", "leadId": "lead-001", "text": "again"});
    let id = manager.post("/api/messages", body).await.ok()["messageId"].clone();
    let path = format!("/api/messages/{}", id.as_str().unwrap());
    let found = manager.get(&path).await.ok();
    assert_eq!(found["phone"], "+5511970000001");
    assert_eq!(found["events"][0]["personId"], "manager");
}

#[tokio::test]
async fn an_sdr_neither_enqueues_nor_sees_what_is_not_theirs() {
    let office = Office::with(6, |_| ()).await;
    let john = office.seat("john", "d1").await;
    john.post("/api/messages", message("m-1", "john", "+5511970000001"))
        .await
        .refused(403, "forbidden");
    john.get("/api/messages?sdrId=jane")
        .await
        .refused(403, "forbidden");
    john.get("/api/messages/sample-00002")
        .await
        .refused(403, "forbidden");
    let own = john.get("/api/messages").await.ok();
    assert_eq!(ids(&own), ["sample-00001", "sample-00004"], "only John's");
    let all = office.manager().await.get("/api/messages").await.ok();
    assert_eq!(ids(&all).len(), 6, "a manager sees everybody's");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let office = Office::with(5, |_| ()).await;
    let manager = office.manager().await;
    let first = manager.get("/api/messages?limit=2").await.ok();
    let path = format!(
        "/api/messages?limit=9&after={}",
        first["messages"][1]["seq"]
    );
    let second = manager.get(&path).await.ok();
    assert_eq!(ids(&first), ["sample-00001", "sample-00002"]);
    assert_eq!(ids(&second).len(), 3, "the rest, none twice");
    manager
        .get("/api/messages?limit=many")
        .await
        .refused(400, "bad_request");
}

#[tokio::test]
async fn a_cancelled_message_is_not_offered_and_its_begin_is_gone() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    let manager = office.manager().await;
    let path = "/api/messages/m-1/cancel";
    assert_eq!(manager.post(path, Value::Null).await.status, 204);
    assert_eq!(
        manager.post(path, Value::Null).await.status,
        204,
        "repeatable"
    );
    lease.begin().await.refused(410, "cancelled");
    office.pass(100_000);
    assert!(
        ids(&john.claim(5).await).is_empty(),
        "it is never offered again"
    );
}

#[tokio::test]
async fn a_begun_message_cannot_be_cancelled() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    let path = "/api/messages/m-1/cancel";
    let manager = office.manager().await;
    manager
        .post(path, Value::Null)
        .await
        .refused(409, "bad_request");
    assert_eq!(office.state("m-1").await, "begun");
}

#[tokio::test]
async fn an_sdr_cancels_only_their_own() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    john.post("/api/messages/sample-00002/cancel", Value::Null)
        .await
        .refused(403, "forbidden");
    john.post("/api/messages/sample-99999/cancel", Value::Null)
        .await
        .refused(404, "not_found");
    let own = john.post("/api/messages/sample-00001/cancel", Value::Null);
    assert_eq!(own.await.status, 204);
}

#[tokio::test]
async fn the_event_log_tells_every_step() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    john.result("m-1", "read", office.now()).await.ok();
    let found = john.get("/api/messages/m-1").await.ok();
    let steps: Vec<_> = found["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["cause"].as_str().unwrap(), it["to"].as_str().unwrap()))
        .collect();
    assert_eq!(
        steps,
        [
            ("enqueued", "queued"),
            ("claimed", "leased"),
            ("begun", "begun"),
            ("reported", "sent"),
            ("reported", "read")
        ]
    );
}

#[tokio::test]
async fn a_data_file_another_process_holds_is_told_as_later() {
    let office = Office::in_a_file().await;
    let manager = office.manager().await;
    let body = message("m-1", "john", "+5511970000001");
    let other = rusqlite::Connection::open(office.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = manager.post("/api/messages", body.clone()).await;
    assert_eq!(answer.retry_after, Some(1), "503 carries Retry-After");
    answer.refused(503, "server_error");
    manager.get("/api/messages").await.ok();
    other.execute_batch("ROLLBACK").unwrap();
    let again = manager.post("/api/messages", body).await;
    assert_eq!(again.status, 201, "nothing was half done");
}

#[tokio::test]
async fn messages_are_found_by_what_they_say_and_to_whom_newest_first() {
    let office = Office::open().await;
    let manager = office.manager().await;
    for (id, name, text, phone) in [
        ("m-1", "Ana", "Olá, AÇÃO!", "+5511970000001"),
        ("m-2", "João", "hello", "+5511970000002"),
        ("m-3", "Ana", "again", "+5511970000001"),
    ] {
        let lead = json!({"name": name, "phone": phone, "consent": "asked"});
        let body = json!({"messageId": id, "sdrId": "john", "text": text, "lead": lead});
        manager.post("/api/messages", body).await.ok();
    }
    let find = async |query: &str| {
        let found = manager
            .get(&format!("/api/messages?newest=true{query}"))
            .await;
        ids(&found.ok())
    };
    assert_eq!(find("").await, ["m-3", "m-2", "m-1"]);
    assert_eq!(find("&search=acao").await, ["m-1"]);
    assert_eq!(find("&search=JOAO").await, ["m-2"]);
    assert_eq!(find("&search=97000-0001").await, ["m-3", "m-1"]);
    assert_eq!(find("&search=%25").await, Vec::<String>::new());
    assert_eq!(find("&search=a&state=sent").await, Vec::<String>::new());
    let first = manager.get("/api/messages?newest=true&limit=2").await.ok();
    assert_eq!(ids(&first), ["m-3", "m-2"]);
    let next = first["next"].as_str().unwrap();
    let rest = format!("/api/messages?newest=true&cursor={next}");
    let rest = manager.get(&rest).await.ok();
    assert_eq!(
        (ids(&rest), &rest["next"]),
        (vec!["m-1".to_owned()], &Value::Null)
    );
    let lead = first["messages"][0]["leadId"].as_str().unwrap();
    assert_eq!(find(&format!("&leadId={lead}")).await, ["m-3", "m-1"]);
    let oldest = format!("/api/messages?leadId={lead}&search=ana");
    assert_eq!(ids(&manager.get(&oldest).await.ok()), ["m-1", "m-3"]);
    let jane = office.seat("jane", "d1").await;
    let none = jane.get("/api/messages?newest=true&search=a").await.ok();
    assert!(ids(&none).is_empty(), "an SDR finds their own");
}

#[tokio::test]
async fn where_the_office_wants_it_a_first_message_names_sender_and_office_and_a_way_out() {
    let office = Office::open().await;
    let manager = office.manager().await;
    office
        .settle(|it| {
            it.name = Some("Padaria Ação".to_owned());
            it.first_message.required = true;
        })
        .await;
    let ana = "+5511970000001";
    let text = |id: &str, text: &str| {
        let mut body = message(id, "john", ana);
        body["text"] = json!(text);
        body
    };
    let post = async |body: Value| manager.post("/api/messages", body).await;
    let lacking = post(text("m-1", "John here, for a week")).await;
    let words = lacking.body["message"].as_str().unwrap().to_owned();
    lacking.refused(400, "bad_text");
    assert!(
        words.contains("lacks: the office's name, a word that ends it")
            && !words.contains("first name,"),
        "{words}"
    );
    let whole = text("m-1", "JOHN, da padaria acao. Responda «Sair» e paro.");
    post(whole.clone()).await.ok();
    post(text("m-2", "One more")).await.refused(400, "bad_text");
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    assert_eq!(lease.message, "m-1");
    john.result("m-1", "sent", office.now()).await.ok();
    assert_eq!(
        post(text("m-2", "One more")).await.status,
        201,
        "no longer the first"
    );
    assert_eq!(post(whole).await.status, 200);
    office.settle(|it| it.first_message.required = false).await;
    office.queue("m-3", "john", "+5511970000002").await;
}
