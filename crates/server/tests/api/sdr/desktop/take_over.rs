use crate::support::{LEASE_MS, Office, ids};
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/api/sdr/desktop/take-over";

#[tokio::test]
async fn taking_over_fences_the_former_desktop_but_takes_what_it_reports() {
    let office = Office::with(9, |_| ()).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let begun = one.lease().await;
    begun.begin().await.ok();
    let leased = one.lease().await;
    let active = two.take_over().await;
    assert_eq!(
        active,
        json!({"desktopId": "d2", "sinceMs": office.now(), "sessionEpoch": 2})
    );
    leased.begin().await.refused(409, "other_desktop");
    begun.begin().await.refused(409, "other_desktop");
    let old = json!({
        "sdrId": "john", "desktopId": "d1", "limit": 1, "waitSeconds": 25, "sessionEpoch": 1,
    });
    one.post("/api/sender/claim", old)
        .await
        .refused(409, "other_desktop");
    let next = two.claim(5).await;
    assert_eq!(
        ids(&next),
        ["sample-00004", "sample-00007"],
        "what was not begun waits no lease out"
    );
    let sent = one.result(&begun.message, "sent", office.now()).await;
    assert_eq!(sent.ok()["state"], "sent");
    let log = one.get("/api/messages/sample-00004").await.ok();
    assert_eq!(log["events"][2]["cause"], "taken_over");
    assert_eq!(log["events"][2]["personId"], "john");
}

#[tokio::test]
async fn an_old_epoch_does_not_begin_even_on_the_desktop_that_is_active_again() {
    let office = Office::with(3, |_| ()).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let lease = one.lease().await;
    lease.begin().await.ok();
    two.take_over().await;
    one.take_over().await;
    let begin = |epoch: u32| {
        let mut body = lease.body();
        body["profileEpoch"] = json!("epoch-1");
        body["sessionEpoch"] = json!(epoch);
        let one = one.clone();
        async move { one.post("/api/sender/begin", body).await }
    };
    begin(1).await.refused(409, "other_desktop");
    begin(3).await.ok();
}

#[tokio::test]
async fn a_claim_that_waits_on_the_former_desktop_is_told_at_once() {
    let office = Office::with(0, |it| it.poll = Duration::from_secs(3600)).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let waiting = office.waiting_claim(&one).await;
    two.take_over().await;
    let told = waiting.await.unwrap().ok();
    assert_eq!(told["blocked"]["code"], "other_desktop");
}

#[tokio::test]
async fn a_late_repetition_takes_nothing_over() {
    let office = Office::open().await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.beat().await.ok();
    let body = json!({"sdrId": "john", "desktopId": "d2", "sessionEpoch": 1});
    let first = two.post(PATH, body.clone()).await.ok();
    let again = two.post(PATH, body.clone()).await.ok();
    assert_eq!(first, again, "the same answer");
    one.take_over().await;
    two.post(PATH, body).await.refused(409, "other_desktop");
    office.pass(LEASE_MS);
    assert_eq!(one.beat().await.ok()["active"], true);
}

#[tokio::test]
async fn the_new_desktops_name_is_told_with_the_change_itself() {
    let office = Office::open().await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.beat().await.ok();
    let long = "Back office ".repeat(20);
    let body = json!({"sdrId": "john", "desktopId": "d2", "desktopName": long});
    two.post(PATH, body).await.ok();
    let seen = one.beat().await.ok();
    assert_eq!(seen["activeDesktop"]["desktopId"], "d2");
    assert_eq!(seen["activeDesktop"]["name"], long[..64]);
}

#[tokio::test]
async fn only_the_sdr_on_that_desktop_takes_over() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    for body in [
        json!({"sdrId": "jane", "desktopId": "d1"}),
        json!({"sdrId": "john", "desktopId": "d2"}),
    ] {
        john.post(PATH, body).await.refused(403, "forbidden");
    }
    let manager = office.manager().await;
    let body = json!({"sdrId": "john", "desktopId": "browser"});
    manager.post(PATH, body).await.refused(403, "forbidden");
}
