use crate::support::Office;
use serde_json::Value;

#[tokio::test]
async fn a_revoked_token_is_worth_nothing() {
    let office = Office::with(3, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let other = office.seat("john", "d2").await;
    let lease = john.lease().await;
    assert_eq!(
        john.post("/api/sender/sign-out", Value::Null).await.status,
        204
    );
    lease.begin().await.refused(401, "unauthorized");
    john.claim_waiting(1, 0, &[])
        .await
        .refused(401, "unauthorized");
    let again = john.post("/api/sender/sign-out", Value::Null).await;
    assert_eq!(again.status, 204, "repeatable");
    other.lease().await.begin().await.ok();
}

#[tokio::test]
async fn what_never_was_a_token_cannot_sign_out() {
    let office = Office::open().await;
    let mut john = office.seat("john", "d1").await;
    john.token = "hd_00".to_owned();
    john.post("/api/sender/sign-out", Value::Null)
        .await
        .refused(401, "unauthorized");
}
