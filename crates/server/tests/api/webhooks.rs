//! Webhooks: another program is told what happened, signed, at least once, in the change's transaction.

use crate::support::receiver::{Receiver, Told};
use crate::support::{Office, Seat};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;
use tokio::time::{interval, timeout};

const PATH: &str = "/api/webhooks";

struct Hooked {
    office: Office,
    admin: Seat,
    receiver: Receiver,
    id: String,
    secret: String,
}

async fn hooked(kinds: &[&str]) -> Hooked {
    let office = Office::with(0, |options| {
        options.webhook_poll = Duration::from_millis(20);
    })
    .await;
    let (admin, receiver) = (office.admin().await, Receiver::open().await);
    let body = json!({"url": receiver.url, "kinds": kinds});
    let made = admin.post(PATH, body).await.ok();
    let word = |key: &str| made[key].as_str().unwrap().to_owned();
    Hooked {
        admin,
        receiver,
        id: word("id"),
        secret: word("secret"),
        office,
    }
}

impl Hooked {
    async fn log(&self) -> Vec<Value> {
        let path = format!("{PATH}/{}/deliveries", self.id);
        let log = self.admin.get(&path).await.ok();
        log["deliveries"].as_array().unwrap().clone()
    }

    /// The newest line of the log, once it says so.
    async fn logged(&self, key: &str, value: Value) -> Value {
        let mut looks = interval(Duration::from_millis(10));
        let found = async {
            loop {
                looks.tick().await;
                let log = self.log().await;
                if let Some(newest) = log.first().filter(|line| line[key] == value) {
                    return newest.clone();
                }
            }
        };
        let found = timeout(Duration::from_secs(30), found).await;
        found.unwrap_or_else(|_| panic!("the log never says {key} {value}"))
    }

    /// What was told when the server has looked for what is due again and again.
    async fn told_meanwhile(&mut self) -> Vec<Told> {
        self.office.asked_for_the_time(5).await;
        self.receiver.rest()
    }
}

fn verify(told: &Told, secret: &str) {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.unwrap()).unwrap();
    let [id, at] = ["webhook-id", "webhook-timestamp"].map(|name| told.header(name));
    mac.update(format!("{id}.{at}.{}", told.text).as_bytes());
    let signature = told.header("webhook-signature").strip_prefix("v1,");
    let signature = STANDARD.decode(signature.unwrap()).unwrap();
    mac.verify_slice(&signature).expect("the signature holds");
}

#[tokio::test]
async fn a_message_is_told_step_by_step_and_signed() {
    let mut hooked = hooked(&["message.queued", "message.sent", "message.read"]).await;
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    let john = hooked.office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    for state in ["sent", "delivered", "read"] {
        let told = john.result("m-1", state, hooked.office.now()).await;
        told.ok();
    }
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let told = hooked.receiver.next().await;
        verify(&told, &hooked.secret);
        let data = &told.body()["data"];
        assert_eq!(
            (&data["messageId"], &data["sdrId"], &data["phone"]),
            (&json!("m-1"), &json!("john"), &json!("+5511970000001"))
        );
        assert_eq!(told.body()["timestamp"], "2026-03-04T15:00:00Z");
        kinds.push(told.kind());
    }
    kinds.sort();
    assert_eq!(kinds, ["message.queued", "message.read", "message.sent"]);
    hooked.logged("state", json!("delivered")).await;
    assert!(
        hooked.receiver.rest().is_empty(),
        "nothing else was asked for"
    );
}

#[tokio::test]
async fn replies_opt_outs_and_sessions_are_told() {
    let kinds = ["reply.received", "opt_out.added", "session.changed"];
    let mut hooked = hooked(&kinds).await;
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    let john = hooked.office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "sent", hooked.office.now()).await.ok();
    let reply = json!({
        "sdrId": "john", "desktopId": "d1", "messageId": "m-1", "chatId": "5511@c.us",
        "waMessageId": "3A01", "text": "tell me more", "atMs": hooked.office.now(),
    });
    john.post("/api/sender/reply", reply).await;
    let told = hooked.receiver.next().await;
    assert_eq!(told.kind(), "reply.received");
    assert_eq!(told.body()["data"]["text"], "tell me more");
    let block = json!({"phone": "+5511970000009", "reason": "called us"});
    hooked.admin.post("/api/opt-outs", block).await.ok();
    let told = hooked.receiver.next().await;
    assert_eq!(told.kind(), "opt_out.added");
    assert_eq!(told.body()["data"]["phone"], "+5511970000009");
    for _ in 0..3 {
        john.beat().await.ok();
    }
    let told = hooked.receiver.next().await;
    assert_eq!(told.kind(), "session.changed");
    assert_eq!(
        told.body()["data"],
        json!({"sdrId": "john", "state": "connected", "connected": true, "phone": "+5511960000001"})
    );
    hooked.logged("state", json!("delivered")).await;
    assert!(
        hooked.receiver.rest().is_empty(),
        "a beat that changes nothing"
    );
}

#[tokio::test]
async fn what_cannot_be_told_is_tried_again_later_under_the_same_id() {
    let mut hooked = hooked(&["message.queued"]).await;
    hooked.receiver.answers(503);
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    let first = hooked.receiver.next().await;
    let line = hooked.logged("status", json!(503)).await;
    assert_eq!(
        (&line["state"], &line["attempts"], &line["problem"]),
        (&json!("waiting"), &json!(1), &json!("It answered 503."))
    );
    hooked.office.pass(4_999);
    hooked.receiver.answers(204);
    assert!(
        hooked.told_meanwhile().await.is_empty(),
        "not before its time"
    );
    hooked.office.pass(1);
    let second = hooked.receiver.next().await;
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.text, second.text);
    verify(&second, &hooked.secret);
    let line = hooked.logged("state", json!("delivered")).await;
    assert_eq!(line["attempts"], 2);
}

