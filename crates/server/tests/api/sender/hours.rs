//! Sending hours over the wire: by the lead's clock, at the claim, at the begin and in lk1's list.

use crate::support::{Office, Seat, ids};
use hotdesk_protocol::policy::{Hours, Weekday, WeeklyHours};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;
const SAO_PAULO: &str = "+5511970000001";
const NEW_YORK: &str = "+12125550143";
const TOKYO: &str = "+819012345678";

/// An office with the design's hours at noon of a Wednesday in São Paulo.
async fn office() -> Office {
    let office = Office::open().await;
    office.settle(|it| it.hours = Hours::default()).await;
    office
}

async fn words(john: &Seat) -> String {
    let claimed = john.claim(10).await;
    assert!(ids(&claimed).is_empty(), "nothing is offered");
    let blocked = &claimed["blocked"];
    assert_eq!(blocked["code"], "not_now");
    blocked["message"].as_str().unwrap().to_owned()
}

async fn lead_of(office: &Office, message: &str) -> String {
    let manager = office.manager().await;
    let found = manager.get(&format!("/api/messages/{message}")).await.ok();
    found["leadId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_lead_is_offered_by_their_own_clock_and_not_the_servers() {
    let office = office().await;
    office.queue("m-1", "john", TOKYO).await;
    office.queue("m-2", "john", NEW_YORK).await;
    office.queue("m-3", "john", SAO_PAULO).await;
    let john = office.seat("john", "d1").await;
    assert_eq!(
        ids(&john.claim(10).await),
        ["m-2", "m-3"],
        "midnight in Tokyo, 10:00 in New York, noon in São Paulo"
    );
    assert_eq!(office.state("m-1").await, "queued", "it waits");
    office.pass(10 * HOUR);
    assert_eq!(ids(&john.claim(10).await), ["m-1"], "10:00 in Tokyo");
}

#[tokio::test]
async fn at_night_it_says_when_it_goes_on_and_that_nothing_is_lost() {
    let office = office().await;
    office.queue("m-1", "john", SAO_PAULO).await;
    let john = office.seat("john", "d1").await;
    office.pass(6 * HOUR);
    let words = words(&john).await;
    assert!(
        words.contains("Thu 5 Mar 2026, 09:00 (America/Sao_Paulo)"),
        "{words}"
    );
    assert!(words.contains("nothing is lost"), "{words}");
    office.pass(15 * HOUR - 1);
    assert!(ids(&john.claim(1).await).is_empty());
    office.pass(1);
    assert_eq!(ids(&john.claim(1).await), ["m-1"]);
}

#[tokio::test]
async fn a_weekend_and_a_holiday_are_waited_out() {
    let office = office().await;
    let holiday = |it: &mut hotdesk_server::store::Office| {
        if let Hours::Weekly(weekly) = &mut it.hours {
            weekly.holidays = vec!["2026-03-09".to_owned()];
        }
    };
    office.settle(holiday).await;
    office.queue("m-1", "john", SAO_PAULO).await;
    let john = office.seat("john", "d1").await;
    // Friday, 18:00.
    office.pass(54 * HOUR);
    let words = words(&john).await;
    assert!(words.contains("Tue 10 Mar 2026, 09:00"), "{words}");
    office.pass(87 * HOUR);
    assert_eq!(ids(&john.claim(1).await), ["m-1"]);
}

#[tokio::test]
async fn the_night_of_summer_time_is_an_hour_shorter_for_the_lead() {
    let office = Office::open().await;
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let every_day = Hours::Weekly(WeeklyHours {
        days: vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun],
        from_min: 540,
        to_min: 1080,
        holidays: Vec::new(),
    });
    office.settle(|it| it.hours = every_day).await;
    office.queue("m-1", "john", NEW_YORK).await;
    let john = office.seat("john", "d1").await;
    // Saturday, 18:00 in New York.
    office.pass(80 * HOUR);
    assert!(ids(&john.claim(1).await).is_empty());
    office.pass(14 * HOUR - 1);
    assert!(ids(&john.claim(1).await).is_empty());
    office.pass(1);
    assert_eq!(ids(&john.claim(1).await), ["m-1"]);
}

#[tokio::test]
async fn a_lead_in_an_unknown_country_is_written_to_by_the_offices_clock() {
    let office = office().await;
    office.queue("m-1", "john", "+9991234567").await;
    let john = office.seat("john", "d1").await;
    office.pass(6 * HOUR);
    words(&john).await;
    office.pass(15 * HOUR);
    assert_eq!(ids(&john.claim(1).await), ["m-1"]);
}

