use crate::support::Office;

#[tokio::test]
async fn a_released_message_is_free_at_once_and_its_token_void() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    assert_eq!(lease.release().await.status, 204);
    assert_eq!(lease.release().await.status, 204, "repeatable");
    lease.begin().await.refused(409, "fenced");
    let two = office.seat("john", "d2").await;
    two.take_over().await;
    let other = two.lease().await;
    assert_eq!(other.message, "m-1");
    assert_eq!(lease.release().await.status, 204);
    other.begin().await.ok();
}

#[tokio::test]
async fn a_begun_message_is_not_released() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    lease.begin().await.ok();
    lease.release().await.refused(409, "fenced");
    assert_eq!(office.state("m-1").await, "begun");
}

#[tokio::test]
async fn releasing_does_not_bring_a_message_closer_to_being_given_up() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    for _ in 0..8 {
        john.lease().await.release().await;
    }
    assert_eq!(office.state("m-1").await, "queued");
}
