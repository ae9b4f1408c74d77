use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::proof::{Flaw, LogCheck};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{Store, Which};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

async fn seeded() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    let sample = SampleOffice {
        messages: 3,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    sample_office(&store, sample, UtcMs(1)).await.unwrap();
    for number in 1..=2 {
        let id = MessageId(format!("sample-0000{number}"));
        let cancelled = store.cancel(id, None, SdrId::from("manager"), UtcMs(2));
        cancelled.await.unwrap();
    }
    (folder, path)
}

async fn check(path: &Path) -> LogCheck {
    let store = SqliteStore::open(path).unwrap();
    store.check_logs().await.unwrap()
}

async fn found(sql: &str) -> LogCheck {
    let (_folder, path) = seeded().await;
    assert!(check(&path).await.holds(), "it holds before it is touched");
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "PRAGMA foreign_keys = OFF;
         DROP TRIGGER events_are_never_changed;
         DROP TRIGGER events_are_never_deleted;",
    )
    .unwrap();
    file.execute_batch(sql).unwrap();
    check(&path).await
}

async fn flaws(sql: &str) -> Vec<(String, Flaw)> {
    let broken = found(sql).await.broken;
    broken
        .into_iter()
        .map(|it| (it.message_id.0, it.flaw))
        .collect()
}

#[tokio::test]
async fn a_row_changed_behind_the_servers_back_is_found() {
    for change in [
        "at_ms = 3",
        "to_state = 'sent'",
        "from_state = 'leased'",
        "cause = 'reported'",
        "generation = 1",
        "desktop_id = 'd9'",
        "person_id = 'john'",
        "reported_at_ms = 5",
        "wa_message_id = '3EB0'",
        "note = 'he asked for it'",
    ] {
        let sql = format!("UPDATE events SET {change} WHERE seq = 4");
        let changed = ("sample-00001".to_owned(), Flaw::Changed(4));
        assert_eq!(flaws(&sql).await, [changed], "{change}");
    }
    let unreadable = "UPDATE events SET cause = 'magic' WHERE seq = 4";
    let it = ("sample-00001".to_owned(), Flaw::Unreadable);
    assert_eq!(flaws(unreadable).await, [it]);
}

#[tokio::test]
async fn a_row_taken_out_or_moved_is_found() {
    let first = found("DELETE FROM events WHERE seq = 1").await;
    assert_eq!(first.missing, 1);
    assert_eq!(first.broken[0].flaw, Flaw::Gap(4));
    let last = found("DELETE FROM events WHERE seq = 4").await;
    assert_eq!((last.missing, &last.broken[0].flaw), (1, &Flaw::Head));
    let moved = "UPDATE events SET message_id = 'sample-00003' WHERE seq = 4";
    let moved = flaws(moved).await;
    assert_eq!(moved[0].1, Flaw::Head);
    assert_eq!(moved[1], ("sample-00003".to_owned(), Flaw::Changed(4)));
}

#[tokio::test]
async fn a_message_moved_without_an_event_is_found() {
    let moved = flaws("UPDATE messages SET state = 'sent' WHERE id = 'sample-00003'").await;
    assert!(matches!(moved[0].1, Flaw::State { .. }), "{moved:?}");
    let gone = flaws("DELETE FROM messages WHERE id = 'sample-00003'").await;
    assert_eq!(gone, [("sample-00003".to_owned(), Flaw::NoMessage)]);
}

#[tokio::test]
async fn an_event_that_is_not_chained_is_not_taken() {
    let (_folder, path) = seeded().await;
    let file = Connection::open(&path).unwrap();
    let insert = |hashes: &str| {
        file.execute(
            &format!(
                "INSERT INTO events (message_id, at_ms, to_state, cause, previous, hash)
                 VALUES ('sample-00001', 9, 'sent', 'reported', {hashes})"
            ),
            [],
        )
        .unwrap_err()
        .to_string()
    };
    for hashes in ["NULL, NULL", "zeroblob(32), zeroblob(32)"] {
        assert!(insert(hashes).contains("hash of the one before"));
    }
}

#[tokio::test]
async fn a_file_of_the_first_version_gets_its_events_chained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let file = Connection::open(&path).unwrap();
    let first = include_str!("../../src/store/sqlite/migrations/0001_queue.sql");
    file.execute_batch(first).unwrap();
    file.execute_batch(
        "INSERT INTO sdr_users (id, email, password_hash, name, role)
             VALUES ('john', 'j@example', '', 'John', 'sdr');
         INSERT INTO leads (id, name, phone, created_at_ms) VALUES ('l-1', 'Ana', '+551197', 1);
         INSERT INTO messages (id, sdr_id, lead_id, phone, text, state, created_at_ms)
             VALUES ('m-1', 'john', 'l-1', '+551197', 'hello', 'cancelled', 1);
         INSERT INTO events (message_id, at_ms, from_state, to_state, cause)
             VALUES ('m-1', 1, NULL, 'queued', 'enqueued'),
                    ('m-1', 2, 'queued', 'cancelled', 'cancelled');
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(file);
    let store = SqliteStore::open(&path).unwrap();
    let checked = store.check_logs().await.unwrap();
    assert!(checked.holds() && checked.messages == 1, "{checked:?}");
    let one = Which::One(MessageId::from("m-1"));
    let view = store.messages(one).await.unwrap().pop().unwrap();
    assert_eq!(view.events[1].previous, view.events[0].hash);
    assert_eq!(view.events[0].generation, None, "it was not kept then");
}
