use crate::support::Office;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn looking_leases_nothing_and_shows_only_that_sdrs_messages_oldest_first() {
    let office = Office::with(30, |_| ()).await;
    let john = office.seat("john", "d1").await;
    for _ in 0..2 {
        let body = john.get("/api/sender/queue?sdrId=john&limit=4").await.ok();
        assert_eq!(
            (body["count"].as_u64(), body["total"].as_u64()),
            (Some(4), Some(10))
        );
        let contacts = body["contacts"].as_array().unwrap();
        assert!(contacts.iter().all(|it| it["sdrId"] == "john"));
        assert_eq!(contacts[0]["contactId"], "sample-00001");
        assert_eq!(contacts[0]["phone"], "+5511970000001");
        assert_eq!(contacts[1]["contactId"], "sample-00004");
        assert!(contacts[0]["message"].is_string() && contacts[0]["nome"].is_string());
        assert_eq!(
            body["session"]["state"], "closed",
            "with the session's state"
        );
    }
}

#[tokio::test]
async fn a_look_for_one_campaign_lists_and_counts_that_alone() {
    let office = Office::with(6, |_| ()).await;
    let manager = office.manager().await;
    let body = json!({"campaignId": "spring", "name": "Spring", "text": "Hi {{name}}",
        "to": {"leadIds": ["lead-001"]}, "sdrs": "owners"});
    manager.post("/api/campaigns", body).await.ok();
    let john = office.seat("john", "d1").await;
    let queued = |body: &Value| body["total"] == 3;
    let path = "/api/sender/queue?sdrId=john";
    let look = async {
        while !queued(&john.get(path).await.ok()) {
            office.asked_for_the_time(1).await;
        }
    };
    let bounded = tokio::time::timeout(Duration::from_secs(60), look);
    bounded.await.expect("it is queued in time");
    let body = john.get(&format!("{path}&campaignId=spring")).await.ok();
    assert_eq!((&body["count"], &body["total"]), (&json!(1), &json!(1)));
    let text = body["contacts"][0]["message"].as_str().unwrap();
    assert!(text.starts_with("Hi "), "{text}");
    let body = john.get(&format!("{path}&campaignId=other")).await.ok();
    assert_eq!(body["total"], 0);
}

#[tokio::test]
async fn another_sdrs_queue_is_forbidden() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    john.get("/api/sender/queue?sdrId=jane")
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_message_a_desktop_has_is_not_shown_as_waiting() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    let path = "/api/sender/queue?sdrId=john";
    assert_eq!(john.get(path).await.ok()["total"], 0, "leased");
    office.pass(60_001);
    assert_eq!(john.get(path).await.ok()["total"], 1, "its lease ran out");
    let again = john.lease().await;
    assert_eq!(again.message, lease.message);
    again.begin().await.ok();
    office.pass(60_001);
    assert_eq!(john.get(path).await.ok()["total"], 0, "begun stays pinned");
}

#[tokio::test]
async fn a_call_without_a_token_is_unauthorized() {
    let office = Office::open().await;
    let url = format!("{}/api/sender/queue?sdrId=john", office.running.url());
    crate::support::send(office.http.get(url))
        .await
        .refused(401, "unauthorized");
}
