mod whatsapp;

use crate::support::{Office, message};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/sdrs";

fn ids(answer: &Value) -> Vec<&str> {
    let rows = answer["sdrs"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_manager_sees_every_sdr_by_name_and_an_sdr_themselves() {
    let office = Office::open().await;
    let manager = office.browser("manager").await;
    let all = manager.get(PATH).await.ok();
    assert_eq!(ids(&all), ["bob", "jane", "john"]);
    let john = office.browser("john").await.get(PATH).await.ok();
    assert_eq!(ids(&john), ["john"]);
}

#[tokio::test]
async fn a_row_says_how_an_sdr_stands() {
    let office = Office::with(6, |_| ()).await;
    let (john, browser) = (
        office.seat("john", "d1").await,
        office.browser("john").await,
    );
    let before = browser.get(PATH).await.ok();
    assert_eq!(
        before["sdrs"],
        json!([{
            "id": "john", "name": "John", "email": "john@hotdesk.example", "session": null,
            "activeDesktop": null, "paused": false, "inFlight": 0, "appVersion": null,
            "counts": {"queued": 2, "sentToday": 0, "review": 0}, "online": false, "wish": null,
        }]),
        "no desktop was ever heard"
    );
    let lease = john.lease().await;
    lease.begin().await.ok();
    let sent = john.result(&lease.message, "sent", office.now());
    sent.await.ok();
    let mut beat = john.beat_body();
    beat["desktopName"] = json!("Front desk");
    beat["session"]["adapterPack"] = json!("7");
    beat["session"]["problem"] = json!({"code": "ack_stuck", "message": "No tick."});
    john.post("/api/sender/heartbeat", beat).await.ok();
    let now = office.now();
    let after = browser.get(PATH).await.ok();
    assert_eq!(
        after["sdrs"],
        json!([{
            "id": "john", "name": "John", "email": "john@hotdesk.example",
            "session": {
                "state": "connected", "connected": true, "phone": "+5511960000001",
                "connectedAtMs": now, "adapterId": "modules", "adapterPack": "7",
                "problem": {"code": "ack_stuck", "message": "No tick."}, "lastSeenMs": now,
            },
            "activeDesktop": {"desktopId": "d1", "name": "Front desk", "sinceMs": now},
            "paused": false, "inFlight": 2, "appVersion": "0.1.0",
            "counts": {"queued": 1, "sentToday": 1, "review": 0}, "online": true, "wish": null,
        }])
    );
    office.pass(90_000);
    let silent = browser.get(PATH).await.ok();
    assert_eq!(silent["sdrs"][0]["online"], false, "silent for 90 s");
    assert_eq!(silent["sdrs"][0]["activeDesktop"], Value::Null);
    assert_eq!(
        silent["sdrs"][0]["session"]["lastSeenMs"], now,
        "what it told last is kept"
    );
}

#[tokio::test]
async fn an_answer_that_is_the_same_is_not_sent_twice() {
    let office = Office::open().await;
    let browser = office.browser("manager").await;
    let first = browser.request(Method::GET, PATH).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let again = |tag: &str| {
        browser
            .request(Method::GET, PATH)
            .header("if-none-match", tag)
    };
    let same = again(&tag).send().await.unwrap();
    assert_eq!(same.status(), 304);
    assert_eq!(same.headers()["etag"].to_str().unwrap(), tag);
    assert_eq!(same.text().await.unwrap(), "");
    let body = message("m-1", "john", "+5511970000001");
    browser.post("/api/messages", body).await.ok();
    let other = again(&tag).send().await.unwrap();
    assert_eq!(other.status(), 200);
    assert_ne!(other.headers()["etag"].to_str().unwrap(), tag);
}
