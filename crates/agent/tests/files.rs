//! Files on their way from the queue server into a page.

use crate::support::desk::{Desk, sign_in, until_sdr};
use crate::support::office::Office;
use crate::support::stub::{Answer, Stub};
use hotdesk_protocol::session::MessageState;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;

const FILE: &str = "/api/sender/files/f-1";
const MARK: &[u8] = b"the words in the offer";

/// A document that takes several pieces.
fn document() -> Vec<u8> {
    let body = (0..700_000_u32).flat_map(|n| [n.to_le_bytes()[0]]);
    let head = b"%PDF-1.7 ".iter().chain(MARK).copied();
    head.chain(body).collect()
}

/// A manager uploads a document and queues it for two SDRs.
pub async fn queue_a_document(office: &Office, bytes: Vec<u8>) {
    let http = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", office.url());
    let token = office.bearer("manager").await;
    let token = token.as_str();
    let upload = http
        .post(url("/api/files?kind=document&fileName=offer.pdf"))
        .header("content-type", "application/pdf");
    let upload = upload.bearer_auth(token).body(bytes);
    let file: Value = upload.send().await.unwrap().json().await.unwrap();
    for (sdr, phone) in [("john", "+5511970000901"), ("jane", "+5511970000902")] {
        let lead = json!({"name": "Ana", "phone": phone, "consent": "asked on the form"});
        let message =
            json!({"sdrId": sdr, "text": "our offer", "lead": lead, "fileId": file["fileId"]});
        let queued = http
            .post(url("/api/messages"))
            .bearer_auth(token)
            .json(&message);
        assert_eq!(queued.send().await.unwrap().status(), 201);
    }
}

fn holds_the_words(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return holds_the_words(&path);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(MARK.len()).any(|part| part == MARK)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_leaves_whole_with_its_caption_and_nothing_of_it_is_left_on_the_disk() {
    let office = Office::open(0).await;
    let bytes = document();
    queue_a_document(&office, bytes.clone()).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    office.until(None, MessageState::Delivered, 2).await;
    let history = desk.pages.history();
    assert_eq!(history.len(), 2, "each left once");
    for left in &history {
        assert_eq!(left.text, "our offer");
        assert_eq!(left.file.as_ref(), Some(&bytes), "every byte, in order");
    }
    until_sdr(&agent, "john", "one sent", |sdr| sdr.queued == 0).await;
    assert!(!holds_the_words(&desk.data_dir()), "bytes stay in memory");
}

/// A queue server that offers one message with a file of these bytes.
async fn offering(size: usize, sha256: &str) -> Stub {
    let stub = Stub::start().await;
    stub.knows("john");
    let file = json!({
        "fileId": "f-1", "kind": "document", "fileName": "offer.pdf",
        "mimeType": "application/pdf", "sizeBytes": size, "sha256": sha256,
    });
    let message = json!({
        "messageId": "m-1", "sdrId": "john", "leadId": "l-1", "leadName": "Ana",
        "phone": "+5511970000001", "text": "our offer", "file": file, "generation": 0,
        "attempt": 1, "leaseToken": "t", "leaseMs": 60_000,
    });
    let policy = json!({"gapMs": 0, "dailyMessages": 60, "ackStuckMs": 120_000});
    let claim = |messages: &[&Value]| {
        let answer = json!({
            "tenant": "stub", "messages": messages, "policy": policy, "queued": 0, "sentToday": 0,
        });
        Answer::ok(answer.to_string())
    };
    stub.on("/api/sender/claim", [claim(&[&message]), claim(&[])]);
    stub.on("/api/sender/begin", [Answer::ok(r#"{"leaseMs":60000}"#)]);
    let taken = |state: &str| Answer::ok(json!({ "state": state }).to_string());
    stub.on("/api/sender/result", [taken("sent")]);
    stub
}

fn sum(bytes: &str) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_what_was_claimed_fails_the_message_before_it_is_begun() {
    for (what, answer) in [
        ("other bytes", Answer::ok("%PDF-1.7 other")),
        ("too many bytes", Answer::ok("%PDF-1.7 offer and more")),
        ("no such file", Answer::status(404, "")),
        ("not ours", Answer::status(403, "")),
    ] {
        let stub = offering(14, &sum("%PDF-1.7 offer")).await;
        stub.on(FILE, [answer]);
        let desk = Desk::new(&stub.url);
        let agent = desk.start().await;
        desk.pages.link("john", "+5511960000001");
        sign_in(&agent, "john").await;
        let result = stub.until_called("/api/sender/result", 1).await.remove(0);
        let result: Value = serde_json::from_str(&result.body).unwrap();
        assert_eq!(result["state"], "failed", "{what}");
        assert_eq!(result["problem"]["code"], "bad_file", "{what}");
        assert!(
            stub.calls("/api/sender/begin").is_empty(),
            "{what}: not begun"
        );
        assert_eq!(stub.calls(FILE).len(), 1, "{what}: not asked for again");
        assert!(desk.pages.history().is_empty(), "{what}: nothing left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_come_is_asked_for_again_as_its_sdr() {
    let stub = offering(14, &sum("%PDF-1.7 offer")).await;
    stub.on(
        FILE,
        [
            Answer::status(503, ""),
            Answer::ok("%PDF-1.7"),
            Answer::ok("%PDF-1.7 offer"),
        ],
    );
    let desk = Desk::new(&stub.url);
    let agent = desk.start().await;
    desk.pages.link("john", "+5511960000001");
    sign_in(&agent, "john").await;
    stub.until_called("/api/sender/result", 1).await;
    let calls = stub.calls(FILE);
    assert_eq!(calls.len(), 3, "refused for now, cut off, whole");
    for call in &calls {
        assert_eq!(call.query, "sdrId=john");
        assert_eq!(call.bearer.as_deref(), Some("Bearer token-of-john"));
    }
    let history = desk.pages.history();
    assert_eq!(history.len(), 1, "it left once");
    assert_eq!(history[0].file.as_deref(), Some(&b"%PDF-1.7 offer"[..]));
}