#[tokio::test]
async fn one_that_never_answers_is_given_up_after_two_days_and_can_be_replayed() {
    let mut hooked = hooked(&["message.queued"]).await;
    hooked.receiver.answers(500);
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    for attempt in 1..=10 {
        hooked.receiver.next().await;
        let state = if attempt < 10 { "waiting" } else { "failed" };
        loop {
            let line = hooked.logged("state", json!(state)).await;
            if line["attempts"] == attempt && line["status"] == 500 {
                break;
            }
        }
        hooked.office.pass(86_400_000);
    }
    assert!(hooked.told_meanwhile().await.is_empty(), "given up");
    let listed = hooked.admin.get(PATH).await.ok();
    assert_eq!(listed["webhooks"][0]["failed"], 1);
    hooked.receiver.answers(200);
    let delivery = hooked.log().await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/deliveries/{delivery}/replay");
    hooked.admin.post(&path, json!({})).await.ok();
    let told = hooked.receiver.next().await;
    assert_eq!(told.header("webhook-id"), delivery);
    hooked.logged("state", json!("delivered")).await;
}

#[tokio::test]
async fn one_that_says_gone_is_not_asked_again() {
    let mut hooked = hooked(&["message.queued"]).await;
    hooked.receiver.answers(410);
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    hooked.receiver.next().await;
    let line = hooked.logged("state", json!("failed")).await;
    assert_eq!(line["attempts"], 1);
}

#[tokio::test]
async fn one_that_does_not_listen_holds_up_no_other() {
    let mut hooked = hooked(&["message.queued"]).await;
    // Nothing is told to a port that nobody listens on.
    let dead = json!({"url": "http://127.0.0.1:1/", "kinds": ["message.queued"]});
    let dead = hooked.admin.post(PATH, dead).await.ok();
    for number in 1..=20 {
        let phone = format!("+55119700000{number:02}");
        let id = format!("m-{number}");
        hooked.office.queue(&id, "john", &phone).await;
    }
    for _ in 1..=20 {
        hooked.receiver.next().await;
    }
    let path = format!("{PATH}/{}/deliveries", dead["id"].as_str().unwrap());
    let log = hooked.admin.get(&path).await.ok();
    assert_eq!(
        log["deliveries"].as_array().unwrap().len(),
        20,
        "kept for it"
    );
}

#[tokio::test]
async fn a_test_is_told_to_that_one_only() {
    let mut hooked = hooked(&["message.queued"]).await;
    let mut other = Receiver::open().await;
    let body = json!({"url": other.url, "kinds": ["message.queued"]});
    hooked.admin.post(PATH, body).await.ok();
    let path = format!("{PATH}/{}/test", hooked.id);
    hooked.admin.post(&path, json!({})).await.ok();
    assert_eq!(hooked.receiver.next().await.kind(), "webhook.test");
    hooked.logged("state", json!("delivered")).await;
    assert!(other.rest().is_empty());
}

#[tokio::test]
async fn a_webhook_that_is_removed_is_told_no_more_and_its_log_is_gone() {
    let mut hooked = hooked(&["message.queued"]).await;
    let path = format!("{PATH}/{}", hooked.id);
    hooked.admin.delete(&path).await.ok();
    hooked.office.queue("m-1", "john", "+5511970000001").await;
    assert!(hooked.log().await.is_empty());
    assert!(hooked.told_meanwhile().await.is_empty());
    hooked.admin.delete(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn only_an_admin_makes_webhooks_and_the_secret_is_shown_once() {
    let hooked = hooked(&["message.queued"]).await;
    assert!(hooked.secret.starts_with("whsec_"));
    let listed = hooked.admin.get(PATH).await.ok();
    assert!(!listed.to_string().contains("whsec_"));
    assert_eq!(listed["webhooks"][0]["url"], hooked.receiver.url.as_str());
    let manager = hooked.office.manager().await;
    manager.get(PATH).await.refused(403, "forbidden");
    let body = json!({"url": "https://crm.example/", "kinds": ["message.sent"]});
    manager.post(PATH, body).await.refused(403, "forbidden");
    let audit = manager.get("/api/audit").await.ok();
    assert_eq!(audit["entries"][0]["act"], "webhook_added");
    assert!(
        !audit.to_string().contains("127.0.0.1"),
        "never the address"
    );
}

#[tokio::test]
async fn what_is_no_webhook_is_refused_in_words() {
    let hooked = hooked(&["message.queued"]).await;
    for (body, word) in [
        (
            json!({"url": "http://crm.example/", "kinds": ["message.sent"]}),
            "https",
        ),
        (
            json!({"url": "https://crm.example/", "kinds": []}),
            "at least one",
        ),
        (
            json!({"url": "https://crm.example/", "kinds": ["all"]}),
            "message.sent",
        ),
        (json!({"url": "https://crm.example/"}), "kinds"),
    ] {
        let answer = hooked.admin.post(PATH, body).await;
        let words = answer.body["message"].as_str().unwrap().to_owned();
        answer.refused(400, "bad_request");
        assert!(words.contains(word), "{words}");
    }
}
