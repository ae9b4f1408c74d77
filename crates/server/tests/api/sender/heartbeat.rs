use crate::support::Office;
use serde_json::{Value, json};

fn beat(desktop: &str) -> Value {
    json!({
        "session": {
            "sdrId": "john", "desktopId": desktop, "connected": true, "state": "connected",
            "phone": "+5511960000001", "connectedAtMs": null, "adapter": "modules",
            "missing": [], "problem": null,
        },
        "paused": false, "inFlight": 2, "appVersion": "0.1.0",
    })
}

#[tokio::test]
async fn a_heartbeat_keeps_the_session_and_answers_the_figures() {
    let office = Office::with(9, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = john.post("/api/sender/heartbeat", beat("d1")).await.ok();
    assert_eq!(body, json!({"queued": 3, "sentToday": 0}));
    let queue = john.get("/api/sender/queue?sdrId=john").await.ok();
    assert_eq!(queue["session"]["phone"], "+5511960000001");
    assert_eq!(queue["session"]["connectedAtMs"], office.now());
}

#[tokio::test]
async fn a_heartbeat_for_another_sdr_or_desktop_is_forbidden() {
    let office = Office::open().await;
    let jane = office.seat("jane", "d1").await;
    jane.post("/api/sender/heartbeat", beat("d1"))
        .await
        .refused(403, "forbidden");
    let john = office.seat("john", "d1").await;
    john.post("/api/sender/heartbeat", beat("d2"))
        .await
        .refused(403, "forbidden");
}
