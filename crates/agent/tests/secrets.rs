//! What an address and the log must never hold, whatever the server speaks: an address is written
//! down by every proxy on its way.

use crate::support::day::{Day, MINUTE_MS};
use crate::support::desk::Desk;
use crate::support::in_its_own_process;
use crate::support::lk1::{self, JOHN, Lk1};
use crate::support::lk2::{self, Lk2};
use crate::support::stub::Stub;
use hotdesk_agent::agent::Order;
use hotdesk_agent::clock::Clock;
use hotdesk_agent::config::LogLevel;
use hotdesk_agent::logging;
use hotdesk_agent::queue_client::{Desk as ClientDesk, Past, QueueClient, QueueServer, Token};
use hotdesk_agent::secret::Secret;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::TempDir;
use url::Url;

const TOKEN: &str = "a-token";
const PASSWORD: &str = "a-password";
const TEXT: &str = "words for a lead";
const REPLY: &str = "words of a lead";
const PHONE: &str = "5511970000001";
const OWN_PHONE: &str = "5511960000001";
const QR: &str = "a-qr-value";
const LEASE: &str = "a-lease-token";
/// A Friday, ten o'clock in the office.
const FRIDAY: &str = "2026-11-27T13:00:00Z";
const STEP_MS: u64 = 1_000;

const SECRETS: [&str; 10] = [
    TOKEN,
    PASSWORD,
    lk1::PASSWORD,
    lk2::TOKEN,
    TEXT,
    REPLY,
    PHONE,
    OWN_PHONE,
    QR,
    LEASE,
];

#[track_caller]
fn holds_no_secret(what: &str, text: &str) {
    let read = percent_decoded(text);
    for secret in SECRETS {
        assert!(!read.contains(secret), "{what} holds {secret:?}: {read}");
    }
}

fn percent_decoded(text: &str) -> String {
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs
        .map(|(key, value)| format!("{key}={value} "))
        .collect()
}

fn paths(addresses: &[String]) -> BTreeSet<&str> {
    let cut = |address: &'_ String| address.find('?').unwrap_or(address.len());
    addresses
        .iter()
        .map(|address| &address[..cut(address)])
        .collect()
}

fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn no_secret_is_in_an_address_or_in_the_log_whatever_the_server_speaks() {
    in_its_own_process("secrets::call_everything_and_look", &[]);
}

/// A log is set once for a process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by another test, in a process of its own"]
async fn call_everything_and_look() {
    let dir = TempDir::new().unwrap();
    let guard = logging::init(dir.path(), LogLevel::Trace).unwrap();
    for addresses in [native().await, lk1().await, lk2().await] {
        for address in addresses {
            holds_no_secret("an address", &address);
        }
    }
    drop(guard);
    holds_no_secret("the log", &log(dir.path()));
}

async fn native() -> Vec<String> {
    let stub = Stub::start().await;
    stub.knows("john");
    let server = QueueServer::new(Url::parse(&stub.url).unwrap(), None, "1.2.3").unwrap();
    let (password, desk) = (Secret::from(PASSWORD), DesktopId::from("desk"));
    let signed_in = server.sign_in("john@hotdesk.example", &password, &desk);
    signed_in.await.map_err(|error| error.to_string()).unwrap();
    let own = ClientDesk::new(desk, Clock::real(), []);
    let token = Token::new(TOKEN.to_owned());
    call_all(&server.of(SdrId::from("john"), token, own)).await;
    let addresses = stub.addresses();
    assert_eq!(
        paths(&addresses),
        BTreeSet::from([
            "/api/adapter-pack",
            "/api/messages/m-1/decision",
            "/api/review",
            "/api/sdr/desktop/take-over",
            "/api/sdr/whatsapp/qr",
            "/api/sdr/whatsapp/session",
            "/api/sender/auth",
            "/api/sender/begin",
            "/api/sender/claim",
            "/api/sender/files/f-1",
            "/api/sender/heartbeat",
            "/api/sender/release",
            "/api/sender/reply",
            "/api/sender/result",
            "/api/sender/sign-out",
        ]),
        "every call of this dialect is looked at"
    );
    for address in &addresses {
        let query = address.split_once('?').map(|(_, query)| query);
        let fits = matches!(query, Some("" | "sdrId=john" | "sdrId=john&after=0"));
        assert!(fits, "a query says whose it is, and which page: {address}");
    }
    addresses
}

