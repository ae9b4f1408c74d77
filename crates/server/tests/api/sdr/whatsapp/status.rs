use crate::support::Office;
use serde_json::json;

#[tokio::test]
async fn the_status_is_told_in_lk1s_words() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let path = "/api/sdr/whatsapp/status";
    let before = john.get(path).await.ok();
    assert_eq!(
        before,
        json!({"success": true, "connected": false, "phone": null, "connectedAt": null,
               "lastSeen": null, "sessionId": null})
    );
    let session = json!({
        "sdrId": "john", "desktopId": "d1", "connected": true, "state": "connected",
        "phone": "+5511960000001", "connectedAtMs": office.now(), "adapter": "modules",
        "problem": null,
    });
    john.put("/api/sdr/whatsapp/session", session).await.ok();
    let after = john.get(path).await.ok();
    assert_eq!(
        after,
        json!({"success": true, "connected": true, "phone": "+5511960000001",
               "connectedAt": "2026-03-04T15:00:00Z", "lastSeen": "2026-03-04T15:00:00Z",
               "sessionId": "d1"})
    );
}
