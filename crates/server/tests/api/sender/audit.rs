use crate::support::{Office, Seat};
use serde_json::{Value, json};

const PATH: &str = "/api/sender/audit";

fn entry(id: &str, act: &str) -> Value {
    json!({"id": id, "atMs": 5, "sdrId": "john", "actor": "sdr", "act": act})
}

async fn tell(seat: &Seat, entries: Value) -> crate::support::Answer {
    let body = json!({"sdrId": seat.sdr, "desktopId": seat.desktop, "entries": entries});
    seat.post(PATH, body).await
}

async fn acts(seat: &Seat) -> Vec<String> {
    let kept = seat.get("/api/audit").await.ok();
    let acts = kept["entries"].as_array().unwrap().iter();
    acts.map(|one| one["act"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_was_done_on_a_desktop_is_kept_once_however_often_it_is_told() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let told = json!([entry("e-1", "unlocked"), entry("e-2", "paused")]);
    tell(&john, told.clone()).await.ok();
    tell(&john, told).await.ok();
    tell(&john, json!([entry("e-2", "removed")])).await.ok();
    assert_eq!(acts(&john).await, ["paused", "unlocked"], "newest first");
    let other = office.seat("john", "d2").await;
    tell(&other, json!([entry("e-1", "locked")])).await.ok();
    assert_eq!(acts(&john).await.len(), 3, "another desktop's is another");
}

#[tokio::test]
async fn an_act_of_a_later_version_is_kept_by_its_name() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    tell(&john, json!([entry("e-1", "danced")])).await.ok();
    assert_eq!(acts(&john).await, ["danced"]);
}

#[tokio::test]
async fn nobody_tells_of_another_sdr_or_for_another_desktop() {
    let office = Office::open().await;
    let jane = office.seat("jane", "d1").await;
    tell(&jane, json!([entry("e-1", "unlocked")]))
        .await
        .refused(403, "forbidden");
    let for_other = json!({"sdrId": "jane", "desktopId": "d2", "entries": []});
    jane.post(PATH, for_other).await.refused(403, "forbidden");
    let of_window =
        json!([{"id": "w", "atMs": 5, "actor": "manager", "who": "Mia", "act": "signed_in"}]);
    tell(&jane, of_window).await.ok();
    let manager = office.manager().await;
    let kept = manager.get("/api/audit").await.ok();
    let found = &kept["entries"][0];
    assert_eq!(
        (&found["who"], &found["toldBy"]),
        (&json!("Mia"), &json!("jane"))
    );
    assert!(
        acts(&jane).await.is_empty(),
        "the window is the manager's to see"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_whole() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let long = "x".repeat(201);
    for spoiled in [
        json!([entry("", "paused")]),
        json!([entry(&long, "paused")]),
        json!([entry("e-1", "paused"), entry("e-2", &long)]),
        json!(vec![entry("e-1", "paused"); 201]),
        json!([{"id": "e-1", "atMs": 5, "actor": "somebody", "act": "paused"}]),
    ] {
        tell(&john, spoiled).await.refused(400, "bad_request");
    }
    assert!(acts(&john).await.is_empty());
}
