use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/sdr/sending/control";

fn action(word: &str) -> Value {
    json!({"action": word})
}

#[tokio::test]
async fn a_stop_leases_nothing_more_and_a_start_goes_on() {
    let office = Office::with(6, |_| ()).await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d1").await,
    );
    let running = json!({"success": true, "status": "running", "isRunning": true});
    let stopped = json!({"success": true, "status": "stopped", "isRunning": false});
    assert_eq!(john.get(PATH).await.ok(), running);
    for word in ["pause", "stop"] {
        assert_eq!(john.post(PATH, action(word)).await.ok(), stopped);
    }
    assert_eq!(john.get(PATH).await.ok(), stopped);
    let claimed = john.claim(1).await;
    assert_eq!(claimed["messages"], json!([]));
    assert_eq!(claimed["blocked"]["code"], "not_now", "and says why");
    let queue = john.get("/api/sender/queue").await.ok();
    assert_eq!(queue["contacts"], json!([]));
    assert_eq!(queue["total"], 2, "what waits is kept");
    let words = queue["message"].as_str().unwrap();
    assert!(words.starts_with("Queue blocked: "), "as lk1 says it");
    jane.lease().await;
    let row = john.get("/api/sdrs").await.ok();
    assert_eq!(row["sdrs"][0]["paused"], true);
    for word in ["resume", "start"] {
        assert_eq!(john.post(PATH, action(word)).await.ok(), running);
    }
    john.lease().await;
    john.post(PATH, action("dance"))
        .await
        .refused(400, "bad_request");
}

#[tokio::test]
async fn what_is_begun_is_finished_and_a_start_wakes_whoever_waits() {
    let office = Office::with(6, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let lease = john.lease().await;
    let manager = office.browser("manager").await;
    let path = format!("{PATH}?sdrId=john");
    manager.post(&path, action("stop")).await.ok();
    lease.begin().await.ok();
    let sent = john.result(&lease.message, "sent", office.now());
    assert_eq!(sent.await.ok()["state"], "sent");
    let waiting = office.waiting_claim(&john).await;
    manager.post(&path, action("start")).await.ok();
    let claimed = waiting.await.unwrap().ok();
    assert_eq!(claimed["messages"].as_array().map(Vec::len), Some(1));
    let audit = manager.get("/api/audit?sdrId=john").await.ok();
    let acts = [&audit["entries"][0]["act"], &audit["entries"][1]["act"]];
    assert_eq!(acts, ["resumed", "paused"]);
}

#[tokio::test]
async fn nobody_stops_another_sdr_nor_one_who_does_not_exist() {
    let office = Office::open().await;
    let jane = office.seat("jane", "d1").await;
    let others = format!("{PATH}?sdrId=john");
    let refused = jane.post(&others, action("stop")).await;
    refused.refused(403, "forbidden");
    jane.get(&others).await.refused(403, "forbidden");
    let manager = office.manager().await;
    let nobody = format!("{PATH}?sdrId=nobody");
    let refused = manager.post(&nobody, action("stop")).await;
    refused.refused(404, "not_found");
    manager.get(&nobody).await.refused(404, "not_found");
}
