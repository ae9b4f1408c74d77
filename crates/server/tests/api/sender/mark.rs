use crate::support::{LEASE_MS, Office, ids};
use serde_json::json;

#[tokio::test]
async fn an_lk1_client_reports_in_its_own_words_at_any_hour() {
    let office = Office::with(6, |_| ()).await;
    let john = office.seat("john", "d1").await;
    office.pass(12 * 3_600_000);
    let body = json!({"contactId": "sample-00001", "sentAt": "2026-03-04T15:00:01.000Z"});
    for _ in 0..2 {
        let answer = john.post("/api/sender/mark-sent", body.clone()).await.ok();
        assert_eq!(
            answer,
            json!({"success": true, "contactId": "sample-00001", "status": "sent"})
        );
    }
    let body = json!({"contactId": "sample-00004", "error": "not on WhatsApp"});
    let answer = john.post("/api/sender/mark-failed", body).await.ok();
    assert_eq!(answer["status"], "failed");
    assert!(ids(&john.claim(9).await).is_empty(), "both are done");
}

#[tokio::test]
async fn a_time_with_an_offset_and_an_empty_error_are_refused() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    for at in ["2026-03-04T12:00:01-03:00", "yesterday", ""] {
        let body = json!({"contactId": "sample-00001", "sentAt": at});
        john.post("/api/sender/mark-sent", body)
            .await
            .refused(400, "bad_request");
    }
    for error in [String::new(), "x".repeat(501)] {
        let body = json!({"contactId": "sample-00001", "error": error});
        john.post("/api/sender/mark-failed", body)
            .await
            .refused(400, "bad_request");
    }
}

#[tokio::test]
async fn a_message_of_another_sdr_is_not_yours() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = json!({"contactId": "sample-00002", "sentAt": "2026-03-04T15:00:01Z"});
    john.post("/api/sender/mark-sent", body)
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn an_lk1_client_cannot_fail_what_a_desktop_has_begun() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    office.pass(LEASE_MS);
    let body = json!({"contactId": "sample-00001", "error": "timeout"});
    let answer = john.post("/api/sender/mark-failed", body).await.ok();
    assert_eq!(answer["status"], "pending");
    assert_eq!(office.state("sample-00001").await, "begun");
}
