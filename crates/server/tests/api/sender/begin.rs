use crate::support::{LEASE_MS, Office};

#[tokio::test]
async fn begin_fences_the_desktop_that_lost_the_race() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let first = one.lease().await;
    two.take_over().await;
    let second = two.lease().await;
    let (late, early) = tokio::join!(first.begin(), second.begin());
    late.refused(409, "other_desktop");
    early.ok();
}

#[tokio::test]
async fn a_token_is_worth_nothing_on_another_desktop() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let mut lease = office.seat("john", "d1").await.lease().await;
    lease.seat = office.seat("john", "d2").await;
    lease.begin().await.refused(409, "other_desktop");
    let taken = lease.token.clone();
    lease.seat.take_over().await;
    lease.begin().await.refused(409, "fenced");
    assert_ne!(lease.seat.lease().await.token, taken);
    lease.seat = office.seat("jane", "d1").await;
    lease.begin().await.refused(403, "forbidden");
}

#[tokio::test]
async fn begin_can_be_repeated_when_its_answer_was_lost() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    lease.begin().await.ok();
    assert_eq!(lease.begin().await.ok()["leaseMs"], LEASE_MS);
    office.pass(5 * LEASE_MS);
    lease.begin().await.ok();
}

#[tokio::test]
async fn a_lease_that_ran_out_cannot_be_begun() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    office.pass(LEASE_MS);
    lease.begin().await.refused(409, "fenced");
}

#[tokio::test]
async fn begun_again_through_another_profile_goes_to_review() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let lease = office.seat("john", "d1").await.lease().await;
    lease.begin().await.ok();
    lease.begin_through("epoch-2").await.refused(409, "fenced");
    assert_eq!(
        office.state("m-1").await,
        "review",
        "in another profile, 'not in the page' proves nothing"
    );
}

#[tokio::test]
async fn an_unknown_message_is_not_found() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let mut lease = office.seat("john", "d1").await.lease().await;
    lease.message = "m-9".to_owned();
    lease.begin().await.refused(404, "not_found");
}
