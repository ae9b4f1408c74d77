use hotdesk_protocol::UtcMs;
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::sqlite::SqliteStore;
use hotdesk_server::store::{OpenError, Store, Which};

fn all() -> Which {
    Which::Page {
        state: None,
        sdr_id: None,
        after: 0,
        limit: 100,
    }
}

#[tokio::test]
async fn what_was_accepted_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let sample = SampleOffice {
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    let store = SqliteStore::open(&path).unwrap();
    sample_office(&store, sample, UtcMs(1)).await.unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.messages(all()).await.unwrap().len(), 30);
}

#[test]
fn a_file_of_a_newer_server_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let before = std::fs::read(&path).unwrap();
    let Err(error) = SqliteStore::open(&path) else {
        panic!("a newer file is refused");
    };
    assert!(matches!(error, OpenError::Newer { found: 99, .. }));
    assert_eq!(std::fs::read(&path).unwrap(), before, "not a byte changed");
}

#[cfg(unix)]
#[test]
fn the_data_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(store);
}

#[tokio::test]
async fn the_event_log_cannot_be_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    let sample = SampleOffice {
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    sample_office(&store, sample, UtcMs(1)).await.unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    for sql in ["UPDATE events SET to_state = 'sent'", "DELETE FROM events"] {
        let refused = file.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
}

/// What migration 11 and those after it added, taken away again.
const BEFORE_POLICY: &str = "
    DROP INDEX messages_with_file_and_text;
    DROP INDEX files_by_hash;
    ALTER TABLE files DROP COLUMN gone_at_ms;
    ALTER TABLE files DROP COLUMN bytes_gone;
    ALTER TABLE wishes DROP COLUMN phone;
    DROP INDEX messages_with_text;
    DROP INDEX replies_with_text;
    ALTER TABLE messages DROP COLUMN text_gone;
    ALTER TABLE message_replies DROP COLUMN text_gone;
    ALTER TABLE office DROP COLUMN retention_days;
    DROP INDEX messages_of_campaign;
    DROP INDEX messages_of_campaign_by_state;
    ALTER TABLE messages DROP COLUMN campaign_id;
    DROP TABLE campaign_recipients;
    DROP TABLE campaigns;
    DROP TABLE templates;
    ALTER TABLE office DROP COLUMN name;
    ALTER TABLE office DROP COLUMN name_first;
    DROP TRIGGER webhooks_hear_of_messages;
    DROP TRIGGER webhooks_hear_of_replies;
    DROP TRIGGER webhooks_hear_of_opt_outs;
    DROP TRIGGER webhooks_hear_of_sessions;
    DROP VIEW webhook_kinds;
    DROP TABLE webhook_deliveries;
    DROP TABLE webhook_events;
    DROP TABLE webhooks;
    DROP TRIGGER zones_are_looked_at_anew;
    DROP INDEX messages_in_lanes;
    DROP INDEX messages_without_zone;
    ALTER TABLE messages DROP COLUMN zone_key;
    ALTER TABLE messages DROP COLUMN fresh;
    ALTER TABLE messages DROP COLUMN unanswered;
    ALTER TABLE leads DROP COLUMN time_zone;
    ALTER TABLE office DROP COLUMN hours;
    ALTER TABLE office DROP COLUMN new_leads;
    ALTER TABLE office DROP COLUMN unanswered;
    PRAGMA user_version = 10;";

#[tokio::test]
async fn an_office_from_before_the_hours_gets_them_and_what_it_queued_waits_for_its_leads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    super::policy::an_older_office(&store).await;
    drop(store);
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(BEFORE_POLICY).unwrap();
    drop(file);
    let store = SqliteStore::open(&path).unwrap();
    super::policy::goes_on_by_the_designs_rules(&store).await;
}

#[tokio::test]
async fn the_sample_office_goes_on_at_any_hour_after_the_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.sqlite");
    let sample = SampleOffice {
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    let store = SqliteStore::open(&path).unwrap();
    sample_office(&store, sample, UtcMs(1)).await.unwrap();
    let before = store.office().await.unwrap();
    drop(store);
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(BEFORE_POLICY).unwrap();
    drop(file);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.office().await.unwrap(), before);
}
