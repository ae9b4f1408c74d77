//! The known faults of the lead system that offices already run, one by one: none of them is here.

use crate::support::{Office, Seat, ids, message};
use hotdesk_protocol::policy::Hours;
use serde_json::{Value, json};

const QUEUE: &str = "/api/sender/queue?sdrId=john&limit=50";
const NIGHT_MS: i64 = 12 * 3_600_000;

async fn offered(seat: &Seat) -> Vec<Value> {
    let queue = seat.get(QUEUE).await.ok();
    queue["contacts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn fault_1_two_desktops_do_not_send_the_same_message_twice() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let (here, there) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    let lease = here.lease().await;
    assert!(ids(&there.claim(5).await).is_empty(), "one has it");
    assert!(offered(&here).await.is_empty(), "nor does a poll show it");
    lease.begin().await.ok();
    office.pass(NIGHT_MS);
    there.take_over().await;
    assert!(
        ids(&there.claim(5).await).is_empty(),
        "begun stays with whoever began it"
    );
    assert!(offered(&there).await.is_empty());
}

#[tokio::test]
async fn fault_1_a_poll_before_the_ack_does_not_let_a_desktop_send_beside_an_lk1_client() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    assert_eq!(offered(&john).await.len(), 1);
    let sent = json!({"contactId": "m-1", "sentAt": "2026-03-04T15:00:01Z"});
    john.post("/api/sender/mark-sent", sent).await.ok();
    assert!(offered(&john).await.is_empty());
    assert!(ids(&john.claim(5).await).is_empty());
}

#[tokio::test]
async fn fault_2_an_ack_is_taken_at_night_and_at_the_weekend() {
    let office = Office::open().await;
    office.settle(|it| it.hours = Hours::default()).await;
    // From Wednesday's noon to midnight, and from Thursday's noon to Saturday.
    for (number, later) in [(1, NIGHT_MS), (2, 4 * NIGHT_MS)] {
        let id = format!("m-{number}");
        office
            .queue(&id, "john", &format!("+551197000000{number}"))
            .await;
        let john = office.seat("john", "d1").await;
        let lease = john.lease().await;
        lease.begin().await.ok();
        let left_at = office.now();
        office.pass(later);
        john.result(&id, "sent", left_at).await.ok();
        assert_eq!(office.state(&id).await, "sent");
        office.pass(NIGHT_MS);
    }
}

#[tokio::test]
async fn fault_3_a_number_that_is_blocked_after_its_import_gets_nothing() {
    let office = Office::open().await;
    for (id, phone) in [("m-1", "+5511970000001"), ("m-2", "+5511970000002")] {
        office.queue(id, "john", phone).await;
    }
    let john = office.seat("john", "d1").await;
    let begun_too_late = john.lease().await;
    let manager = office.manager().await;
    for phone in ["+5511970000001", "+5511970000002"] {
        let body = json!({"phone": phone, "reason": "asked by telephone"});
        manager.post("/api/opt-outs", body).await.ok();
    }
    begun_too_late.begin().await.refused(410, "cancelled");
    assert!(offered(&john).await.is_empty());
    assert!(ids(&john.claim(5).await).is_empty());
    let again = manager.post("/api/messages", message("m-3", "john", "+5511970000001"));
    again.await.refused(409, "forbidden");
}

#[tokio::test]
async fn fault_4_the_hours_are_those_of_where_the_lead_is() {
    let office = Office::open().await;
    office.settle(|it| it.hours = Hours::default()).await;
    office.queue("m-1", "john", "+819012345678").await;
    office.queue("m-2", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    let now_offered = async || {
        let contacts = offered(&john).await;
        let id = |it: &Value| it["contactId"].as_str().unwrap().to_owned();
        contacts.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(
        now_offered().await,
        ["m-2"],
        "noon in São Paulo, midnight in Tokyo"
    );
    office.pass(NIGHT_MS);
    assert_eq!(now_offered().await, ["m-1"], "and the other way round");
}

#[tokio::test]
async fn fault_5_a_number_of_area_code_55_stays_what_it_is() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = "nome,telefone\nAna,(55) 99123-4567\nRui,55991234568\nEva,+55 55 3222-1111\n";
    let answer = manager.import("consent=asked", file).await.ok();
    assert_eq!(answer["fresh"], 3, "{answer}");
    let leads = manager.get("/api/leads?limit=10").await.ok();
    let mut phones: Vec<_> = leads["leads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| lead["phone"].as_str().unwrap().to_owned())
        .filter(|phone| phone.starts_with("+5555"))
        .collect();
    phones.sort();
    assert_eq!(
        phones,
        ["+555532221111", "+5555991234567", "+5555991234568"]
    );
}

#[tokio::test]
async fn fault_6_a_message_that_left_is_not_called_delivered_before_whatsapp_says_so() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    for state in ["sent", "delivered", "read"] {
        john.result("m-1", state, office.now()).await.ok();
        assert_eq!(office.state("m-1").await, state);
    }
}

#[tokio::test]
async fn fault_7_a_reply_is_kept_with_the_message_it_answers() {
    let office = Office::open().await;
    office.queue("m-1", "john", "+5511970000001").await;
    let john = office.seat("john", "d1").await;
    john.lease().await.begin().await.ok();
    john.result("m-1", "sent", office.now()).await.ok();
    let reply = json!({
        "sdrId": "john", "desktopId": "d1", "messageId": "m-1", "chatId": "5511@c.us",
        "waMessageId": "3EB0FF", "text": "tell me more", "atMs": office.now(),
    });
    john.post("/api/sender/reply", reply).await.ok();
    let kept = john.get("/api/messages/m-1").await.ok();
    assert_eq!(kept["replies"][0]["text"], "tell me more", "{kept}");
}

#[tokio::test]
async fn fault_8_every_sdr_of_the_office_runs_at_the_same_time() {
    let office = Office::with(9, |_| ()).await;
    for sdr in ["john", "jane", "bob"] {
        let seat = office.seat(sdr, "d1").await;
        let start = json!({"action": "start"});
        let started = seat.post("/api/sdr/sending/control", start).await.ok();
        assert_eq!(started["isRunning"], true, "{sdr}");
        seat.lease().await.begin().await.ok();
    }
}

#[tokio::test]
async fn fault_9_the_id_of_an_sdr_opens_nothing() {
    let office = Office::with(3, |_| ()).await;
    let mut stranger = office.seat("john", "d1").await;
    stranger.token = "john".to_owned();
    stranger.get(QUEUE).await.refused(401, "unauthorized");
    stranger
        .claim_waiting(5, 0, &[])
        .await
        .refused(401, "unauthorized");
}
