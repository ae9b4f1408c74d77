use crate::support::{Office, message};
use hotdesk_server::FileLimits;
use serde_json::json;

const OFFER: &[u8] = b"%PDF-1.7 the offer";
const PDF: &str = "kind=document&fileName=offer.pdf";

#[tokio::test]
async fn an_uploaded_file_is_told_with_its_size_and_sum_and_the_same_again_is_the_same() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let first = manager.upload(PDF, "application/pdf", OFFER.to_vec()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.body["sizeBytes"], OFFER.len());
    assert_eq!(first.body["mimeType"], "application/pdf");
    let sum = first.body["sha256"].as_str().unwrap();
    assert_eq!(sum.len(), 64, "a whole SHA-256");
    let query = format!("{PDF}&sha256={sum}");
    let again = manager
        .upload(&query, "application/pdf; x=y", OFFER.to_vec())
        .await;
    assert_eq!((again.status, &again.body), (200, &first.body), "kept once");
    let named = manager
        .upload(
            "kind=document&fileName=other.pdf",
            "application/pdf",
            OFFER.to_vec(),
        )
        .await;
    assert_eq!(named.status, 201, "another name is another file");
    assert_ne!(named.body["fileId"], first.body["fileId"]);
}

#[tokio::test]
async fn what_is_not_sent_is_not_kept() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let bytes = || OFFER.to_vec();
    for (query, mime_type, bytes) in [
        (
            "kind=document&fileName=a.exe",
            "application/x-msdownload",
            bytes(),
        ),
        ("kind=image&fileName=a.png", "image/png", bytes()),
        ("kind=image&fileName=a.pdf", "application/pdf", bytes()),
        (PDF, "application/pdf", Vec::new()),
        (PDF, "application/pdf", b"MZ\x90\0 a program".to_vec()),
        (
            "kind=document&fileName=..%2Fa.pdf",
            "application/pdf",
            bytes(),
        ),
        ("kind=document&fileName=%20", "application/pdf", bytes()),
        (
            "kind=document&fileName=a%00.pdf",
            "application/pdf",
            bytes(),
        ),
        (
            "kind=document&fileName=a.pdf&sha256=00",
            "application/pdf",
            bytes(),
        ),
    ] {
        let answer = manager.upload(query, mime_type, bytes).await;
        answer.refused(400, "bad_file");
    }
    let unknown = manager
        .upload("kind=film&fileName=a", "video/mp4", bytes())
        .await;
    unknown.refused(400, "bad_request");
    let folder = format!("{}-files", office.database().display());
    assert!(
        !std::path::Path::new(&folder).exists(),
        "not a byte is kept"
    );
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_taken() {
    let limits = FileLimits {
        image_bytes: 64,
        document_bytes: 32,
    };
    let office = Office::with(0, |options| options.file_limits = limits).await;
    let manager = office.manager().await;
    let padded = |size: usize| [OFFER, &vec![b' '; size - OFFER.len()]].concat();
    let upload = async |size| manager.upload(PDF, "application/pdf", padded(size)).await;
    upload(33).await.refused(413, "bad_file");
    assert_eq!(upload(32).await.status, 201, "the limit itself is allowed");
}

#[tokio::test]
async fn an_upload_needs_a_sign_in() {
    let office = Office::open().await;
    let url = format!("{}/api/files?{PDF}", office.running.url());
    let request = office
        .http
        .post(url)
        .header("content-type", "application/pdf");
    crate::support::send(request.body(OFFER))
        .await
        .refused(401, "unauthorized");
}

#[tokio::test]
async fn a_message_is_queued_with_its_file_and_shown_with_it() {
    let office = Office::open().await;
    let manager = office.manager().await;
    let file = manager
        .upload(PDF, "application/pdf", OFFER.to_vec())
        .await
        .ok();
    let mut body = message("m-1", "john", "+5511970000001");
    body["fileId"] = file["fileId"].clone();
    body["text"] = json!("");
    assert_eq!(
        manager.post("/api/messages", body.clone()).await.status,
        201
    );
    assert_eq!(
        manager.post("/api/messages", body.clone()).await.status,
        200
    );
    let shown = manager.get("/api/messages/m-1").await.ok();
    assert_eq!(shown["file"], file, "whole");

    body["fileId"] = serde_json::Value::Null;
    body["text"] = json!("a text");
    let other = manager.post("/api/messages", body.clone()).await;
    other.refused(409, "bad_request");
    body["messageId"] = json!("m-2");
    body["fileId"] = json!("nothing");
    let unknown = manager.post("/api/messages", body.clone()).await;
    unknown.refused(404, "not_found");
    body["fileId"] = file["fileId"].clone();
    body["text"] = json!("é".repeat(1_025));
    let long = manager.post("/api/messages", body.clone()).await;
    long.refused(400, "bad_text");
    body["text"] = json!("é".repeat(1_024));
    manager.post("/api/messages", body).await.ok();
}
