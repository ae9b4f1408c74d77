use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/sdr/whatsapp/session";

fn session(sdr: &str) -> Value {
    json!({
        "sdrId": sdr, "desktopId": "d1", "connected": false, "state": "qr", "phone": null,
        "connectedAtMs": null, "adapter": "modules", "missing": ["lookup", "acks"],
        "problem": {"code": "self_test_failed", "message": "The page has changed."},
        "adapterPack": "7",
    })
}

#[tokio::test]
async fn a_session_is_given_back_as_it_was_told() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let mut told = session("john");
    told["missing"] = json!(["look_up", "acks"]);
    assert_eq!(john.put(PATH, told.clone()).await.status, 204);
    assert_eq!(john.get(PATH).await.ok(), told);
    let manager = office.manager().await;
    let seen = manager.get(&format!("{PATH}?sdrId=john")).await.ok();
    assert_eq!(seen, told, "a manager sees it too");
}

#[tokio::test]
async fn a_session_of_another_sdr_is_neither_told_nor_seen() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let mut told = session("jane");
    told["missing"] = json!([]);
    john.put(PATH, told).await.refused(403, "forbidden");
    john.get(&format!("{PATH}?sdrId=jane"))
        .await
        .refused(403, "forbidden");
    john.put(PATH, session("john"))
        .await
        .refused(400, "bad_request");
}
