use crate::support::Office;
use serde_json::json;

#[tokio::test]
async fn a_heartbeat_keeps_the_session_and_answers_the_figures() {
    let office = Office::with(9, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = john.beat().await.ok();
    assert_eq!(
        body,
        json!({"queued": 3, "sentToday": 0, "review": 0, "active": true, "activeDesktop": {
            "desktopId": "d1", "sinceMs": office.now(), "sessionEpoch": 1,
        }})
    );
    let queue = john.get("/api/sender/queue?sdrId=john").await.ok();
    assert_eq!(queue["session"]["phone"], "+5511960000001");
    assert_eq!(queue["session"]["connectedAtMs"], office.now());
}

#[tokio::test]
async fn the_adapters_of_the_last_heartbeat_are_shown_wherever_the_session_is() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let manager = office.manager().await;
    let mut beat = john.beat_body();
    for adapters in [json!("built-in 1"), json!("7")] {
        beat["session"]["adapterPack"] = adapters.clone();
        john.post("/api/sender/heartbeat", beat.clone()).await.ok();
        let session = "/api/sdr/whatsapp/session?sdrId=john";
        assert_eq!(manager.get(session).await.ok()["adapterPack"], adapters);
        let queue = manager.get("/api/sender/queue?sdrId=john").await.ok();
        assert_eq!(queue["session"]["adapterPack"], adapters);
    }
    john.beat().await.ok();
    let session = john.get("/api/sdr/whatsapp/session").await.ok();
    assert_eq!(
        session.get("adapterPack"),
        None,
        "an older desktop says nothing of them, and nothing is made up"
    );
}

#[tokio::test]
async fn a_heartbeat_for_another_sdr_or_desktop_is_forbidden() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let mut jane = office.seat("jane", "d1").await;
    jane.post("/api/sender/heartbeat", john.beat_body())
        .await
        .refused(403, "forbidden");
    jane.desktop = "d2".to_owned();
    jane.beat().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_desktop_that_is_not_the_active_one_is_told_and_its_session_is_not_kept() {
    let office = Office::open().await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.beat().await.ok();
    let mut beat = two.beat_body();
    beat["session"]["connected"] = json!(false);
    beat["session"]["state"] = json!("qr");
    let told = two.post("/api/sender/heartbeat", beat.clone()).await.ok();
    assert_eq!(told["active"], false);
    assert_eq!(told["activeDesktop"]["desktopId"], "d1");
    let path = "/api/sdr/whatsapp/session";
    assert_eq!(two.get(path).await.ok()["state"], "connected");
    two.take_over().await;
    let told = two.post("/api/sender/heartbeat", beat).await.ok();
    assert_eq!(told["active"], true);
    assert_eq!(told["activeDesktop"]["sessionEpoch"], 2);
    assert_eq!(two.get(path).await.ok()["state"], "qr");
}
