use crate::support::Office;
use serde_json::{Value, json};

const CONNECT: &str = "/api/sdrs/john/whatsapp/connect";
const DISCONNECT: &str = "/api/sdrs/john/whatsapp";

fn qr() -> Value {
    json!({"method": "qr"})
}

/// A heartbeat of John's page in this state, and the answer.
async fn beat(seat: &crate::support::Seat, state: &str) -> Value {
    let mut body = seat.beat_body();
    body["session"]["state"] = json!(state);
    body["session"]["connected"] = json!(state == "connected");
    seat.post("/api/sender/heartbeat", body).await.ok()
}

#[tokio::test]
async fn a_wish_to_link_is_told_to_the_desktop_until_a_phone_is_linked() {
    let office = Office::open().await;
    let (john, manager) = (
        office.seat("john", "d1").await,
        office.browser("manager").await,
    );
    assert_eq!(beat(&john, "closed").await.get("wish"), None);
    let wish = json!({"kind": "link", "askedAtMs": office.now()});
    assert_eq!(manager.post(CONNECT, qr()).await.status, 202);
    let row = manager.get("/api/sdrs").await.ok();
    assert_eq!(row["sdrs"][2]["wish"], "link");
    office.pass(1_000);
    for state in ["closed", "starting", "qr"] {
        assert_eq!(beat(&john, state).await["wish"], wish, "not so yet");
    }
    assert_eq!(
        john.claim(1).await["wish"],
        wish,
        "a claim tells it as well"
    );
    assert_eq!(beat(&john, "connected").await.get("wish"), None, "it is so");
    let row = manager.get("/api/sdrs").await.ok();
    assert_eq!(row["sdrs"][2]["wish"], Value::Null);
}

#[tokio::test]
async fn a_wish_to_disconnect_ends_a_waiting_claim_once_and_is_so_when_nothing_is_linked() {
    let office = Office::open().await;
    let (john, manager) = (
        office.seat("john", "d1").await,
        office.browser("manager").await,
    );
    beat(&john, "connected").await;
    let claim = office.waiting_claim(&john).await;
    let wish = json!({"kind": "disconnect", "askedAtMs": office.now()});
    assert_eq!(manager.delete(DISCONNECT).await.status, 202);
    assert_eq!(claim.await.unwrap().ok()["wish"], wish);
    assert_eq!(beat(&john, "connected").await["wish"], wish);
    assert_eq!(
        beat(&john, "offline").await["wish"],
        wish,
        "a page without a line is linked still"
    );
    assert_eq!(beat(&john, "logged_out").await.get("wish"), None);
    let audit = manager.get("/api/audit?sdrId=john").await.ok();
    assert_eq!(audit["entries"][0]["act"], "unlinked");
    assert_eq!(audit["entries"][0]["who"], "Manager");
}

#[tokio::test]
async fn a_wish_is_the_active_desktops_and_too_old_after_ten_minutes() {
    let office = Office::open().await;
    let (one, two) = (
        office.seat("john", "d1").await,
        office.seat("john", "d2").await,
    );
    beat(&one, "closed").await;
    office.browser("john").await.post(CONNECT, qr()).await.ok();
    assert_eq!(beat(&two, "closed").await.get("wish"), None, "not its own");
    assert_eq!(two.claim(1).await.get("wish"), None);
    assert_eq!(beat(&one, "closed").await["wish"]["kind"], "link");
    office.pass(600_000);
    assert_eq!(beat(&one, "closed").await.get("wish"), None);
}

#[tokio::test]
async fn nothing_can_be_wanted_while_no_desktop_is_heard() {
    let office = Office::open().await;
    let (john, manager) = (
        office.seat("john", "d1").await,
        office.browser("manager").await,
    );
    let refused = manager.post(CONNECT, qr()).await;
    assert!(
        refused.body["message"]
            .as_str()
            .unwrap()
            .contains("start Hotdesk"),
        "it says what to do"
    );
    refused.refused(409, "bad_request");
    let refused = manager.delete(DISCONNECT).await;
    refused.refused(409, "bad_request");
    beat(&john, "closed").await;
    office.pass(90_000);
    let refused = manager.post(CONNECT, qr()).await;
    refused.refused(409, "bad_request");
}

#[tokio::test]
async fn nobody_wants_anything_of_another_sdrs_whatsapp_nor_of_nobodys() {
    let office = Office::open().await;
    beat(&office.seat("john", "d1").await, "closed").await;
    let (jane, manager) = (
        office.browser("jane").await,
        office.browser("manager").await,
    );
    jane.post(CONNECT, qr()).await.refused(403, "forbidden");
    jane.delete(DISCONNECT).await.refused(403, "forbidden");
    let nobody = "/api/sdrs/nobody/whatsapp/connect";
    let refused = manager.post(nobody, qr()).await;
    refused.refused(404, "not_found");
    let refused = jane.post(CONNECT, code("+55 11 96000-0001")).await;
    refused.refused(403, "forbidden");
}

/// Asks for a pairing code for this number, as a person writes it.
fn code(phone: &str) -> Value {
    json!({"method": "code", "phone": phone})
}

#[tokio::test]
async fn a_wish_for_a_pairing_code_names_the_phone_and_the_next_wish_does_not() {
    let office = Office::open().await;
    let (john, manager) = (
        office.seat("john", "d1").await,
        office.browser("manager").await,
    );
    beat(&john, "qr").await;
    let asked = manager.post(CONNECT, code("(11) 96000-0001")).await;
    assert_eq!(asked.status, 202);
    let wish = json!({
        "kind": "link_by_code", "phone": "+5511960000001", "askedAtMs": office.now(),
    });
    assert_eq!(beat(&john, "qr").await["wish"], wish);
    assert_eq!(beat(&john, "pairing_code").await["wish"], wish, "not yet");
    office.pass(1_000);
    manager.post(CONNECT, qr()).await;
    let wish = json!({"kind": "link", "askedAtMs": office.now()});
    assert_eq!(beat(&john, "pairing_code").await["wish"], wish);
    manager.post(CONNECT, code("+5511960000001")).await;
    assert_eq!(beat(&john, "connected").await.get("wish"), None, "it is so");
}

#[tokio::test]
async fn a_pairing_code_is_for_a_number_whose_link_it_cannot_end() {
    let office = Office::open().await;
    let (john, jane, manager) = (
        office.seat("john", "d1").await,
        office.seat("jane", "d2").await,
        office.browser("manager").await,
    );
    beat(&john, "qr").await;
    for unfit in [json!({"method": "code"}), code("12"), code("my phone")] {
        let refused = manager.post(CONNECT, unfit).await;
        refused.refused(400, "bad_request");
    }
    let mut linked = jane.beat_body();
    linked["session"]["phone"] = json!("+5511960000002");
    for state in ["connected", "offline", "syncing"] {
        linked["session"]["state"] = json!(state);
        linked["session"]["connected"] = json!(state == "connected");
        jane.post("/api/sender/heartbeat", linked.clone())
            .await
            .ok();
        let refused = manager.post(CONNECT, code("11 96000-0002")).await;
        let words = refused.body["message"].as_str().unwrap();
        assert!(words.contains("linked as another SDR's"), "{words}");
        refused.refused(409, "bad_request");
    }
    beat(&john, "offline").await;
    let refused = manager.post(CONNECT, code("+5511960000001")).await;
    let words = refused.body["message"].as_str().unwrap();
    assert!(words.contains("disconnect it first"), "{words}");
    refused.refused(409, "bad_request");
    assert_eq!(
        beat(&john, "qr").await.get("wish"),
        None,
        "nothing is wanted"
    );
}
