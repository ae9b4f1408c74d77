use crate::support::{LEASE_MS, Office, ids, message};
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::SampleOffice;
use hotdesk_server::store::OptOutOf;
use hotdesk_server::store::rules::SESSION_MS;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_claim_leases_the_oldest_and_says_all_a_desktop_needs() {
    let office = Office::with(30, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = john.claim(3).await;
    assert_eq!(ids(&body), ["sample-00001", "sample-00004", "sample-00007"]);
    let first = &body["messages"][0];
    assert_eq!(first["sdrId"], "john");
    assert_eq!(first["attempt"], 1);
    assert_eq!(first["generation"], 0);
    assert_eq!(first["begun"], false, "never begun");
    assert_eq!(first["leaseMs"], LEASE_MS);
    assert_eq!(body["tenant"], "sample-office");
    assert_eq!(body["policy"]["gapMs"], 300);
    assert_eq!(
        (body["queued"].as_u64(), body["sentToday"].as_u64()),
        (Some(7), Some(0))
    );
}

#[tokio::test]
async fn two_desktops_never_hold_the_same_message() {
    let office = Office::with(30, |_| ()).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let (first, second) = tokio::join!(one.claim(10), two.claim(10));
    let mut all = ids(&first);
    all.extend(ids(&second));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(
        (count, all.len()),
        (10, 10),
        "ten messages, each leased once"
    );
}

#[tokio::test]
async fn a_chat_has_one_message_under_way_and_keeps_its_order() {
    let office = Office::open().await;
    for id in ["m-1", "m-2"] {
        office.queue(id, "john", "+5511970000001").await;
    }
    office.queue("m-3", "john", "+5511970000002").await;
    office.queue("m-4", "jane", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    assert_eq!(
        ids(&john.claim(10).await),
        ["m-1", "m-3"],
        "m-2 waits for m-1"
    );
    let jane = office.seat("jane", "d1").await;
    assert_eq!(
        ids(&jane.claim(10).await),
        ["m-4"],
        "another SDR's chat is another chat"
    );
    john.result("m-1", "sent", office.now()).await.ok();
    assert_eq!(ids(&john.claim(10).await), ["m-2"]);
}

#[tokio::test]
async fn a_message_in_review_holds_back_its_own_chat_only() {
    let office = Office::open().await;
    for (id, phone) in [("m-1", "1"), ("m-2", "1"), ("m-3", "2")] {
        office
            .queue(id, "john", &format!("+551197000000{phone}"))
            .await;
    }
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "review", office.now()).await.ok();
    assert_eq!(ids(&john.claim(10).await), ["m-3"]);
}

#[tokio::test]
async fn a_lease_that_runs_out_before_begin_frees_the_message_for_anyone() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let lost = one.lease().await;
    office.pass(LEASE_MS - 1);
    assert!(ids(&two.claim(1).await).is_empty(), "the lease still holds");
    office.pass(1);
    two.take_over().await;
    let won = two.lease().await;
    assert_eq!(won.message, "m-1");
    lost.begin().await.refused(409, "other_desktop");
    won.begin().await.ok();
}

#[tokio::test]
async fn a_begun_message_is_offered_again_to_its_own_desktop_only() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    one.lease().await.begin().await.ok();
    assert!(ids(&one.claim(1).await).is_empty(), "its lease still holds");
    office.pass(10 * LEASE_MS);
    assert!(
        ids(&two.claim(1).await).is_empty(),
        "pinned to the other desktop"
    );
    one.take_over().await;
    let held = one.claim_waiting(1, 0, &["m-1"]).await.ok();
    assert!(ids(&held).is_empty(), "it says it has it already");
    let again = one.claim(1).await;
    assert_eq!(ids(&again), ["m-1"]);
    assert_eq!(again["messages"][0]["begun"], true, "and said to be begun");
    assert_eq!(office.state("m-1").await, "begun", "its rank does not fall");
    office.pass(10 * LEASE_MS);
    one.lease().await.begin().await.ok();
}

#[tokio::test]
async fn what_a_desktop_holds_is_not_offered_to_it() {
    let office = Office::with(6, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = john.claim_waiting(5, 0, &["sample-00001"]).await.ok();
    assert_eq!(ids(&body), ["sample-00004"]);
}

#[tokio::test]
async fn a_message_whose_leases_run_out_five_times_is_given_up() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    for attempt in 1..=5 {
        let body = john.claim(1).await;
        assert_eq!(body["messages"][0]["attempt"], attempt);
        office.pass(LEASE_MS);
    }
    assert!(ids(&john.claim(1).await).is_empty());
    assert_eq!(office.state("m-1").await, "dead");
}

