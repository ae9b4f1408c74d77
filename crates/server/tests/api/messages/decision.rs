use crate::api::review::in_doubt;
use crate::support::{Answer, LEASE_MS, Office, Seat, ids, message};
use hotdesk_protocol::ids::MessageId;
use hotdesk_server::seed::TENANT;
use hotdesk_server::store::rules::wa_message_id;
use serde_json::{Value, json};

async fn decide(seat: &Seat, body: Value) -> Answer {
    // A look at the review moves there what is due.
    seat.get("/api/review").await.ok();
    seat.post("/api/messages/m-1/decision", body).await
}

fn verdict(word: &str) -> Value {
    json!({"decision": word, "generation": 0})
}

#[tokio::test]
async fn sent_after_all_is_sent_by_a_persons_word_and_the_log_says_so() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    let body = json!({"decision": "sent", "note": "seen on the phone"});
    let answer = decide(&john, body).await.ok();
    assert_eq!(answer["state"], "sent");
    let found = john.get("/api/messages/m-1").await.ok();
    let last = found["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["cause"], "decided_sent");
    assert_eq!(last["personId"], "john");
    assert_eq!(last["note"], "seen on the phone");
    assert_eq!(found["sentAtMs"], crate::support::NOON, "when it was begun");
    let late = john.result("m-1", "delivered", office.now()).await.ok();
    assert_eq!(late["state"], "delivered", "a real tick counts for more");
}

#[tokio::test]
async fn cancelled_from_review_it_is_not_sent_again_and_its_begin_is_gone() {
    let office = Office::open().await;
    let (john, lease) = in_doubt(&office).await;
    let body = json!({"decision": "cancel", "note": "he called us"});
    assert_eq!(decide(&john, body).await.ok()["state"], "failed");
    let found = john.get("/api/messages/m-1").await.ok();
    assert_eq!(found["problem"]["code"], "cancelled");
    assert!(
        found["problem"]["message"]
            .to_string()
            .contains("he called us")
    );
    lease.begin().await.refused(410, "cancelled");
    assert!(ids(&john.claim(5).await).is_empty());
    let late = john.result("m-1", "sent", office.now()).await.ok();
    assert_eq!(late["state"], "sent", "it had left before");
}

#[tokio::test]
async fn sent_as_new_goes_to_the_same_desktop_under_a_new_id() {
    let office = Office::open().await;
    let (john, old) = in_doubt(&office).await;
    let answer = decide(&john, verdict("resend")).await.ok();
    assert_eq!(
        answer,
        json!({"sdrId": "john", "state": "queued", "generation": 1, "pinnedTo": "d1"})
    );
    old.begin().await.refused(409, "fenced");
    let queue = john.get("/api/sender/queue").await.ok();
    assert_eq!(queue["total"], 0, "a client without leases never gets it");
    let offered = john.claim(1).await;
    assert_eq!(offered["messages"][0]["generation"], 1);
    // Its lease runs out, it is released, it is given up: it stays that desktop's.
    for _ in 0..5 {
        office.pass(LEASE_MS);
        john.claim(1).await;
    }
    assert_eq!(office.state("m-1").await, "dead");
    let again = john.post("/api/messages/m-1/requeue", Value::Null).await;
    assert_eq!(again.status, 204);
    office.pass(100 * LEASE_MS);
    let other = office.seat("john", "d2").await;
    assert!(
        ids(&other.claim(5).await).is_empty(),
        "the page of d1 may still hold the old one"
    );
    office.pass(100 * LEASE_MS);
    john.lease().await.begin().await.ok();
}

#[tokio::test]
async fn once_the_old_device_is_unlinked_any_desktop_may_send_it() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    let body = json!({"decision": "resend", "unlinked": true, "note": "old laptop"});
    let answer = decide(&john, body).await.ok();
    assert_eq!(answer["pinnedTo"], Value::Null);
    let events = john.get("/api/messages/m-1").await.ok()["events"].clone();
    let note = events[4]["note"].as_str().unwrap();
    assert!(note.contains("unlinked") && note.contains("old laptop"));
    let other = office.seat("john", "d2").await;
    other.lease().await.begin().await.ok();
}

