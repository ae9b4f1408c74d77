//! The database file: what is in it, what is not, and when it is refused.

use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_agent::agent::StartError;
use hotdesk_agent::keychain::DatabaseKey;
use hotdesk_agent::store::{Store, StoreError};
use hotdesk_protocol::session::MessageState;
use std::path::Path;

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

/// Every file below a directory with its bytes.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_a_text_a_number_or_a_token_in_the_clear() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let with_wal = files(&desk.data_dir());
    agent.shut_down().await;
    let db = desk.open_database();
    let token: String = db
        .query_row("SELECT token FROM sdr", [], |row| row.get(0))
        .unwrap();
    let message = office.messages(Some("john")).await.remove(0);
    // "Ana" alone stands in any few megabytes of noise.
    let name = format!("\"{}\"", message.lead_name);
    let secrets = [&message.text, &message.phone, &name, &token];
    for (name, bytes) in with_wal.iter().chain(&files(&desk.data_dir())) {
        for secret in secrets {
            assert!(
                !contains(bytes, secret),
                "{name} holds what must not be readable"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_end_is_told_is_remembered_without_its_text() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::Reads);
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Read, 1).await;
    until_sdr(&agent, "john", "read", |sdr| {
        sdr.activity.iter().any(|a| a.state == MessageState::Read)
    })
    .await;
    agent.shut_down().await;
    let sql = "SELECT finished, json_extract(row, '$.text') FROM outbox";
    let kept = desk
        .open_database()
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(kept, Ok((1, String::new())), "it is never sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_has_left_keeps_its_id_and_hash_and_loses_its_text() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
    let message = office.messages(Some("john")).await.remove(0);
    let sql = "SELECT message_id, wa_message_id, body_hash, row FROM outbox";
    let (id, wa_id, hash, row) = desk
        .open_database()
        .query_row(sql, [], |row| {
            let text = |at| row.get::<_, String>(at);
            Ok((text(0)?, text(1)?, text(2)?, text(3)?))
        })
        .unwrap();
    assert_eq!(id, message.message_id.0, "the id stays");
    assert_eq!(
        Some(wa_id),
        message.wa_message_id.map(|id| id.0),
        "as does WhatsApp's"
    );
    assert_eq!(hash.len(), 64, "and the hash");
    assert!(!row.contains(&message.text), "the text is gone");
}

#[tokio::test]
async fn the_rules_of_the_file_hold() {
    let desk = Desk::new("http://127.0.0.1:1");
    desk.start().await.shut_down().await;
    let db = desk.open_database();
    let mode: String = db
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal", "a write-ahead log");
    let version: i64 = db
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 13, "every migration is applied");
}

#[tokio::test]
async fn an_orderly_end_finishes_the_copy_under_way_and_closes_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let opened = Store::open(dir.path(), DatabaseKey::from_bytes([7; 32])).await;
    let (store, _) = opened.unwrap();
    let copying = tokio::spawn({
        let store = store.clone();
        async move { store.back_up().await }
    });
    tokio::task::yield_now().await;
    store.close().await.unwrap();
    let log = dir.path().join("hotdesk.db-wal");
    assert!(!log.exists(), "though a handle to it is still held");
    assert_eq!(copying.await.unwrap(), Ok(()));
    assert!(dir.path().join("hotdesk.backup.db").exists(), "whole");
    assert_eq!(store.back_up().await, Err(StoreError::Closed));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_unchanged() {
    let desk = Desk::new("http://127.0.0.1:1");
    desk.start().await.shut_down().await;
    desk.open_database()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let error = desk.try_start().await.err().unwrap();
    let newer = matches!(
        error,
        StartError::Store(StoreError::Newer { found: 99, .. })
    );
    assert!(newer, "told apart: {error}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn every_directory_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "a page", |sdr| sdr.page_open).await;
    for dir in ["", "profiles", "profiles/john"] {
        let mode = desk
            .data_dir()
            .join(dir)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{dir}");
    }
    let profiles = desk.pages.profiles();
    assert_eq!(
        profiles,
        [desk.data_dir().join("profiles/john")],
        "the page is opened there"
    );
    agent.shut_down().await;
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_made_is_told() {
    let desk = Desk::new("http://127.0.0.1:1");
    std::fs::write(desk.data_dir(), "a file").unwrap();
    let key = DatabaseKey::from_bytes([7; 32]);
    let error = desk.start_opened(key, "").await.err().unwrap();
    assert!(
        matches!(error, StartError::DataDir { .. }),
        "told apart: {error}"
    );
    assert!(
        error.to_string().contains("Nothing was started"),
        "what is safe: {error}"
    );
}

#[tokio::test]
async fn a_start_deletes_the_profiles_an_earlier_run_could_not() {
    let desk = Desk::new("http://127.0.0.1:1");
    let profiles = desk.data_dir().join("profiles");
    for dir in ["gone/storage", "here/storage"] {
        std::fs::create_dir_all(profiles.join(dir)).unwrap();
    }
    std::fs::write(profiles.join("gone.removed"), "").unwrap();
    desk.start().await.shut_down().await;
    let mut left: Vec<_> = std::fs::read_dir(profiles)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["here"],
        "only the one with a tombstone, and the tombstone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_long_ago_is_deleted_and_the_newest_stay() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
    // A row is over when it is read; this one's copies ended in 1970.
    desk.open_database()
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700)
             INSERT INTO outbox (sdr_id, message_id, wa_message_id, body_hash, finished, row)
             SELECT sdr_id, 'old-' || i, wa_message_id, body_hash, 1,
                    json_set(row, '$.message_id', 'old-' || i, '$.at', json('[[\"read\", ' || i || ']]'))
             FROM outbox, n WHERE finished = 0;",
        )
        .unwrap();
    let agent = desk.start().await;
    let count = || -> i64 {
        let sql = "SELECT count(*) FROM outbox WHERE finished = 1";
        let rows = desk.open_database().query_row(sql, [], |row| row.get(0));
        rows.unwrap_or(-1)
    };
    let by = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    let mut look = tokio::time::interval(std::time::Duration::from_millis(20));
    while count() != 1_000 {
        look.tick().await;
        assert!(tokio::time::Instant::now() < by, "still {}", count());
    }
    agent.shut_down().await;
    let oldest: String = desk
        .open_database()
        .query_row(
            "SELECT message_id FROM outbox WHERE finished = 1 ORDER BY place LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(oldest, "old-701", "the oldest went");
}
