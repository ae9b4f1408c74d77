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
    john.post("/api/sender/sign-out", Value::Null)
        .await
        .refused(401, "unauthorized");
    other.claim(1).await;
}