#[tokio::test]
async fn a_waiting_claim_wakes_when_a_message_is_queued() {
    let office = Office::with(0, |it| it.poll = Duration::from_secs(3600)).await;
    let john = office.seat("john", "d1").await;
    let manager = office.manager().await;
    let started = Instant::now();
    let waiting = office.waiting_claim(&john).await;
    let body = message("m-1", "john", "+5511970000001");
    manager.post("/api/messages", body).await.ok();
    assert_eq!(ids(&waiting.await.unwrap().ok()), ["m-1"]);
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "it was woken, not timed out"
    );
}

#[tokio::test]
async fn a_waiting_claim_finds_what_another_process_queued() {
    let office = Office::with(0, |it| it.poll = Duration::from_millis(20)).await;
    let john = office.seat("john", "d1").await;
    let waiting = office.waiting_claim(&john).await;
    let seed = SampleOffice {
        messages: 1,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    let now = hotdesk_protocol::UtcMs(office.now());
    hotdesk_server::seed::sample_office(&**office.running.store(), seed, now)
        .await
        .unwrap();
    assert_eq!(
        ids(&waiting.await.unwrap().ok()),
        ["sample-00001"],
        "no hint was given"
    );
}

#[tokio::test]
async fn a_waiting_claim_ends_empty_when_its_time_is_up() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let started = Instant::now();
    let body = john.claim_waiting(1, 1, &[]).await.ok();
    assert!(ids(&body).is_empty());
    assert!(started.elapsed() >= Duration::from_secs(1), "it waited");
}

#[tokio::test]
async fn a_stop_answers_waiting_claims_with_nothing() {
    let office = Office::with(0, |it| it.poll = Duration::from_secs(3600)).await;
    let john = office.seat("john", "d1").await;
    let answered = office.waiting_claim(&john).await;
    office.running.stop().await;
    assert!(ids(&answered.await.unwrap().ok()).is_empty());
}

#[tokio::test]
async fn a_revoked_token_ends_a_waiting_claim() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let waiting = office.waiting_claim(&john).await;
    let out = john.post("/api/sender/sign-out", json!(null)).await;
    assert_eq!(out.status, 204);
    waiting.await.unwrap().refused(401, "unauthorized");
}

