//! Every POST of a desktop, delivered twice by the network: the same effect and an equal answer.

use crate::support::{Answer, Lease, Office, Seat};
use hotdesk_server::seed::PASSWORD;
use serde_json::{Value, json};

async fn alike(seat: &Seat, path: &str, body: Value) -> Value {
    let first = seat.post(path, body.clone()).await;
    let second = seat.post(path, body).await;
    assert_eq!(
        (first.status, &first.body),
        (second.status, &second.body),
        "{path} twice"
    );
    first.ok()
}

async fn events(seat: &Seat, id: &str) -> usize {
    let found = seat.get(&format!("/api/messages/{id}")).await.ok();
    found["events"].as_array().unwrap().len()
}

async fn held(office: &Office) -> (Seat, Lease) {
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    (john, lease)
}

#[tokio::test]
async fn a_claim_leases_once_and_gives_the_same_leases_again() {
    let office = Office::with(30, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let claim = |id: &str| {
        json!({
            "sdrId": "john", "desktopId": "d1", "limit": 2, "waitSeconds": 0, "claimId": id,
        })
    };
    let answer = alike(&john, "/api/sender/claim", claim("c-1")).await;
    assert_eq!(answer["messages"].as_array().unwrap().len(), 2);
    assert_eq!(answer["queued"], 8, "two are leased, not four");
    let lease = Lease {
        seat: john.clone(),
        message: answer["messages"][0]["messageId"]
            .as_str()
            .unwrap()
            .to_owned(),
        token: answer["messages"][0]["leaseToken"]
            .as_str()
            .unwrap()
            .to_owned(),
    };
    lease.begin().await.ok();
    let other = alike(&john, "/api/sender/claim", claim("c-2")).await;
    assert_ne!(
        other["messages"], answer["messages"],
        "another claim leases more"
    );
    for id in [String::new(), "x".repeat(129)] {
        john.post("/api/sender/claim", claim(&id))
            .await
            .refused(400, "bad_request");
    }
}

#[tokio::test]
async fn a_claim_whose_messages_are_done_leases_nothing_for_its_repetition() {
    let office = Office::with(30, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let claim = json!({
        "sdrId": "john", "desktopId": "d1", "limit": 1, "waitSeconds": 0, "claimId": "c-1",
    });
    let first = john.post("/api/sender/claim", claim.clone()).await.ok();
    let id = first["messages"][0]["messageId"].as_str().unwrap();
    john.result(id, "failed", office.now()).await.ok();
    let late = john.post("/api/sender/claim", claim).await.ok();
    assert_eq!(late["messages"], json!([]), "nobody listens to it");
}

#[tokio::test]
async fn begin_renew_and_release_change_once() {
    let office = Office::with(3, |_| ()).await;
    let (john, lease) = held(&office).await;
    alike(&john, "/api/sender/renew", lease.body()).await;
    let mut begin = lease.body();
    begin["profileEpoch"] = json!("epoch-1");
    alike(&john, "/api/sender/begin", begin).await;
    alike(&john, "/api/sender/renew", lease.body()).await;
    assert_eq!(events(&john, &lease.message).await, 3, "one begin");
    let office = Office::with(3, |_| ()).await;
    let (john, lease) = held(&office).await;
    alike(&john, "/api/sender/release", lease.body()).await;
    assert_eq!(events(&john, &lease.message).await, 3, "one release");
}

#[tokio::test]
async fn results_in_both_dialects_change_once() {
    for state in ["sent", "delivered", "read", "failed", "review"] {
        let office = Office::with(3, |_| ()).await;
        let (john, lease) = held(&office).await;
        let body = json!({
            "sdrId": "john", "desktopId": "d1", "messageId": lease.message, "state": state,
            "atMs": office.now(), "waMessageId": "3EB0AA", "chatId": null, "problem": null,
        });
        let answer = alike(&john, "/api/sender/result", body).await;
        assert_eq!(answer["state"], state);
        assert_eq!(events(&john, &lease.message).await, 3, "one {state}");
    }
    let office = Office::with(6, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = json!({"contactId": "sample-00001", "sentAt": "2026-03-04T15:00:01Z"});
    alike(&john, "/api/sender/mark-sent", body).await;
    let body = json!({"contactId": "sample-00004", "error": "no such number"});
    alike(&john, "/api/sender/mark-failed", body).await;
    for id in ["sample-00001", "sample-00004"] {
        assert_eq!(events(&john, id).await, 2);
    }
}

#[tokio::test]
async fn heartbeats_replies_opt_outs_codes_and_take_overs_change_once() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    alike(&john, "/api/sender/heartbeat", john.beat_body()).await;
    let body = json!({
        "sdrId": "john", "desktopId": "d1", "messageId": "sample-00001", "waMessageId": "3A",
        "chatId": "5511@c.us", "text": "yes", "atMs": 1,
    });
    alike(&john, "/api/sender/reply", body).await;
    let body = json!({"sdrId": "john", "messageId": "sample-00001"});
    let answer = alike(&john, "/api/sender/opt-out", body).await;
    assert_eq!(answer["cancelled"], 1);
    let found = john.get("/api/messages/sample-00001").await.ok();
    assert_eq!(found["replies"].as_array().unwrap().len(), 1);
    assert_eq!(events(&john, "sample-00001").await, 2);
    let body = json!({"sdrId": "john", "value": "2@abc", "expiresInMs": 20_000});
    alike(&john, "/api/sdr/whatsapp/qr", body).await;
    let two = office.seat("john", "d2").await;
    let body = json!({"sdrId": "john", "desktopId": "d2"});
    let answer = alike(&two, "/api/sdr/desktop/take-over", body).await;
    assert_eq!(answer["sessionEpoch"], 2);
}

#[tokio::test]
async fn signing_in_twice_leaves_both_tokens_good_and_signing_out_twice_ends_one() {
    let office = Office::open().await;
    let sign_in = async || {
        let email = "john@hotdesk.example";
        let mut answer: Answer = office.auth(email, PASSWORD, Some("d1")).await;
        let token = answer.body["token"].take();
        (answer.ok(), token)
    };
    let ((first, token), (second, _)) = (sign_in().await, sign_in().await);
    assert_eq!(first, second, "equal but for the token");
    let mut john = office.seat("john", "d1").await;
    john.token = token.as_str().unwrap().to_owned();
    john.claim(1).await;
    alike(&john, "/api/sender/sign-out", Value::Null).await;
    john.claim_waiting(1, 0, &[])
        .await
        .refused(401, "unauthorized");
}
