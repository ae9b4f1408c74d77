use crate::support::Office;
use serde_json::{Value, json};

const CONNECT: &str = "/api/sdr/whatsapp/connect";
const STATUS: &str = "/api/sdr/whatsapp/status";

fn told(session: &str, connected: bool) -> Value {
    json!({"phone": "+5511960000001", "connected": connected, "sessionId": session})
}

#[tokio::test]
async fn a_session_id_without_a_connection_is_the_wish_to_link_where_no_desktop_of_ours_is() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let asked = john.post(CONNECT, json!({})).await.ok();
    assert_eq!(asked["success"], true);
    assert_eq!(asked["whatsappWebUrl"], "https://web.whatsapp.com");
    for words in ["message", "instructions"] {
        assert!(asked[words].as_str().is_some_and(|it| !it.is_empty()));
    }
    let status = john.get(STATUS).await.ok();
    assert_eq!(status["connected"], false);
    assert_eq!(status["sessionId"], asked["sessionId"]);
    assert!(asked["sessionId"].is_string());
}

#[tokio::test]
async fn an_lk1_client_takes_the_seat_tells_how_it_stands_and_leaves() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    for path in [CONNECT, STATUS] {
        let kept = john.put(path, told("hotdesk-d9", true)).await.ok();
        assert_eq!(
            kept,
            json!({"success": true, "sessionId": "hotdesk-d9", "connected": true})
        );
        let status = john.get(STATUS).await.ok();
        assert_eq!(status["connected"], true);
        assert_eq!(status["phone"], "+5511960000001");
        assert_eq!(status["sessionId"], "hotdesk-d9");
        let again = john.post(CONNECT, json!({})).await.ok();
        assert_eq!(again["sessionId"], "hotdesk-d9", "connected: none is asked");
        assert_eq!(john.delete(path).await.ok(), json!({"success": true}));
        let status = john.get(STATUS).await.ok();
        assert_eq!(status["connected"], false);
        assert_eq!(status["sessionId"], Value::Null);
        assert_eq!(status["phone"], Value::Null);
    }
}

#[tokio::test]
async fn an_active_desktop_is_asked_and_not_written_over() {
    let office = Office::open().await;
    let john = office.seat("john", "d1").await;
    let mut closed = john.beat_body();
    closed["session"]["connected"] = json!(false);
    closed["session"]["state"] = json!("closed");
    let beat = async |body: &Value| {
        let answer = john.post("/api/sender/heartbeat", body.clone());
        answer.await.ok()["wish"]["kind"].clone()
    };
    beat(&closed).await;
    let asked = john.post(CONNECT, json!({})).await.ok();
    assert_eq!(asked["sessionId"], "d1");
    assert_eq!(beat(&closed).await, "link");
    let other = john.put(STATUS, told("hotdesk-d9", true)).await;
    other.refused(409, "other_desktop");
    beat(&john.beat_body()).await;
    john.delete(STATUS).await.ok();
    assert_eq!(beat(&john.beat_body()).await, "disconnect");
    let status = john.get(STATUS).await.ok();
    assert_eq!(
        status["connected"], true,
        "until the desktop says otherwise"
    );
}

#[tokio::test]
async fn a_session_is_told_by_its_sdr_in_words_that_can_be_kept() {
    let office = Office::open().await;
    let (john, manager) = (office.seat("john", "d1").await, office.manager().await);
    let others = format!("{STATUS}?sdrId=john");
    let jane = office.seat("jane", "d1").await;
    let by = told("x", true);
    jane.put(&others, by.clone())
        .await
        .refused(403, "forbidden");
    jane.delete(&others).await.refused(403, "forbidden");
    manager.put(&others, by).await.refused(403, "forbidden");
    let empty = john.put(STATUS, told("", true)).await;
    empty.refused(400, "bad_request");
    let bad = json!({"phone": "11 96", "connected": true, "sessionId": "x"});
    john.put(STATUS, bad).await.refused(400, "bad_phone");
}