#[tokio::test]
async fn the_daily_cap_blocks_with_a_reason_and_ends_with_the_offices_day() {
    let sample = SampleOffice {
        messages: 12,
        daily_messages: 2,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    let office = Office::of(sample, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let body = john.claim(10).await;
    assert_eq!(ids(&body).len(), 2, "no more than the day allows");
    for id in ids(&body) {
        john.result(&id, "sent", office.now()).await.ok();
    }
    let body = john.claim(10).await;
    assert_eq!(body["blocked"]["code"], "not_now");
    assert_eq!(
        (body["queued"].as_u64(), body["sentToday"].as_u64()),
        (Some(2), Some(2))
    );
    office.pass(11 * 3_600_000);
    assert_eq!(
        ids(&john.claim(10).await).len(),
        0,
        "23:00 in São Paulo, the next day in UTC"
    );
    office.pass(3_600_000);
    assert_eq!(
        ids(&john.claim(10).await).len(),
        2,
        "a new day in São Paulo"
    );
}

#[tokio::test]
async fn a_claim_for_another_sdr_or_desktop_is_forbidden() {
    let office = Office::with(3, |_| ()).await;
    let mut john = office.seat("john", "d1").await;
    john.desktop = "d2".to_owned();
    john.claim_waiting(1, 0, &[])
        .await
        .refused(403, "forbidden");
    john.desktop = "d1".to_owned();
    john.sdr = "jane".to_owned();
    john.claim_waiting(1, 0, &[])
        .await
        .refused(403, "forbidden");
    let manager = office.manager().await;
    manager
        .claim_waiting(1, 0, &[])
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn limits_out_of_bounds_are_bad_requests() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    john.claim_waiting(0, 0, &[])
        .await
        .refused(400, "bad_request");
    john.claim_waiting(11, 0, &[])
        .await
        .refused(400, "bad_request");
    john.claim_waiting(1, 26, &[])
        .await
        .refused(400, "bad_request");
}

#[tokio::test]
async fn an_sdr_is_active_on_one_desktop_and_the_other_is_told_which() {
    let office = Office::with(30, |_| ()).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let mut beat = one.beat_body();
    beat["desktopName"] = json!("front desk");
    one.post("/api/sender/heartbeat", beat).await.ok();
    let active = json!({
        "desktopId": "d1", "name": "front desk", "sinceMs": office.now(), "sessionEpoch": 1,
    });
    assert_eq!(one.claim(1).await["activeDesktop"], active);
    let started = Instant::now();
    let told = two.claim_waiting(5, 25, &[]).await.ok();
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "it is told at once"
    );
    assert!(ids(&told).is_empty(), "never with messages");
    assert_eq!(told["blocked"]["code"], "other_desktop");
    let words = told["blocked"]["message"].as_str().unwrap();
    assert!(
        words.contains("front desk") && words.contains("2026-03-04T15:00:00Z"),
        "{words}"
    );
    assert_eq!(told["activeDesktop"], active);
    assert_eq!(told["queued"], 9, "they wait for the other desktop");

    office.pass(SESSION_MS - 1);
    assert!(ids(&two.claim(1).await).is_empty(), "it may still be there");
    office.pass(1);
    let free = two.claim(1).await;
    assert_eq!(ids(&free).len(), 1);
    assert_eq!(free["activeDesktop"]["sessionEpoch"], 2);
}

#[tokio::test]
async fn a_desktop_that_is_heard_stays_active() {
    let office = Office::with(30, |_| ()).await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    for round in 0..6 {
        if round % 2 == 0 {
            one.claim(1).await;
        } else {
            one.beat().await.ok();
        }
        office.pass(SESSION_MS - 15_000);
        assert_eq!(two.claim(1).await["blocked"]["code"], "other_desktop");
    }
}

#[tokio::test]
async fn a_waiting_claim_tells_at_once_of_a_number_that_was_blocked() {
    let office = Office::with(0, |it| it.poll = Duration::from_secs(3600)).await;
    let john = office.seat("john", "d1").await;
    let manager = office.manager().await;
    let block = async |number: &str| {
        let body = json!({"phone": number});
        manager.post("/api/sender/opt-out", body).await.ok();
    };
    block("+5511970000001").await;
    let claim = |seconds: u32, since: &serde_json::Value| {
        let body = json!({
            "sdrId": "john", "desktopId": "d1", "limit": 1, "waitSeconds": seconds,
            "optOutsSince": since,
        });
        let john = john.clone();
        async move { john.post("/api/sender/claim", body).await.ok() }
    };
    let first = claim(25, &json!(0)).await;
    assert_eq!(first["optOuts"]["numbers"], json!(["+5511970000001"]));
    assert_eq!(first["optOuts"]["more"], false);
    let cursor = first["optOuts"]["cursor"].clone();
    let nothing = claim(0, &cursor).await;
    assert_eq!(nothing["optOuts"]["numbers"], json!([]));
    let waiting = tokio::spawn(claim(25, &cursor));
    block("+5511970000002").await;
    let second = waiting.await.unwrap();
    assert_eq!(second["optOuts"]["numbers"], json!(["+5511970000002"]));
    let silent = john.claim(1).await;
    assert_eq!(
        silent["optOuts"],
        json!(null),
        "who does not ask is not told"
    );
}

#[tokio::test]
async fn a_lease_counts_from_before_the_request_however_long_it_waited() {
    let office = Office::with(0, |it| it.poll = Duration::from_secs(3600)).await;
    let john = office.seat("john", "d1").await;
    let asked = Instant::now();
    let mut waiting = tokio::spawn(async move { john.claim_waiting(1, 25, &[]).await.ok() });
    let early = tokio::time::timeout(Duration::from_millis(400), &mut waiting).await;
    assert!(early.is_err(), "there is nothing for it yet");
    office.queue("m-1", "john", "+5511970000001").await;
    let body = waiting.await.unwrap();
    let whole = asked.elapsed().as_millis();
    let waited = body["messages"][0]["leaseMs"].as_i64().unwrap() - LEASE_MS;
    assert!(
        waited >= 200,
        "it lost the time for which the claim waited: {waited} ms"
    );
    assert!(
        i128::from(waited) <= whole as i128,
        "and is not longer than the server's"
    );
}

#[tokio::test]
async fn blocked_numbers_come_in_pages_none_missing_and_none_twice() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let store = office.running.store();
    let by = hotdesk_protocol::ids::SdrId::from("manager");
    for number in 0..1_001 {
        let of = OptOutOf::Phone(format!("+55119{number:08}"));
        let now = hotdesk_protocol::UtcMs(office.now());
        let done = store.opt_out(of, by.clone(), "asked".to_owned(), now);
        done.await.unwrap();
    }
    let (mut since, mut all, mut pages) = (json!(0), Vec::new(), 0);
    loop {
        let mut beat = john.beat_body();
        beat["optOutsSince"] = since;
        let answer = john.post("/api/sender/heartbeat", beat).await.ok();
        let page = answer["optOuts"].clone();
        all.extend(page["numbers"].as_array().unwrap().clone());
        since = page["cursor"].clone();
        pages += 1;
        if page["more"] == false {
            break;
        }
    }
    assert_eq!((pages, all.len()), (3, 1_001));
    assert_eq!(all[1_000], "+5511900001000");
    all.dedup();
    assert_eq!(all.len(), 1_001);
}
