use crate::support::{LEASE_MS, Office, ids, message};
use serde_json::json;

#[tokio::test]
async fn an_opt_out_holds_for_every_sdr_at_once() {
    let office = Office::open().await;
    for (id, sdr) in [("m-1", "john"), ("m-2", "john"), ("m-3", "jane")] {
        office.queue(id, sdr, "+5511970000001").await;
    }
    let john = office.seat("john", "d1").await;
    let jane = office.seat("jane", "d1").await;
    john.lease().await.begin().await.ok();
    let leased = jane.lease().await;
    let body = json!({"sdrId": "john", "messageId": "m-1", "reason": "wrote STOP"});
    let answer = john.post("/api/sender/opt-out", body.clone()).await.ok();
    assert_eq!(
        answer["cancelled"], 2,
        "John's second and Jane's leased one"
    );
    leased.begin().await.refused(410, "cancelled");
    assert_eq!(
        office.state("m-1").await,
        "begun",
        "what was begun may have left"
    );
    assert_eq!(office.state("m-2").await, "cancelled");
    let again = john.post("/api/sender/opt-out", body).await.ok();
    assert_eq!(again["cancelled"], 2, "repeatable, with the same answer");

    let manager = office.manager().await;
    let body = message("m-4", "bob", "+5511970000001");
    manager
        .post("/api/messages", body)
        .await
        .refused(409, "forbidden");
    let body = json!({"sdrId": "bob", "leadId": "nobody", "text": "x"});
    manager
        .post("/api/messages", body)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_begun_message_whose_lead_opted_out_is_not_begun_again() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    let body = json!({"phone": "+5511970000001"});
    let manager = office.manager().await;
    manager.post("/api/sender/opt-out", body).await.ok();
    office.pass(LEASE_MS);
    john.lease().await.begin().await.refused(410, "cancelled");
    assert_eq!(
        office.state("m-1").await,
        "review",
        "a person looks whether it left"
    );
    assert!(ids(&john.claim(1).await).is_empty());
}

#[tokio::test]
async fn an_opt_out_names_one_lead_and_comes_from_its_sdr() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let path = "/api/sender/opt-out";
    for (body, status, code) in [
        (json!({"sdrId": "john"}), 400, "bad_request"),
        (
            json!({"sdrId": "john", "phone": "119700"}),
            400,
            "bad_phone",
        ),
        (
            json!({"sdrId": "john", "messageId": "sample-00002"}),
            403,
            "forbidden",
        ),
        (
            json!({"sdrId": "jane", "messageId": "sample-00002"}),
            403,
            "forbidden",
        ),
        (json!({"phone": "+5511970000001"}), 403, "forbidden"),
    ] {
        john.post(path, body).await.refused(status, code);
    }
}
