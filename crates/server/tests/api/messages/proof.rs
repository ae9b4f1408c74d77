use crate::support::Office;
use hotdesk_server::store::proof::Proof;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn a_log_is_exported_with_its_hashes_and_its_head() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    let answer = john.get("/api/messages/m-1/proof").await.ok();
    let told = answer.to_string();
    assert!(
        !told.contains("hello from") && !told.contains("97000"),
        "no content and no number leaves with a log"
    );
    let events = answer["events"].as_array().unwrap();
    assert_eq!(events[3]["waMessageId"], "3EB0AA");
    assert_eq!(answer["head"], events[3]["hash"]);
    assert_eq!(answer["state"], "sent");
    let proof: Proof = serde_json::from_value(answer).unwrap();
    assert_eq!(proof.check(), Ok(()));
}

/// The form as docs/API.md tells it, by hand: whoever reads that page can check an export.
#[tokio::test]
async fn the_hashes_are_those_of_the_documented_form() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await;
    let answer = john.get("/api/messages/m-1/proof").await.ok();
    let mut previous = json!("00".repeat(32));
    for event in answer["events"].as_array().unwrap() {
        let mut form = vec![json!("hotdesk-log/1"), previous, json!("m-1")];
        let fields = [
            "seq",
            "atMs",
            "from",
            "to",
            "cause",
            "generation",
            "desktopId",
            "personId",
            "reportedAtMs",
            "waMessageId",
            "note",
        ];
        form.extend(fields.map(|field| event[field].clone()));
        let hash = hex::encode(Sha256::digest(Value::from(form).to_string()));
        assert_eq!(event["hash"], hash);
        previous = json!(hash);
    }
    assert_eq!(answer["head"], previous);
}

#[tokio::test]
async fn a_log_is_shown_to_its_sdr_and_to_a_manager_only() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    john.get("/api/messages/sample-00002/proof")
        .await
        .refused(403, "forbidden");
    john.get("/api/messages/m-9/proof")
        .await
        .refused(404, "not_found");
    let manager = office.manager().await;
    manager.get("/api/messages/sample-00002/proof").await.ok();
}
