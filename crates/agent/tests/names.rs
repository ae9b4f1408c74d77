//! Names that somebody chose to do harm with: ids, e-mails and names that the server gives.

use crate::support::desk::Desk;
use crate::support::stub::Stub;
use hotdesk_agent::clock::Clock;
use hotdesk_agent::keychain::DatabaseKey;
use hotdesk_agent::profile::is_plain;
use hotdesk_agent::queue_client::{Desk as ClientDesk, QueueError, QueueServer, Token};
use hotdesk_agent::store::{SdrRow, Store};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::review::{DecisionRequest, Verdict};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use url::Url;

fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "'; DROP TABLE outbox; --",
        "\" OR \"\"=\"",
        "x') ON CONFLICT DO NOTHING; DELETE FROM sdr; --",
        "..",
        ".",
        "../../../etc/passwd",
        r"..\..\hotdesk.db",
        "/etc/passwd",
        "john/../jane",
        "john\0",
        "john\r\nx-injected: 1",
        "\u{1b}[2J",
        "john\u{202e}nhoj",
        "\u{200f}\u{feff}",
        "john%2f..%2fjane",
        "{id}",
        "$(reboot)",
        "<script>alert(1)</script>",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(10_000));
    names.push("🦀".repeat(2_500));
    names
}

fn row(id: &str, name: &str) -> SdrRow {
    SdrRow {
        id: SdrId::from(id),
        name: name.to_owned(),
        email: name.to_owned(),
        token: Token::new(name.to_owned()),
        paused: false,
        connect: true,
        marker: None,
        account_phone: None,
        sealed: false,
        signed_out: false,
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Of a part of a path, where a plus is a plus.
fn percent_decoded(part: &str) -> String {
    let part = part
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(part.as_bytes());
    pairs.next().unwrap().0.into_owned()
}

#[test]
fn no_such_name_may_name_a_profile() {
    for name in hostile() {
        assert!(!is_plain(&SdrId(name.clone())), "{name:?}");
    }
    assert!(!is_plain(&SdrId(String::new())), "nor an empty one");
    assert!(is_plain(&SdrId::from("john-2")), "a usual one does");
}

#[tokio::test]
async fn the_store_keeps_such_names_as_they_are_and_nothing_else_changes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), DatabaseKey::from_bytes([7; 32])).await;
    let (store, _) = store.unwrap();
    store.put_sdr(row("jane", "Jane")).await.unwrap();
    for name in hostile() {
        store.put_sdr(row("john", &name)).await.unwrap();
        store.put_sdr(row(&name, "by id")).await.unwrap();
        let kept = store.sdrs().await.unwrap();
        let names: Vec<_> = kept.iter().map(|sdr| sdr.row.name.as_str()).collect();
        assert_eq!(names, ["Jane", &name, "by id"], "as it was given");
        assert_eq!(kept[2].row.id.as_str(), name, "also as an id");
        store.remove_sdr(&SdrId(name.clone())).await.unwrap();
        let kept = store.sdrs().await.unwrap().len();
        assert_eq!(kept, 2, "and it removes itself alone: {name:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_names_an_sdr_so_is_refused_and_no_file_is_made() {
    let stub = Stub::start().await;
    let desk = Desk::new(&stub.url);
    let agent = desk.start().await;
    let data_dir = desk.data_dir();
    let profiles = data_dir.join("profiles");
    let outside = files(data_dir.parent().unwrap());
    let mut words = BTreeSet::new();
    for name in hostile() {
        stub.knows(&name);
        let refused = agent.sign_in("john@hotdesk.example", "a password").await;
        let problem = refused.expect_err(&name);
        assert_eq!(problem.code, ProblemCode::BadAnswer, "{name:?}");
        words.insert(problem.message);
    }
    assert_eq!(words.len(), 1, "the name is shown to nobody: {words:?}");
    assert!(agent.views().borrow().sdrs.is_empty(), "nobody was added");
    assert!(files(&profiles).is_empty(), "no profile was made");
    assert_eq!(
        files(data_dir.parent().unwrap()),
        outside,
        "nor a file beside"
    );
    agent.shut_down().await;
}

#[tokio::test]
async fn an_id_of_the_server_stays_one_part_of_an_address() {
    let stub = Stub::start().await;
    let server = QueueServer::new(Url::parse(&stub.url).unwrap(), None, "1.2.3").unwrap();
    let own = ClientDesk::new(DesktopId::from("desk"), Clock::real(), []);
    let client = server.of(SdrId::from("john"), Token::new("a-token".to_owned()), own);
    let decision = DecisionRequest {
        decision: Verdict::Sent,
        generation: None,
        unlinked: false,
        note: None,
    };
    for name in hostile() {
        let before = stub.addresses().len();
        let told = client.decide(&MessageId(name.clone()), &decision).await;
        let error = told.expect_err("the stub knows no message");
        let calls = stub.addresses();
        if matches!(error, QueueError::BadAnswer { .. }) {
            assert_eq!(calls.len(), before, "nothing was called for {name:?}");
            continue;
        }
        let last = calls.last().unwrap();
        let path = last.strip_suffix("?sdrId=john").unwrap_or(last);
        let parts: Vec<_> = path.split('/').collect();
        assert_eq!(parts.len(), 5, "{name:?} led to {last}");
        assert_eq!(
            (parts[1], parts[2], parts[4]),
            ("api", "messages", "decision"),
            "{name:?} led to {last}"
        );
        let id = percent_decoded(parts[3]);
        assert_eq!(id, name, "{last} is about this very thing");
    }
}