#[tokio::test]
async fn a_decision_is_made_once_and_its_repetition_harmless_at_any_time() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    let first = decide(&john, verdict("resend")).await.ok();
    let again = decide(&john, verdict("resend")).await.ok();
    assert_eq!(first, again, "the same answer, and no third generation");
    let manager = office.manager().await;
    for other in ["sent", "cancel"] {
        decide(&manager, verdict(other))
            .await
            .refused(409, "bad_request");
    }
    john.lease().await.begin().await.ok();
    john.result("m-1", "review", office.now()).await.ok();
    let late = decide(&john, verdict("resend")).await.ok();
    assert_eq!(
        (late["state"].as_str(), late["generation"].as_u64()),
        (Some("review"), Some(1)),
        "a late repetition does not decide about the next generation"
    );
    for (word, state) in [("sent", "sent"), ("sent", "sent")] {
        let body = json!({"decision": word, "generation": 1});
        assert_eq!(decide(&john, body).await.ok()["state"], state);
    }
}

#[tokio::test]
async fn a_real_tick_of_the_old_one_stops_the_new_one() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    decide(&john, verdict("resend")).await.ok();
    let lease = john.lease().await;
    let old = wa_message_id(&TENANT.into(), &MessageId::from("m-1"), 0);
    let result = |state: &str| {
        json!({
            "sdrId": "john", "desktopId": "d1", "messageId": "m-1", "state": state,
            "atMs": office.now(), "waMessageId": old, "chatId": null, "problem": null,
        })
    };
    for state in ["failed", "review"] {
        let body = john.post("/api/sender/result", result(state)).await.ok();
        assert_eq!(
            body["state"], "leased",
            "that the old one {state} says nothing about the new one"
        );
    }
    let body = john.post("/api/sender/result", result("sent")).await.ok();
    assert_eq!(body["state"], "sent", "the lead has it");
    lease.begin().await.refused(409, "fenced");
}

#[tokio::test]
async fn what_was_sent_meanwhile_is_not_sent_as_new() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    john.get("/api/review").await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    for word in ["resend", "cancel"] {
        decide(&john, verdict(word))
            .await
            .refused(409, "bad_request");
    }
    let agreed = decide(&john, verdict("sent")).await.ok();
    assert_eq!(
        agreed["state"], "sent",
        "who says so too is not contradicted"
    );
}

#[tokio::test]
async fn nothing_is_sent_as_new_to_who_opted_out() {
    let office = Office::open().await;
    let (john, lease) = in_doubt(&office).await;
    let manager = office.manager().await;
    let body = json!({"phone": "+5511970000001"});
    manager.post("/api/sender/opt-out", body).await.ok();
    decide(&john, verdict("resend"))
        .await
        .refused(409, "forbidden");
    assert_eq!(office.state("m-1").await, "review");
    for _ in 0..2 {
        lease.begin().await.refused(410, "cancelled");
    }
}

#[tokio::test]
async fn only_its_sdr_or_a_manager_decides_and_only_in_bounds() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    let jane = office.seat("jane", "d1").await;
    decide(&jane, verdict("sent"))
        .await
        .refused(403, "forbidden");
    let long = json!({"decision": "sent", "note": "x".repeat(501)});
    for body in [
        json!({}),
        json!({"decision": "maybe"}),
        json!({"decision": "sent", "unlinked": true}),
        json!({"decision": "sent", "because": "no such field"}),
        long,
    ] {
        decide(&john, body).await.refused(400, "bad_request");
    }
    let manager = office.manager().await;
    manager
        .post("/api/messages/m-9/decision", verdict("sent"))
        .await
        .refused(404, "not_found");
    let body = message("m-2", "john", "+5511970000002");
    manager.post("/api/messages", body).await.ok();
    john.post("/api/messages/m-2/decision", verdict("sent"))
        .await
        .refused(409, "bad_request");
    decide(&manager, verdict("sent")).await.ok();
}
