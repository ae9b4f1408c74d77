use crate::support::{Office, message};
use serde_json::Value;

/// A message of John's with a picture.
async fn office_with_a_picture() -> (Office, Value, Vec<u8>) {
    let office = Office::open().await;
    let manager = office.manager().await;
    let bytes: Vec<u8> = [b"\x89PNG\r\n\x1A\n".to_vec(), vec![7; 200_000]].concat();
    let query = "kind=image&fileName=map.png";
    let file = manager.upload(query, "image/png", bytes.clone()).await.ok();
    let mut body = message("m-1", "john", "+5511970000001");
    body["fileId"] = file["fileId"].clone();
    manager.post("/api/messages", body).await.ok();
    (office, file, bytes)
}

#[tokio::test]
async fn the_sdr_of_a_message_claims_it_with_its_file_and_fetches_every_byte() {
    let (office, file, bytes) = office_with_a_picture().await;
    let john = office.seat("john", "d1").await;
    let claimed = john.claim(1).await;
    assert_eq!(claimed["messages"][0]["file"], file, "described whole");
    assert_eq!(claimed["messages"][0]["text"], "hello from john");
    let path = format!(
        "/api/sender/files/{}?sdrId=john",
        file["fileId"].as_str().unwrap()
    );
    assert_eq!(john.fetch(&path).await, (200, bytes), "again and again");
    assert_eq!(john.fetch(&path).await.0, 200, "also a second time");
}

#[tokio::test]
async fn nobody_else_fetches_a_file() {
    let (office, file, _) = office_with_a_picture().await;
    let id = file["fileId"].as_str().unwrap();
    let jane = office.seat("jane", "d1").await;
    let own = format!("/api/sender/files/{id}?sdrId=jane");
    jane.get(&own).await.refused(404, "not_found");
    let as_john = format!("/api/sender/files/{id}?sdrId=john");
    jane.get(&as_john).await.refused(403, "forbidden");
    let john = office.seat("john", "d1").await;
    john.get("/api/sender/files/..%2F..%2Fqueue.sqlite?sdrId=john")
        .await
        .refused(404, "not_found");
    let url = format!("{}{as_john}", office.running.url());
    crate::support::send(office.http.get(url))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test]
async fn a_message_with_a_file_is_counted_but_not_listed_for_a_client_that_knows_texts_only() {
    let (office, _, _) = office_with_a_picture().await;
    office.queue("m-2", "john", "+5511970000002").await;
    let john = office.seat("john", "d1").await;
    let queue = john.get("/api/sender/queue?sdrId=john").await.ok();
    assert_eq!(queue["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(queue["contacts"][0]["contactId"], "m-2");
    assert_eq!(queue["total"], 2, "it waits all the same");
}

#[tokio::test]
async fn a_message_without_a_file_says_nothing_of_one() {
    let office = Office::with(1, |_| ()).await;
    let john = office.seat("john", "d1").await;
    let claimed = john.claim(1).await;
    assert!(claimed["messages"][0].get("file").is_none(), "as before");
}

#[tokio::test]
async fn a_review_says_which_file_a_message_carries() {
    let (office, file, _) = office_with_a_picture().await;
    let john = office.seat("john", "d1").await;
    john.claim(1).await;
    john.result("m-1", "review", office.now()).await.ok();
    let found = john.get("/api/review").await.ok();
    assert_eq!(found["messages"][0]["file"], file, "to be found in a chat");
}
