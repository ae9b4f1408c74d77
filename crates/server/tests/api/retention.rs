//! Texts are taken out of what ended long ago.

use crate::support::{Office, Seat};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

async fn message(manager: &Seat, id: &str) -> Value {
    manager.get(&format!("/api/messages/{id}")).await.ok()
}

/// Waits until the text of a message is gone.
async fn gone(office: &Office, manager: &Seat, id: &str) -> Value {
    loop {
        let found = message(manager, id).await;
        if found["textGone"] == true {
            return found;
        }
        // The next look of the server.
        office.asked_for_the_time(1).await;
    }
}

#[tokio::test]
async fn what_left_so_many_days_ago_loses_its_text_and_keeps_its_steps() {
    let office = Office::with(0, |options| {
        options.sweep = std::time::Duration::from_millis(50)
    })
    .await;
    for (id, phone) in [("m-sent", "+5511970000001"), ("m-waits", "+5511970000002")] {
        office.queue(id, "john", phone).await;
    }
    let (john, manager) = (office.seat("john", "d1").await, office.manager().await);
    let lease = john.lease().await;
    lease.begin().await.ok();
    john.result("m-sent", "sent", office.now()).await.ok();
    let reply = json!({
        "sdrId": "john", "desktopId": "d1", "messageId": "m-sent", "waMessageId": "3A01",
        "chatId": "5511970000001@c.us", "text": "Yes, call me", "atMs": office.now(),
    });
    john.post("/api/sender/reply", reply).await.ok();
    office
        .settle(|office| office.retention_days = Some(30))
        .await;
    let before = message(&manager, "m-sent").await;
    office.pass(29 * DAY);
    office.asked_for_the_time(20).await;
    assert_eq!(
        message(&manager, "m-sent").await["text"],
        before["text"],
        "not yet"
    );
    office.pass(2 * DAY);
    let after = gone(&office, &manager, "m-sent").await;
    assert_eq!(
        (&after["text"], &after["replies"][0]["text"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(after["events"], before["events"]);
    let path = "/api/messages/m-sent/proof";
    assert_eq!(
        manager.get(path).await.ok()["events"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let waits = message(&manager, "m-waits").await;
    assert_eq!(waits["textGone"], false, "it is still to be sent");
    assert_ne!(waits["text"], "");
}
