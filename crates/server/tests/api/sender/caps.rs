//! Caps over the wire: new leads a day, and messages to a lead who does not answer.

use crate::support::{Office, Seat, ids};
use hotdesk_protocol::policy::Caps;
use serde_json::json;

const DAY: i64 = 24 * 3_600_000;
const ANA: &str = "+5511970000001";

async fn office(new_leads: Option<u32>, unanswered: Option<u32>) -> Office {
    let office = Office::open().await;
    let caps = Caps {
        new_leads,
        unanswered,
    };
    office.settle(|it| it.caps = caps).await;
    office
}

async fn sends(office: &Office, seat: &Seat) -> Vec<String> {
    let claimed = ids(&seat.claim(10).await);
    for id in &claimed {
        seat.result(id, "sent", office.now()).await.ok();
        office.pass(1);
    }
    claimed
}

async fn words(seat: &Seat) -> String {
    let claimed = seat.claim(10).await;
    assert!(ids(&claimed).is_empty(), "nothing is offered");
    assert_eq!(claimed["blocked"]["code"], "not_now");
    claimed["blocked"]["message"].as_str().unwrap().to_owned()
}

async fn answer(seat: &Seat, office: &Office, message: &str) {
    let body = json!({
        "sdrId": seat.sdr, "desktopId": seat.desktop, "messageId": message, "waMessageId": "3A01",
        "chatId": "5511@c.us", "text": "tell me more", "atMs": office.now(),
    });
    assert_eq!(seat.post("/api/sender/reply", body).await.status, 204);
}

#[tokio::test]
async fn an_sdr_writes_to_so_many_new_leads_a_day_and_goes_on_with_the_others() {
    let office = office(Some(2), None).await;
    for nth in 1..=3 {
        let phone = format!("+551197000000{nth}");
        office.queue(&format!("m-{nth}"), "john", &phone).await;
    }
    let john = office.seat("john", "d1").await;
    assert_eq!(ids(&john.claim(10).await), ["m-1", "m-2"]);
    let words_while_leased = words(&john).await;
    assert!(words_while_leased.contains("2 new leads a day"));
    for id in ["m-1", "m-2"] {
        john.result(id, "sent", office.now()).await.ok();
    }
    let words = words(&john).await;
    assert!(words.contains("2 new leads a day"), "{words}");
    assert!(words.contains("nothing is lost"), "{words}");
    let listed = john.get("/api/sender/queue").await.ok();
    assert_eq!(
        (listed["count"].as_u64(), listed["total"].as_u64()),
        (Some(0), Some(1))
    );
    office.queue("m-4", "john", ANA).await;
    assert_eq!(sends(&office, &john).await, ["m-4"], "Ana is no new lead");
    office.pass(DAY);
    assert_eq!(sends(&office, &john).await, ["m-3"], "the next day");
}

#[tokio::test]
async fn a_lead_another_sdr_wrote_to_is_not_new() {
    let office = office(Some(0), None).await;
    office.queue("m-1", "john", ANA).await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d2").await,
    );
    words(&john).await;
    office.settle(|it| it.caps.new_leads = Some(1)).await;
    office.queue("m-2", "jane", ANA).await;
    assert_eq!(sends(&office, &jane).await, ["m-2"]);
    office.settle(|it| it.caps.new_leads = Some(0)).await;
    assert_eq!(sends(&office, &john).await, ["m-1"]);
}

#[tokio::test]
async fn a_lead_who_does_not_answer_gets_no_third_message_until_they_do() {
    let office = office(None, Some(2)).await;
    for nth in 1..=4 {
        office.queue(&format!("m-{nth}"), "john", ANA).await;
    }
    let john = office.seat("john", "d1").await;
    assert_eq!(sends(&office, &john).await, ["m-1"]);
    assert_eq!(sends(&office, &john).await, ["m-2"]);
    let words = words(&john).await;
    assert!(words.contains("have not answered 2 messages"), "{words}");
    office.pass(30 * DAY);
    assert!(ids(&john.claim(1).await).is_empty(), "time is no answer");
    let listed = john.get("/api/sender/queue").await.ok();
    assert_eq!(listed["contacts"], json!([]));
    answer(&john, &office, "m-1").await;
    office.pass(1);
    assert_eq!(sends(&office, &john).await, ["m-3"]);
    assert_eq!(sends(&office, &john).await, ["m-4"]);
    assert_eq!(office.state("m-4").await, "sent");
}

#[tokio::test]
async fn messages_of_all_sdrs_to_a_lead_count_together_with_what_is_under_way() {
    let office = office(None, Some(2)).await;
    office.queue("m-1", "john", ANA).await;
    office.queue("m-2", "john", ANA).await;
    office.queue("m-3", "jane", ANA).await;
    let (john, jane) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d2").await,
    );
    assert_eq!(sends(&office, &john).await, ["m-1"]);
    let lease = jane.lease().await;
    assert_eq!(lease.message, "m-3");
    assert!(ids(&john.claim(1).await).is_empty(), "Jane's may leave too");
    lease.release().await;
    assert_eq!(sends(&office, &john).await, ["m-2"]);
    assert!(ids(&jane.claim(1).await).is_empty());
    assert_eq!(office.state("m-3").await, "queued", "it waits");
}
