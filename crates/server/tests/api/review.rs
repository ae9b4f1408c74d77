use crate::support::{LEASE_MS, Lease, Office, Seat, ids};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

/// One message of John's, begun on d1 and never heard of again.
pub async fn in_doubt(office: &Office) -> (Seat, Lease) {
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    lease.begin().await.ok();
    office.pass(LEASE_MS + HOUR);
    (john, lease)
}

#[tokio::test]
async fn what_was_begun_and_not_heard_of_goes_to_review_by_itself() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    office.pass(LEASE_MS + HOUR - 1);
    let none = john.get("/api/review").await.ok();
    assert!(ids(&none).is_empty(), "its own desktop may still come back");
    office.pass(1);
    let found = john.get("/api/review").await.ok();
    assert_eq!(ids(&found), ["m-1"]);
    let last = &john.get("/api/messages/m-1").await.ok()["events"][3];
    assert_eq!(last["cause"], "pinned_too_long");
    assert_eq!(last["desktopId"], "d1");
}

#[tokio::test]
async fn a_heartbeat_tells_how_many_wait_for_their_sdr() {
    let office = Office::open().await;
    let (john, _) = in_doubt(&office).await;
    john.get("/api/review").await.ok();
    assert_eq!(john.beat().await.ok()["review"], 1);
    let jane = office.seat("jane", "d1").await;
    assert_eq!(jane.beat().await.ok()["review"], 0, "and not for others");
    let sent = json!({"decision": "sent", "generation": 0});
    john.post("/api/messages/m-1/decision", sent).await.ok();
    assert_eq!(john.beat().await.ok()["review"], 0, "once decided");
}

#[tokio::test]
async fn the_server_looks_by_itself_without_being_asked() {
    let office = Office::with(0, |it| it.sweep = std::time::Duration::from_millis(10)).await;
    in_doubt(&office).await;
    while office.state("m-1").await != "review" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_review_says_all_that_is_known_in_plain_facts() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let session = json!({
        "sdrId": "john", "desktopId": "d1", "connected": true, "state": "connected",
        "phone": "+5511960000001", "connectedAtMs": 5, "adapter": "modules", "problem": null,
        "adapterPack": "7",
    });
    john.put("/api/sdr/whatsapp/session", session).await.ok();
    let (john, _) = in_doubt(&office).await;
    let found = john.get("/api/review").await.ok();
    let item = &found["messages"][0];
    for (field, value) in [
        ("sdrName", json!("John")),
        ("leadName", json!("Ana")),
        ("phone", json!("+5511970000001")),
        ("text", json!("hello from john")),
        ("generation", json!(0)),
        ("begunAtMs", json!(crate::support::NOON)),
        ("sinceMs", json!(office.now())),
        ("desktopId", json!("d1")),
        ("profileEpoch", json!("epoch-1")),
        ("sessionSeenAtMs", json!(crate::support::NOON)),
    ] {
        assert_eq!(item[field], value, "{field}");
    }
    assert_eq!(item["session"]["state"], "connected");
    assert_eq!(item["session"]["adapterPack"], "7");
    assert_eq!(item["problem"]["code"], "fate_unknown");
    assert!(item["waMessageId"].as_str().unwrap().starts_with("3EB0"));
    let facts = item["facts"].to_string();
    for fact in [
        "Desktop d1 began to send it at 2026-03-04T15:00:00Z",
        "No tick was reported",
        "was not heard of since",
        "John's WhatsApp was last seen connected at 2026-03-04T15:00:00Z, on desktop d1",
    ] {
        assert!(facts.contains(fact), "{fact:?} is missing: {facts}");
    }
}

#[tokio::test]
async fn an_sdr_reviews_their_own_and_a_manager_everybodys_page_by_page() {
    let office = Office::with(6, |_| ()).await;
    for sdr in ["john", "jane"] {
        let seat = office.seat(sdr, "d1").await;
        for id in ids(&seat.claim(2).await) {
            seat.result(&id, "review", office.now()).await.ok();
        }
    }
    let john = office.seat("john", "d1").await;
    let own = john.get("/api/review").await.ok();
    assert_eq!(ids(&own), ["sample-00001", "sample-00004"]);
    assert_eq!(own["next"], Value::Null, "there is no other page");
    john.get("/api/review?sdrId=jane")
        .await
        .refused(403, "forbidden");
    let manager = office.manager().await;
    let first = manager.get("/api/review?limit=3").await.ok();
    assert_eq!(ids(&first).len(), 3);
    let path = format!("/api/review?limit=3&after={}", first["next"]);
    let second = manager.get(&path).await.ok();
    assert_eq!(ids(&second), ["sample-00005"], "the rest, none twice");
    let jane = manager.get("/api/review?sdrId=jane").await.ok();
    assert_eq!(ids(&jane), ["sample-00002", "sample-00005"]);
}
