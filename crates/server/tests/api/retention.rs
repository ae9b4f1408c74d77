//! Texts are taken out of what ended long ago.

use crate::support::{Office, Seat, message as new_message};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

const DAY: i64 = 86_400_000;

async fn message(manager: &Seat, id: &str) -> Value {
    manager.get(&format!("/api/messages/{id}")).await.ok()
}

/// An office whose server looks often for what is to be taken out.
async fn sweeping() -> Office {
    Office::with(0, |options| options.sweep = Duration::from_millis(50)).await
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
    let office = sweeping().await;
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

const OFFER: &[u8] = b"%PDF-1.7 the offer";

async fn upload(manager: &Seat, name: &str) -> (u16, Value) {
    let query = format!("kind=document&fileName={name}");
    let done = manager.upload(&query, "application/pdf", OFFER.to_vec());
    let done = done.await;
    (done.status, done.body)
}

/// Queues a message to this number with a file.
async fn queue_file(manager: &Seat, id: &str, phone: &str, file: &Value) -> u16 {
    let mut message = new_message(id, "john", phone);
    message["fileId"] = file["fileId"].clone();
    manager.post("/api/messages", message).await.status
}

/// Where the server keeps the bytes.
fn bytes_of(office: &Office, file: &Value) -> PathBuf {
    let folder = format!("{}-files", office.database().display());
    PathBuf::from(folder).join(file["sha256"].as_str().unwrap())
}

/// As if the bytes had been uploaded long ago by the disk's clock as well.
fn age(bytes: &PathBuf) {
    let file = std::fs::File::options().append(true).open(bytes).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(86_400);
    file.set_modified(long_ago).unwrap();
}

#[tokio::test]
async fn a_file_goes_with_the_text_of_the_last_message_that_carries_it() {
    let office = sweeping().await;
    let (john, manager) = (office.seat("john", "d1").await, office.manager().await);
    let (_, offer) = upload(&manager, "offer.pdf").await;
    let bytes = bytes_of(&office, &offer);
    age(&bytes);
    queue_file(&manager, "m-sent", "+5511970000001", &offer).await;
    let lease = john.lease().await;
    lease.begin().await.ok();
    john.result("m-sent", "sent", office.now()).await.ok();
    office.settle(|it| it.retention_days = Some(30)).await;
    office.pass(20 * DAY);
    queue_file(&manager, "m-waits", "+5511970000002", &offer).await;
    office.pass(15 * DAY);
    gone(&office, &manager, "m-sent").await;
    office.asked_for_the_time(20).await;
    assert!(
        bytes.exists(),
        "a message that is still to be sent carries it"
    );

    let cancel = "/api/messages/m-waits/cancel";
    manager.post(cancel, Value::Null).await.ok();
    office.pass(31 * DAY);
    gone(&office, &manager, "m-waits").await;
    while bytes.exists() {
        office.asked_for_the_time(1).await;
    }
    let path = format!(
        "/api/sender/files/{}?sdrId=john",
        offer["fileId"].as_str().unwrap()
    );
    john.get(&path).await.refused(404, "not_found");
    let kept = &message(&manager, "m-sent").await["file"];
    assert_eq!(
        (&kept["fileName"], &kept["sha256"]),
        (&json!(""), &offer["sha256"]),
        "what was sent can be proved still, without its name"
    );
    let refused = queue_file(&manager, "m-next", "+5511970000003", &offer).await;
    assert_eq!(refused, 404, "it is there no more");
    let (status, again) = upload(&manager, "offer.pdf").await;
    assert_eq!(
        (status, &again),
        (201, &offer),
        "and there again, once it is uploaded again"
    );
    assert!(bytes.exists());
    let queued = queue_file(&manager, "m-next", "+5511970000003", &offer).await;
    assert_eq!(queued, 201);
}

#[tokio::test]
async fn bytes_that_another_file_has_or_that_were_just_uploaded_again_are_kept() {
    let office = sweeping().await;
    let manager = office.manager().await;
    office.settle(|it| it.retention_days = Some(30)).await;
    let (_, offer) = upload(&manager, "offer.pdf").await;
    office.pass(20 * DAY);
    let (_, other) = upload(&manager, "other.pdf").await;
    let bytes = bytes_of(&office, &offer);
    age(&bytes);
    office.pass(15 * DAY);
    office.asked_for_the_time(20).await;
    let refused = queue_file(&manager, "m-1", "+5511970000001", &offer).await;
    assert_eq!(refused, 404, "it was forgotten");
    assert!(bytes.exists(), "they are the other file's too");
    let (status, _) = upload(&manager, "other.pdf").await;
    assert_eq!(status, 200, "which is there, and counts as uploaded now");
    office.pass(29 * DAY);
    office.asked_for_the_time(20).await;
    let queued = queue_file(&manager, "m-2", "+5511970000002", &other).await;
    assert_eq!(queued, 201);
    let cancel = "/api/messages/m-2/cancel";
    manager.post(cancel, Value::Null).await.ok();
    office.pass(31 * DAY);
    office.asked_for_the_time(20).await;
    assert!(
        bytes.exists(),
        "they are young by the disk's clock: somebody may be uploading them"
    );
    age(&bytes);
    while bytes.exists() {
        office.asked_for_the_time(1).await;
    }
}
