use crate::support::{LEASE_MS, Office, ids};

#[tokio::test]
async fn the_rank_never_falls() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    for (reported, stands) in [
        ("sent", "sent"),
        ("sent", "sent"),
        ("read", "read"),
        ("delivered", "read"),
        ("failed", "read"),
        ("review", "read"),
    ] {
        let body = john.result("m-1", reported, office.now()).await.ok();
        assert_eq!(body["state"], stands, "after {reported}");
    }
}

#[tokio::test]
async fn a_late_result_of_a_desktop_that_lost_its_lease_is_taken() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.lease().await;
    office.pass(LEASE_MS);
    two.take_over().await;
    let other = two.lease().await;
    let body = one.result("m-1", "sent", office.now()).await.ok();
    assert_eq!(
        body["state"], "sent",
        "WhatsApp has it, whoever holds the lease"
    );
    other.begin().await.refused(409, "fenced");
}

#[tokio::test]
async fn a_result_after_days_is_taken_and_counts_for_its_own_day() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    let left_at = office.now();
    office.pass(3 * 86_400_000);
    john.result("m-1", "sent", left_at).await.ok();
    let found = john.get("/api/messages/m-1").await.ok();
    assert_eq!(found["sentAtMs"], left_at);
    assert_eq!(found["waMessageId"], "3EB0AA");
    assert_eq!(john.claim(1).await["sentToday"], 0);
}

#[tokio::test]
async fn only_the_desktop_that_has_it_may_say_it_failed() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.lease().await;
    office.pass(LEASE_MS);
    two.take_over().await;
    two.lease().await.begin().await.ok();
    for state in ["failed", "review"] {
        let body = one.result("m-1", state, office.now()).await.ok();
        assert_eq!(
            body["state"], "begun",
            "the other desktop may be sending it right now"
        );
    }
    let body = two.result("m-1", "failed", office.now()).await.ok();
    assert_eq!(body["state"], "failed");
}

#[tokio::test]
async fn a_message_in_review_that_turns_out_to_have_left_is_sent() {
    let office = Office::open().await;
    for id in ["m-1", "m-2"] {
        office.queue(id, "john", "+5511970000001").await;
    }
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "review", office.now()).await.ok();
    let body = john.result("m-1", "delivered", office.now()).await.ok();
    assert_eq!(body["state"], "delivered");
    assert_eq!(ids(&john.claim(1).await), ["m-2"], "and its chat goes on");
}

#[tokio::test]
async fn a_desktop_that_never_held_it_and_another_sdr_are_refused() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    office.seat("john", "d1").await.lease().await;
    let stranger = office.seat("john", "d2").await;
    stranger
        .result("m-1", "sent", office.now())
        .await
        .refused(403, "forbidden");
    let jane = office.seat("jane", "d1").await;
    jane.result("m-1", "sent", office.now())
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn other_states_are_no_results() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await;
    for state in ["queued", "leased", "begun", "dead", "cancelled", "lost"] {
        john.result("m-1", state, office.now())
            .await
            .refused(400, "bad_request");
    }
}
