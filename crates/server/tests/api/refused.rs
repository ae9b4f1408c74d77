//! Who asks for another SDR's is refused, gets nothing, and stands in the audit.

use crate::support::{Office, Seat};
use serde_json::{Value, json};

async fn refusals(office: &Office) -> Vec<Value> {
    let kept = office.manager().await.get("/api/audit").await.ok();
    let entries = kept["entries"].as_array().unwrap().clone();
    let refused = entries.into_iter().filter(|one| one["act"] == "refused");
    refused.collect()
}

/// A claim of John's sign-in for another SDR.
async fn claims_for(john: &Seat, sdr: &str) {
    let body = json!({"sdrId": sdr, "desktopId": "d1", "limit": 5, "waitSeconds": 0});
    let answer = john.post("/api/sender/claim", body).await;
    assert!(answer.body["messages"].is_null(), "nothing is given");
    answer.refused(403, "forbidden");
}

#[tokio::test]
async fn another_sdrs_queue_is_refused_and_the_audit_says_who_asked_for_whose() {
    let office = Office::open().await;
    office.queue("m-1", "jane", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    let answer = john.get("/api/sender/queue?sdrId=jane").await;
    assert!(answer.body["contacts"].is_null(), "nothing is given");
    answer.refused(403, "forbidden");
    let [kept] = &refusals(&office).await[..] else {
        panic!("one entry");
    };
    assert_eq!(
        (
            &kept["sdrId"],
            &kept["who"],
            &kept["toldBy"],
            &kept["actor"]
        ),
        (
            &json!("jane"),
            &json!("john"),
            &json!("john"),
            &json!("sdr")
        )
    );
    assert!(kept["desktopId"].is_null(), "the server says so itself");
    let seen = office.seat("jane", "d2").await.get("/api/audit").await.ok();
    assert_eq!(seen["entries"][0]["act"], "refused", "Jane is told too");
}

#[tokio::test]
async fn a_loop_of_tries_is_one_entry_a_minute() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    for _ in 0..20 {
        claims_for(&john, "jane").await;
    }
    assert_eq!(refusals(&office).await.len(), 1);
    claims_for(&john, "bob").await;
    assert_eq!(
        refusals(&office).await.len(),
        2,
        "another SDR is another entry"
    );
    office.pass(60_000);
    claims_for(&john, "jane").await;
    assert_eq!(refusals(&office).await.len(), 3);
}

#[tokio::test]
async fn an_id_that_can_be_nobodys_is_refused_and_not_kept() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    for nobody in [String::new(), "x".repeat(5_000)] {
        claims_for(&john, &nobody).await;
    }
    assert!(refusals(&office).await.is_empty());
}

#[tokio::test]
async fn what_is_ones_own_and_what_a_manager_may_see_is_no_refusal() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    john.get("/api/sender/queue?sdrId=john").await.ok();
    let manager = office.manager().await;
    manager.get("/api/audit?sdrId=jane").await.ok();
    assert!(refusals(&office).await.is_empty());
}
