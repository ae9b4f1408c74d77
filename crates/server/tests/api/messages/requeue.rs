use crate::support::{LEASE_MS, Office, ids};
use serde_json::{Value, json};

const PATH: &str = "/api/messages/m-1/requeue";

/// A message whose leases ran out five times.
async fn given_up() -> Office {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    for _ in 0..5 {
        john.claim(1).await;
        office.pass(LEASE_MS);
    }
    john.claim(1).await;
    office
}

#[tokio::test]
async fn what_was_given_up_is_listed_and_queued_again_with_fresh_attempts() {
    let office = given_up().await;
    let john = office.seat("john", "d1").await;
    let dead = john.get("/api/messages?state=dead").await.ok();
    assert_eq!(ids(&dead), ["m-1"]);
    for _ in 0..2 {
        let answer = john.post(PATH, Value::Null).await;
        assert_eq!(answer.status, 204, "repeatable");
    }
    let dead = john.get("/api/messages?state=dead").await.ok();
    assert!(ids(&dead).is_empty());
    let found = john.get("/api/messages/m-1").await.ok();
    let last = found["events"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (last["cause"].as_str(), last["personId"].as_str()),
        (Some("requeued"), Some("john"))
    );
    office.pass(10 * LEASE_MS);
    let other = office.seat("john", "d2").await;
    for _ in 0..4 {
        assert_eq!(
            ids(&other.claim(1).await),
            ["m-1"],
            "any desktop may have it"
        );
        office.pass(LEASE_MS);
    }
    other.lease().await.begin().await.ok();
}

#[tokio::test]
async fn what_was_not_given_up_or_is_blocked_or_anothers_is_not_queued_again() {
    let office = given_up().await;
    office.queue("m-2", "john", "+5511970000002").await;
    let john = office.seat("john", "d1").await;
    john.post("/api/messages/m-2/requeue", Value::Null)
        .await
        .refused(409, "bad_request");
    let jane = office.seat("jane", "d1").await;
    jane.post(PATH, Value::Null).await.refused(403, "forbidden");
    let manager = office.manager().await;
    let body = json!({"phone": "+5511970000001"});
    manager.post("/api/sender/opt-out", body).await.ok();
    manager
        .post(PATH, Value::Null)
        .await
        .refused(409, "forbidden");
}

#[tokio::test]
async fn what_was_given_up_can_be_withdrawn() {
    let office = given_up().await;
    let manager = office.manager().await;
    let path = "/api/messages/m-1/cancel";
    assert_eq!(manager.post(path, Value::Null).await.status, 204);
    let found = manager.get("/api/messages/m-1").await.ok();
    assert_eq!(found["state"], "cancelled");
    manager
        .post(PATH, Value::Null)
        .await
        .refused(409, "bad_request");
}
