//! A client of dialect lk1 that knows nothing of Hotdesk works a whole day at this server: every call of
//! the dialect, every answer exactly as that dialect has it (keys of ours may come on top).

use crate::support::{Office, ids, send};
use hotdesk_server::seed::PASSWORD;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const HOUR_MS: i64 = 3_600_000;

/// All that such a client knows.
struct Lk1 {
    base: String,
    http: Client,
    token: String,
}

impl Lk1 {
    /// Signs in as the dialect does: no desktop is named.
    async fn sign_in(office: &Office, sdr: &str) -> Self {
        let email = format!("{sdr}@hotdesk.example");
        let answer = office.auth(&email, PASSWORD, None).await.ok();
        assert_eq!(answer["success"], true);
        for key in ["id", "email", "name", "role"] {
            assert!(answer["sdr"][key].is_string(), "{key}: {answer}");
        }
        Self {
            base: office.running.url(),
            http: office.http.clone(),
            token: answer["token"].as_str().unwrap().to_owned(),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let mut request = request.bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        send(request).await.ok()
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The ids of what is offered.
    async fn poll(&self, limit: u32) -> Vec<String> {
        let path = format!("/api/sender/queue?sdrId=john&limit={limit}");
        let queue = self.get(&path).await;
        let contacts = queue["contacts"].as_array().unwrap();
        assert_eq!(queue["count"], contacts.len());
        assert!(queue["total"].as_u64() >= queue["count"].as_u64());
        for contact in contacts {
            assert!(contact["phone"].as_str().unwrap().starts_with('+'));
            assert!(contact["nome"].is_string() && contact["message"].is_string());
            for key in ["empresa", "cargo", "site", "dor_especifica"] {
                assert!(contact.get(key).is_some(), "{key}: {contact}");
            }
        }
        let id = |it: &Value| it["contactId"].as_str().unwrap().to_owned();
        contacts.iter().map(id).collect()
    }

    async fn sent(&self, id: &str, at: &str) {
        let told = self
            .post(
                "/api/sender/mark-sent",
                json!({"contactId": id, "sentAt": at}),
            )
            .await;
        assert_eq!(
            told,
            json!({"success": true, "contactId": id, "status": "sent"})
        );
    }

    async fn counts(&self) -> [u64; 2] {
        let counts = self.get("/api/sdr/sending/queue").await;
        ["pending", "sentToday"].map(|key| counts[key].as_u64().unwrap())
    }
}

#[tokio::test]
async fn an_lk1_client_works_a_whole_day_and_nothing_is_lost_or_offered_twice() {
    let office = Office::with(30, |_| ()).await;
    let john = Lk1::sign_in(&office, "john").await;

    // Morning: the web page asks to link, the client takes the session and says how it stands.
    let asked = john.post("/api/sdr/whatsapp/connect", json!({})).await;
    let session = asked["sessionId"].as_str().unwrap();
    for key in ["message", "instructions", "whatsappWebUrl"] {
        assert!(asked[key].is_string(), "{key}: {asked}");
    }
    let status = john.get("/api/sdr/whatsapp/status").await;
    assert_eq!(status["connected"], false);
    assert_eq!(status["sessionId"], session);
    let linked = json!({"phone": "+5511960000001", "connected": true, "sessionId": session});
    let path = "/api/sdr/whatsapp/connect";
    john.call(Method::PUT, path, Some(linked)).await;
    let status = john.get("/api/sdr/whatsapp/status").await;
    assert_eq!(
        (&status["success"], &status["connected"], &status["phone"]),
        (&json!(true), &json!(true), &json!("+5511960000001"))
    );
    assert!(status["connectedAt"].is_string() && status["lastSeen"].is_string());
    let start = json!({"action": "start"});
    john.post("/api/sdr/sending/control", start.clone()).await;

    // Three polls show the same: looking takes nothing.
    let all = john.poll(50).await;
    assert_eq!(all.len(), 10);
    assert_eq!(john.poll(3).await, all[..3]);
    assert_eq!(john.poll(3).await, all[..3]);
    john.sent(&all[0], "2026-03-04T15:00:01.000Z").await;
    john.sent(&all[0], "2026-03-04T15:00:01.000Z").await;
    let failed = json!({"contactId": all[1], "error": "not on WhatsApp"});
    let told = john.post("/api/sender/mark-failed", failed).await;
    assert_eq!(told["status"], "failed");
    assert_eq!(john.poll(50).await, all[2..]);
    assert_eq!(john.counts().await, [8, 1]);

    // Noon: a lead asks not to be written to, and their message is no longer offered.
    let opted_out = office.state(&all[2]).await;
    assert_eq!(opted_out, "queued");
    let manager = office.manager().await;
    let lead = manager.get(&format!("/api/messages/{}", all[2])).await.ok();
    let block = json!({"phone": lead["phone"], "reason": "asked by telephone"});
    manager.post("/api/opt-outs", block).await.ok();
    assert_eq!(john.poll(50).await, all[3..]);

    // The pause: nothing is offered, and the words say so; then it goes on.
    john.post("/api/sdr/sending/control", json!({"action": "pause"}))
        .await;
    let queue = john.get("/api/sender/queue?sdrId=john").await;
    assert_eq!(queue["contacts"], json!([]));
    assert!(
        queue["message"]
            .as_str()
            .unwrap()
            .starts_with("Queue blocked: ")
    );
    john.post("/api/sdr/sending/control", json!({"action": "resume"}))
        .await;

    // Afternoon: a desktop of ours begins one; the old client is not offered it any more.
    let desktop = office.seat("john", "d1").await;
    desktop.take_over().await;
    let lease = desktop.lease().await;
    assert_eq!(lease.message, all[3]);
    lease.begin().await.ok();
    assert_eq!(john.poll(50).await, all[4..]);
    office.pass(HOUR_MS);
    assert_eq!(john.poll(50).await, all[4..], "also when its lease is over");
    let sent = desktop.result(&lease.message, "sent", office.now());
    sent.await.ok();

    // Evening, out of hours: what left is told late, once and again, and counts.
    office.pass(9 * HOUR_MS);
    for _ in 0..2 {
        john.sent(&all[4], "2026-03-04T20:59:59.000Z").await;
    }
    // The weekend.
    office.pass(72 * HOUR_MS);
    john.sent(&all[5], "2026-03-04T21:00:00.000Z").await;
    assert_eq!(john.poll(50).await, all[6..]);
    for (id, state) in all.iter().zip([
        "sent",
        "failed",
        "cancelled",
        "sent",
        "sent",
        "sent",
        "queued",
        "queued",
        "queued",
        "queued",
    ]) {
        assert_eq!(office.state(id).await, state, "{id}");
    }
    // It leaves: the session is cleared.
    john.call(Method::DELETE, path, None).await;
    let status = john.get("/api/sdr/whatsapp/status").await;
    assert_eq!(
        (&status["connected"], &status["phone"]),
        (&json!(false), &Value::Null)
    );

    // And a desktop of ours goes on.
    assert!(
        ids(&desktop.claim(10).await)
            .iter()
            .all(|id| all[6..].contains(id)),
        "a desktop is offered nothing of what the old client sent"
    );
}

#[tokio::test]
async fn an_lk1_client_is_told_what_it_does_wrong_in_the_dialects_words() {
    let office = Office::with(3, |_| ()).await;
    let john = Lk1::sign_in(&office, "john").await;
    let url = |path: &str| format!("{}{path}", office.running.url());
    let missing = office.http.post(url("/api/sender/auth"));
    let email = json!({"email": "john@hotdesk.example"});
    let late = json!({"contactId": "sample-00001", "sentAt": "2026-03-04T12:00:01-03:00"});
    let others = json!({"contactId": "sample-00002", "sentAt": "2026-03-04T15:00:01Z"});
    let mark = |body: &Value| {
        let request = office.http.post(url("/api/sender/mark-sent")).json(body);
        request.bearer_auth(&john.token)
    };
    let queue = office.http.get(url("/api/sender/queue?sdrId=jane"));
    for (what, status, request) in [
        ("a field is missing", 400, missing.json(&email)),
        ("a time with an offset", 400, mark(&late)),
        ("another SDR's contact", 403, mark(&others)),
        ("another SDR's queue", 403, queue.bearer_auth(&john.token)),
        ("no token", 401, office.http.get(url("/api/sender/queue"))),
    ] {
        let answer = send(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        for key in ["error", "details"] {
            assert!(answer.body[key].is_string(), "{what}: {}", answer.body);
        }
    }
    let wrong = office.auth("john@hotdesk.example", "guessed", None).await;
    assert_eq!((wrong.status, wrong.body["error"].is_string()), (401, true));
    assert_eq!(office.state("sample-00002").await, "queued");
}