#[tokio::test]
async fn a_zone_that_is_written_down_counts_instead_of_the_number() {
    let office = office().await;
    office.queue("m-1", "john", SAO_PAULO).await;
    let path = format!("/api/leads/{}/time-zone", lead_of(&office, "m-1").await);
    let (john, manager) = (office.seat("john", "d1").await, office.manager().await);
    let put = async |zone: Value| manager.put(&path, json!({ "timeZone": zone })).await;
    let lead = path.trim_end_matches("/time-zone");
    let zones = async || {
        let found = manager.get(lead).await.ok();
        (
            found["lead"]["timeZone"].clone(),
            found["lead"]["zones"].clone(),
        )
    };
    assert_eq!(zones().await, (Value::Null, json!(["America/Sao_Paulo"])));
    put(json!("Asia/Tokyo")).await.ok();
    assert_eq!(zones().await, (json!("Asia/Tokyo"), json!(["Asia/Tokyo"])));
    let audit = manager.get("/api/audit?limit=1").await.ok();
    let (act, note) = (&audit["entries"][0]["act"], &audit["entries"][0]["note"]);
    assert_eq!(act, "time_zone_written");
    assert!(note.as_str().unwrap().ends_with(": Asia/Tokyo"), "{note}");
    let words = words(&john).await;
    assert!(words.contains("Wed 4 Mar 2026, 21:00"), "{words}");
    let listed = john.get("/api/sender/queue").await.ok();
    assert_eq!(
        (listed["count"].as_u64(), listed["total"].as_u64()),
        (Some(0), Some(1))
    );
    put(Value::Null).await.ok();
    let lease = john.lease().await;
    put(json!("Asia/Tokyo")).await.ok();
    lease.begin().await.refused(409, "not_now");
    put(json!("Tokyo")).await.refused(400, "bad_request");
    let none = json!({"timeZone": null});
    john.put(&path, none.clone())
        .await
        .refused(403, "forbidden");
    let nobody = "/api/leads/nobody/time-zone";
    manager.put(nobody, none).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_message_whose_hours_end_before_its_begin_goes_back_and_is_offered_again() {
    let office = office().await;
    office.queue("m-1", "john", SAO_PAULO).await;
    let john = office.seat("john", "d1").await;
    office.pass(6 * HOUR - 10_000);
    for _ in 0..6 {
        let lease = john.lease().await;
        office.pass(10_000);
        for _ in 0..2 {
            lease.begin().await.refused(409, "not_now");
        }
        assert_eq!(office.state("m-1").await, "queued");
        assert_eq!(lease.release().await.status, 204, "harmless");
        office.pass(-10_000);
    }
    let lease = john.lease().await;
    lease.begin().await.ok();
    let manager = office.manager().await;
    let found = manager.get("/api/messages/m-1").await.ok();
    let events = found["events"].as_array().unwrap();
    let expired = events.iter().filter(|it| it["cause"] == "lease_expired");
    assert_eq!(
        expired.count(),
        0,
        "it costs the message none of its leases"
    );
}

#[tokio::test]
async fn what_was_begun_in_time_is_begun_again_and_reported_at_night() {
    let office = office().await;
    office.queue("m-1", "john", SAO_PAULO).await;
    office.queue("m-2", "john", "+5511970000002").await;
    let john = office.seat("john", "d1").await;
    office.pass(6 * HOUR - 1_000);
    let lease = john.lease().await;
    lease.begin().await.ok();
    office.pass(30_000);
    lease.begin().await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    assert_eq!(office.state("m-1").await, "sent");
    let mark = json!({"contactId": "m-2", "sentAt": "2026-03-04T20:59:00Z"});
    let marked = john.post("/api/sender/mark-sent", mark).await.ok();
    assert_eq!(marked["status"], "sent", "it has left, whatever the hour");
}

#[tokio::test]
async fn lk1s_list_has_the_leads_that_are_open_and_outside_of_hours_says_why_it_is_empty() {
    let office = office().await;
    office.queue("m-1", "john", TOKYO).await;
    office.queue("m-2", "john", SAO_PAULO).await;
    let john = office.seat("john", "d1").await;
    let open = john.get("/api/sender/queue").await.ok();
    assert_eq!(open["contacts"][0]["contactId"], "m-2");
    assert_eq!(
        (open["count"].as_u64(), open["total"].as_u64()),
        (Some(1), Some(2))
    );
    assert!(open["message"].is_null() && open["workingHours"].is_null());
    office.pass(6 * HOUR);
    let closed = john.get("/api/sender/queue").await.ok();
    assert_eq!(closed["contacts"], json!([]));
    let words = closed["message"].as_str().unwrap();
    assert!(words.starts_with("Queue blocked: "), "{words}");
    assert!(words.contains("Wed 4 Mar 2026, 21:00"), "{words}");
    assert_eq!(closed["currentTime"], "2026-03-04T21:00:00Z");
    assert_eq!(closed["workingHours"], "Mon-Fri 09:00-18:00");
}