/// What the server answers, nothing for most, is of no interest.
async fn call_all(queue: &QueueClient) {
    let phone = format!("+{PHONE}");
    let session = json!({
        "sdrId": "john", "desktopId": "desk", "connected": true, "state": "connected",
        "phone": format!("+{OWN_PHONE}"), "connectedAtMs": null, "adapter": null, "problem": null,
    });
    let leased = json!({
        "sdrId": "john", "desktopId": "desk", "messageId": "m-1", "leaseToken": LEASE,
        "profileEpoch": "epoch",
    });
    let claim = json!({"sdrId": "john", "desktopId": "desk", "limit": 1, "waitSeconds": 0});
    let file = json!({
        "fileId": "f-1", "kind": "image", "fileName": TEXT, "mimeType": "image/png",
        "sizeBytes": 1, "sha256": "",
    });
    let result = json!({
        "sdrId": "john", "desktopId": "desk", "messageId": "m-1", "state": "sent", "atMs": 1,
        "waMessageId": "3EB0", "chatId": format!("{PHONE}@c.us"), "problem": null,
    });
    let reply = json!({
        "sdrId": "john", "desktopId": "desk", "messageId": "m-1", "waMessageId": "3EB0",
        "chatId": format!("{PHONE}@c.us"), "text": REPLY, "atMs": 1,
    });
    let beat = json!({
        "session": session, "paused": false, "inFlight": 0, "appVersion": "1", "desktopName": phone,
    });
    let qr = json!({"sdrId": "john", "value": QR, "expiresInMs": 1});
    let wish = json!({"sdrId": "john", "desktopId": "desk"});
    let decision = json!({"decision": "sent", "note": TEXT});
    let _ = queue.claim(&of(claim)).await;
    let _ = queue.begin(&of(leased.clone())).await;
    let _ = queue.release(&of(leased)).await;
    let _ = queue.file(&of(file)).await;
    let _ = queue.result(&of(result), Past::default()).await;
    let _ = queue.reply(&of(reply)).await;
    let _ = queue.heartbeat(&of(beat)).await;
    let _ = queue.take_over(&of(wish)).await;
    let _ = queue.review().await;
    let _ = queue.decide(&MessageId::from("m-1"), &of(decision)).await;
    let _ = queue.session(&of(session)).await;
    let _ = queue.qr(&of(qr)).await;
    let _ = queue.adapter_pack(5).await;
    let _ = queue.sign_out().await;
}

/// The bearer of this contract is the SDR's id, and the contract has it in the query as well.
async fn lk1() -> Vec<String> {
    let day = Day::at(FRIDAY);
    let server = Lk1::start(day.clock.clone()).await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    let agent = desk.start().await;
    lk1::sign_in(&desk, &agent, JOHN).await;
    day.until("the seat is taken", STEP_MS, || {
        server.session(JOHN).connected
    })
    .await;
    server.add(JOHN, format!("+{PHONE}"), TEXT);
    server.add(JOHN, "+5511970000002", "");
    day.until("both are marked", STEP_MS, || {
        server.count("sent") == 1 && server.count("failed") == 1
    })
    .await;
    while agent
        .order(&SdrId::from(JOHN), Order::Remove)
        .await
        .is_err()
    {
        day.pass(STEP_MS, STEP_MS).await;
    }
    agent.shut_down().await;
    let addresses = server.addresses();
    assert_eq!(
        paths(&addresses),
        BTreeSet::from([
            "/api/sdr/whatsapp/connect",
            "/api/sdr/whatsapp/status",
            "/api/sender/auth",
            "/api/sender/mark-failed",
            "/api/sender/mark-sent",
            "/api/sender/queue",
        ]),
        "every call of this dialect is looked at"
    );
    addresses
}

async fn lk2() -> Vec<String> {
    let day = Day::at(FRIDAY);
    let server = Lk2::start().await;
    let mut desk = Desk::new(&server.url);
    desk.clock = day.clock.clone();
    server.add("a", &format!("+{PHONE}"), TEXT);
    server.add("b", "+5511970000002", "");
    let agent = desk.start().await;
    let signed_in = agent.sign_in("ana@office.example", lk2::TOKEN).await;
    let sdr = signed_in.unwrap();
    desk.pages.link(sdr.as_str(), &format!("+{OWN_PHONE}"));
    let told = |path: &'static str| !server.calls(path).is_empty();
    day.until("both are marked", STEP_MS, || {
        told("/api/sender/mark-sent") && told("/api/sender/mark-failed")
    })
    .await;
    desk.pages.receive(sdr.as_str(), "IN1", REPLY);
    day.until("told", STEP_MS, || told("/api/sender/reply"))
        .await;
    day.pass(MINUTE_MS, STEP_MS).await;
    agent.shut_down().await;
    let addresses = server.inner().addresses.clone();
    assert_eq!(
        paths(&addresses),
        BTreeSet::from([
            "/api/sender/auth",
            "/api/sender/mark-failed",
            "/api/sender/mark-sent",
            "/api/sender/queue",
            "/api/sender/reply",
        ]),
        "every call of this dialect is looked at"
    );
    addresses
}

fn log(dir: &Path) -> String {
    let files = std::fs::read_dir(dir.join("logs")).unwrap();
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.unwrap().path());
    let lines: Vec<u8> = files.flat_map(|entry| read(entry).unwrap()).collect();
    assert!(!lines.is_empty(), "there is a log to look at");
    String::from_utf8(lines).unwrap()
}
