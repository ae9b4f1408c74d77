use crate::support::Office;
use serde_json::{Value, json};

const PATH: &str = "/api/sdr/sign-out";

fn john() -> Value {
    json!({"sdrId": "john"})
}

#[tokio::test]
async fn a_manager_ends_every_token_of_an_sdr_and_nobody_elses() {
    let office = Office::with(3, |_| ()).await;
    let seats = [
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    ];
    let jane = office.seat("jane", "d1").await;
    let lease = seats[0].lease().await;
    let waiting = office.waiting_claim(&seats[0]).await;
    let manager = office.manager().await;
    assert_eq!(manager.post(PATH, john()).await.status, 204);
    waiting.await.unwrap().refused(401, "unauthorized");
    lease.begin().await.refused(401, "unauthorized");
    for seat in &seats {
        seat.beat().await.refused(401, "unauthorized");
    }
    jane.beat().await.ok();
    let again = manager.post(PATH, john()).await;
    assert_eq!(again.status, 204, "repeatable");
    let active = manager.get("/api/sdr/desktop?sdrId=john").await.ok();
    assert_eq!(active["activeDesktop"], Value::Null, "active nowhere");
}

#[tokio::test]
async fn what_was_begun_is_reported_after_a_new_sign_in() {
    let office = Office::with(3, |_| ()).await;
    let seat = office.seat("john", "d1").await;
    let lease = seat.lease().await;
    lease.begin().await.ok();
    seat.post(PATH, john()).await.ok();
    let again = office.seat("john", "d1").await;
    again
        .result(&lease.message, "sent", office.now())
        .await
        .ok();
    assert_eq!(
        office.state(&lease.message).await,
        "sent",
        "nothing is lost"
    );
}

#[tokio::test]
async fn nobody_signs_out_another_sdr_nor_one_who_does_not_exist() {
    let office = Office::open().await;
    let jane = office.seat("jane", "d1").await;
    jane.post(PATH, john()).await.refused(403, "forbidden");
    office
        .manager()
        .await
        .post(PATH, json!({"sdrId": "nobody"}))
        .await
        .refused(404, "not_found");
}
