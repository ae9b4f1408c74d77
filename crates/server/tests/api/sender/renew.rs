use crate::support::{LEASE_MS, Office};

#[tokio::test]
async fn a_renewed_lease_lasts_from_the_renewal() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let one = office.seat("john", "d1").await;
    let lease = one.lease().await;
    office.pass(LEASE_MS - 1);
    assert_eq!(lease.renew().await.ok()["leaseMs"], LEASE_MS);
    office.pass(LEASE_MS - 1);
    let queue = one.get("/api/sender/queue").await.ok();
    assert_eq!(queue["total"], 0, "still held");
    lease.begin().await.ok();
}

#[tokio::test]
async fn a_lease_that_ran_out_or_was_taken_is_not_renewed() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    office.pass(LEASE_MS);
    lease.renew().await.refused(409, "fenced");
    let two = office.seat("john", "d2").await;
    two.take_over().await;
    two.lease().await;
    lease.renew().await.refused(409, "fenced");
}
