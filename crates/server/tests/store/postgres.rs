//! Opening and sharing a PostgreSQL database: what is there is kept, what is newer is left alone, and
//! several processes may be at it at once.

use super::files::WEDNESDAY_NOON;
use crate::support::browser::Events;
use crate::support::postgres::{TlsCluster, cluster};
use crate::support::{Office, ids};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::policy::Hours;
use hotdesk_protocol::session::MessageState;
use hotdesk_server::PasswordCost;
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::postgres::{Address, PostgresStore, plan};
use hotdesk_server::store::proof::Flaw;
use hotdesk_server::store::{Claim, OpenError, OptOutOf, Role, Store, StoreError, Which};
use serde_json::json;
use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

/// The tables of the existing system, as its own description has them, with people and leads.
const EXISTING: &str = "
    CREATE TABLE sdr_users (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(255) UNIQUE NOT NULL,
        password_hash varchar(255) NOT NULL, name varchar(255) NOT NULL,
        role varchar(50) NOT NULL DEFAULT 'sdr', is_active boolean DEFAULT true,
        last_login timestamp with time zone);
    CREATE TABLE leads (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(255) NOT NULL,
        phone varchar(32) NOT NULL, company text);
    CREATE TABLE do_not_contact (
        id serial PRIMARY KEY, phone varchar(32) UNIQUE NOT NULL, reason text,
        blocked_at timestamptz DEFAULT now());
    CREATE TABLE message_replies (id serial PRIMARY KEY, body text);
    INSERT INTO sdr_users (id, email, password_hash, name) VALUES
        ('00000000-0000-0000-0000-000000000001', 'John@Office.example', 'h', 'John');
    INSERT INTO leads (id, name, phone) VALUES
        ('00000000-0000-0000-0000-00000000000a', 'Ana', '+5511970000001'),
        ('00000000-0000-0000-0000-00000000000b', 'Ana again', '+5511970000001');
    INSERT INTO do_not_contact (phone, reason) VALUES
        ('5511970000009', 'asked'), ('+5511970000008', 'asked');
    INSERT INTO message_replies (body) VALUES ('kept');";

const JOHN: &str = "00000000-0000-0000-0000-000000000001";

fn address(name: &str) -> Address {
    Address::parse(&cluster().url(name), None).unwrap()
}

fn all() -> Which {
    Which::Page {
        state: None,
        sdr_id: None,
        after: 0,
        limit: 1_000,
    }
}

fn claim(sdr: &str, desktop: &str, id: &str) -> Claim {
    Claim {
        sdr_id: SdrId::from(sdr),
        desktop_id: DesktopId::from(desktop),
        limit: 3,
        holding: Vec::new(),
        claim_id: Some(id.to_owned()),
        session_epoch: None,
        opt_outs_since: Some(0),
        lease_ms: 60_000,
    }
}

async fn seeded(messages: u32) -> (String, PostgresStore) {
    let name = cluster().fresh();
    let store = cluster().open(&name).await;
    let sample = SampleOffice {
        messages,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    };
    sample_office(&store, sample, UtcMs(1)).await.unwrap();
    (name, store)
}

#[tokio::test]
async fn an_empty_database_is_brought_up_once() {
    let name = cluster().empty();
    let planned = plan(&address(&name)).await.unwrap();
    assert_eq!(planned.from, 0);
    assert!(
        planned
            .sql
            .contains("ADD COLUMN IF NOT EXISTS whatsapp_connected")
    );
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'pg_%'
         AND schemaname <> 'information_schema'";
    assert_eq!(cluster().sql(&name, tables), "0", "a plan changes nothing");
    cluster().sql(&name, &planned.sql);
    for _ in 0..2 {
        cluster().open(&name).await.office().await.unwrap();
    }
    let again = plan(&address(&name)).await.unwrap();
    assert_eq!((again.from, again.sql.as_str()), (again.to, ""));
}

#[tokio::test]
async fn the_offices_own_database_keeps_its_rows_and_can_be_worked_with() {
    let name = cluster().empty();
    cluster().sql(&name, EXISTING);
    let rows = "SELECT (SELECT string_agg(id || email || password_hash || name, ',') FROM sdr_users),
         (SELECT string_agg(id || name || phone, ',' ORDER BY id) FROM leads),
         (SELECT string_agg(id || phone || reason || blocked_at, ',' ORDER BY id) FROM do_not_contact),
         (SELECT string_agg(body, ',') FROM message_replies)";
    let before = cluster().sql(&name, rows);
    let store = cluster().open(&name).await;
    assert_eq!(cluster().sql(&name, rows), before, "not a row changed");

    let john = store.credentials("john@office.example".to_owned()).await;
    let john = john.unwrap().unwrap().person;
    assert_eq!((john.id.as_str(), john.role), (JOHN, Role::Sdr));
    let ana = |id: &str, phone: &str| super::files::message_to(id, JOHN, phone);
    let queued = store.enqueue(ana("m-1", "+5511970000001"), UtcMs(1)).await;
    assert!(queued.unwrap());
    for blocked in ["+5511970000008", "+5511970000009"] {
        let refused = store.enqueue(ana("m-2", blocked), UtcMs(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{blocked}");
    }
    // The office's own list goes on being written by the office.
    cluster().sql(
        &name,
        "INSERT INTO do_not_contact (phone) VALUES ('+5511970000007')",
    );
    let claim = claim(JOHN, "d", "c");
    let claimed = store.claim(claim, WEDNESDAY_NOON).await.unwrap();
    assert_eq!(claimed.messages.len(), 1);
    let told: HashSet<_> = claimed.opt_outs.unwrap().numbers.into_iter().collect();
    let phones = ["+5511970000007", "+5511970000008", "+5511970000009"];
    assert_eq!(told, phones.map(str::to_owned).into());
}

#[tokio::test]
async fn an_office_from_before_the_hours_gets_them_and_what_it_queued_waits_for_its_leads() {
    let name = cluster().fresh();
    super::policy::an_older_office(&cluster().open(&name).await).await;
    cluster().sql(
        &name,
        "DROP INDEX hotdesk_queue.messages_with_file_and_text, hotdesk_queue.files_by_hash;
         ALTER TABLE hotdesk_queue.files DROP COLUMN gone_at_ms, DROP COLUMN bytes_gone;
         ALTER TABLE hotdesk_queue.wishes DROP COLUMN phone;
         ALTER TABLE hotdesk_queue.messages DROP COLUMN text_gone, DROP COLUMN campaign_id;
         ALTER TABLE hotdesk_queue.message_replies DROP COLUMN text_gone;
         ALTER TABLE hotdesk_queue.office DROP COLUMN retention_days;
         DROP TABLE hotdesk_queue.campaign_recipients, hotdesk_queue.campaigns,
             hotdesk_queue.templates;
         ALTER TABLE hotdesk_queue.office DROP COLUMN name, DROP COLUMN name_first;
         DROP FUNCTION hotdesk_queue.tell_webhooks_of_message, hotdesk_queue.tell_webhooks_of_reply,
             hotdesk_queue.tell_webhooks_of_opt_out, hotdesk_queue.tell_webhooks_of_session CASCADE;
         DROP TABLE hotdesk_queue.webhooks, hotdesk_queue.webhook_events,
             hotdesk_queue.webhook_deliveries CASCADE;
         DROP FUNCTION hotdesk_queue.give_event_to_webhooks;
         DROP TRIGGER zones_are_looked_at_anew ON leads;
         DROP FUNCTION hotdesk_queue.look_at_zone_anew();
         ALTER TABLE hotdesk_queue.messages DROP COLUMN zone_key, DROP COLUMN fresh,
             DROP COLUMN unanswered;
         ALTER TABLE leads DROP COLUMN time_zone;
         ALTER TABLE hotdesk_queue.office DROP COLUMN hours, DROP COLUMN new_leads,
             DROP COLUMN unanswered;
         DELETE FROM hotdesk_queue.migrations WHERE version >= 7",
    );
    super::policy::goes_on_by_the_designs_rules(&cluster().open(&name).await).await;
}

#[tokio::test]
async fn a_zone_that_the_office_writes_into_its_own_table_counts() {
    let (name, store) = seeded(1).await;
    let mut office = store.office().await.unwrap();
    office.hours = Hours::default();
    store.put_office(office).await.unwrap();
    // Midnight in Tokyo.
    let noon = WEDNESDAY_NOON;
    cluster().sql(&name, "UPDATE leads SET time_zone = 'Asia/Tokyo'");
    let claimed = store.claim(claim("john", "d", "1"), noon).await.unwrap();
    assert!(claimed.messages.is_empty() && claimed.blocked.is_some());
    cluster().sql(&name, "UPDATE leads SET time_zone = 'no such zone'");
    let claimed = store.claim(claim("john", "d", "2"), noon).await.unwrap();
    assert_eq!(claimed.messages.len(), 1, "it goes by the number");
}

#[tokio::test]
async fn a_newer_database_is_left_as_it_is() {
    let name = cluster().fresh();
    let sql = "INSERT INTO hotdesk_queue.migrations (version) VALUES (99)";
    cluster().sql(&name, sql);
    let refused = PostgresStore::open(&address(&name)).await.err();
    assert!(matches!(refused, Some(OpenError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn a_step_that_fails_is_taken_back_whole() {
    let name = cluster().empty();
    cluster().sql(
        &name,
        "CREATE TABLE sdr_users (id int); CREATE TABLE leads (id int)",
    );
    let refused = PostgresStore::open(&address(&name)).await.err().unwrap();
    assert!(
        matches!(refused, OpenError::NotMigrated { .. }),
        "{refused}"
    );
    let left = "SELECT count(*) FROM pg_namespace WHERE nspname = 'hotdesk_queue'";
    assert_eq!(cluster().sql(&name, left), "0");
}

#[test]
fn processes_that_start_at_once_bring_it_up_once() {
    let name = cluster().empty();
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_hotdesk-server"))
            .args(["migrate", "--database", &cluster().url(&name)])
            .spawn()
            .unwrap()
    };
    let processes: Vec<_> = (0..4).map(|_| start()).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let steps = "SELECT count(*) = max(version) FROM hotdesk_queue.migrations";
    assert_eq!(cluster().sql(&name, steps), "t");
}

#[tokio::test]
async fn servers_that_claim_at_once_never_lease_a_message_or_a_chat_twice() {
    let (name, first) = seeded(60).await;
    let second = cluster().open(&name).await;
    let work = async |store: &PostgresStore, nth: u32| {
        let mut had = Vec::new();
        for turn in 0..10 {
            let id = format!("{nth}-{turn}");
            had.extend(
                store
                    .claim(claim("john", "d", &id), UtcMs(2))
                    .await
                    .unwrap()
                    .messages,
            );
        }
        had
    };
    let (mut had, more) = tokio::join!(work(&first, 1), work(&second, 2));
    had.extend(more);
    let ids: HashSet<_> = had.iter().map(|it| it.message_id.clone()).collect();
    let chats: HashSet<_> = had.iter().map(|it| it.phone.clone()).collect();
    assert_eq!((ids.len(), chats.len()), (had.len(), had.len()));
    assert_eq!(had.len(), 10, "one of each of ten chats");
    assert!(first.check_logs().await.unwrap().holds());
}

#[tokio::test]
async fn calls_of_all_kinds_at_once_leave_every_log_whole() {
    let (name, first) = seeded(30).await;
    let second = cluster().open(&name).await;
    let claims = async |store: &PostgresStore| {
        for sdr in ["john", "jane", "bob", "john", "jane", "bob"] {
            store.claim(claim(sdr, "d", sdr), UtcMs(2)).await.unwrap();
        }
    };
    let cancels = async {
        for number in 1..=10 {
            let id = MessageId(format!("sample-{number:05}"));
            let by = SdrId::from("manager");
            let done = second.cancel(id, None, by, UtcMs(3)).await;
            assert!(done.is_ok(), "{done:?}");
        }
    };
    let opt_outs = async {
        // The others are cancelled: messages are dealt to the SDRs in turn, numbers are not.
        for number in 14..=20 {
            let of = OptOutOf::Phone(format!("+55119700{number:05}"));
            let by = SdrId::from("manager");
            first
                .opt_out(of, by, "asked".to_owned(), UtcMs(3))
                .await
                .unwrap();
        }
    };
    let sweeps = async {
        for _ in 0..5 {
            second.sweep(1, UtcMs(100_000)).await.unwrap();
        }
    };
    tokio::join!(claims(&first), claims(&second), cancels, opt_outs, sweeps);
    let checked = first.check_logs().await.unwrap();
    assert!(checked.holds() && checked.messages == 30, "{checked:?}");
    let views = first.messages(all()).await.unwrap();
    let withdrawn = views
        .iter()
        .filter(|it| it.state == MessageState::Cancelled);
    assert_eq!(withdrawn.count(), 17);
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_a_claim_loses_nothing() {
    let (name, store) = seeded(30).await;
    cluster().sql(
        &name,
        "CREATE VIEW queue_locks AS SELECT l.* FROM pg_locks l
         JOIN pg_database d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND d.datname = current_database()",
    );
    let ask = async |sql: &'static str| {
        let name = name.clone();
        let asking = move || cluster().try_sql(&name, sql);
        tokio::task::spawn_blocking(asking).await.unwrap()
    };
    let until = async |sql: &'static str| while ask(sql).await.as_deref() != Ok("t") {};
    let hold =
        ask("SELECT pg_advisory_xact_lock(1752134756, hashtext('queue john')), pg_sleep(600)");
    let whole = async {
        until("SELECT count(*) = 1 FROM queue_locks WHERE granted").await;
        let claim = store.claim(claim("john", "d", "c"), UtcMs(2));
        let cut = async {
            until("SELECT count(*) = 1 FROM queue_locks WHERE NOT granted").await;
            ask(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'hotdesk-server'",
            )
            .await
            .unwrap();
            ask(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'psql'
                     AND pid <> pg_backend_pid()",
            )
            .await
            .unwrap();
        };
        tokio::join!(claim, cut).0
    };
    let (held, claimed) = tokio::join!(hold, whole);
    assert!(held.is_err(), "the lock was held until it was cut");
    assert!(claimed.is_ok() || claimed.is_err_and(|error| error.retry()));
    let again = store
        .claim(claim("john", "d", "c"), UtcMs(3))
        .await
        .unwrap();
    assert_eq!(again.messages.len(), 3, "the same claim is answered");
    let leased = "SELECT count(*) FROM hotdesk_queue.messages WHERE state = 'leased'";
    assert_eq!(cluster().sql(&name, leased), "3", "and leased once");
    assert!(store.check_logs().await.unwrap().holds());
}

#[tokio::test]
async fn what_happens_at_one_server_wakes_claims_and_dashboards_at_another() {
    let name = cluster().fresh();
    let server = async || {
        Office::with(0, |options| {
            options.database = cluster().url(&name).as_str().into();
            options.poll = Duration::from_secs(600);
        })
        .await
    };
    let (one, other) = (server().await, server().await);
    let listening = "SELECT count(*) = 2 FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'SELECT pg_backend_pid%'";
    while cluster().sql(&name, listening) != "t" {
        tokio::task::yield_now().await;
    }
    let john = one.seat("john", "d1").await;
    let claim = one.waiting_claim(&john).await;
    other.queue("m-1", "john", "+5511970000001").await;
    let claimed = claim.await.unwrap().ok();
    assert_eq!(
        ids(&claimed),
        ["m-1"],
        "at the hint, there was no other look"
    );
    let mut events = Events::of(&one.browser("manager").await).await;
    other.seat("john", "d1").await.beat().await.ok();
    let row = ("sdr".to_owned(), json!({"id": "john"}));
    while events.next().await.as_ref() != Some(&row) {}
}

#[tokio::test]
async fn the_log_cannot_be_rewritten_and_a_row_changed_all_the_same_is_found() {
    let (name, store) = seeded(3).await;
    for spoil in [
        "UPDATE hotdesk_queue.events SET to_state = 'sent'",
        "DELETE FROM hotdesk_queue.events",
        "TRUNCATE hotdesk_queue.events",
    ] {
        let refused = cluster().try_sql(&name, spoil).unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
    }
    let unchained = "INSERT INTO hotdesk_queue.events (seq, message_id, at_ms, to_state, cause,
             previous, hash)
         VALUES (99, 'sample-00001', 9, 'sent', 'reported', decode(repeat('00', 32), 'hex'), 'x')";
    let refused = cluster().try_sql(&name, unchained).unwrap_err();
    assert!(refused.contains("hash of the one before"), "{refused}");
    let spoil = async |sql: &str| {
        let off = "ALTER TABLE hotdesk_queue.events DISABLE TRIGGER ALL;";
        cluster().sql(&name, &format!("{off} {sql}"));
        store.check_logs().await.unwrap()
    };
    let found = spoil("UPDATE hotdesk_queue.events SET at_ms = 3 WHERE seq = 1").await;
    assert_eq!(found.broken[0].flaw, Flaw::Changed(1));
    let found = spoil("UPDATE hotdesk_queue.events SET cause = 'magic' WHERE seq = 2").await;
    assert_eq!(found.broken[1].flaw, Flaw::Unreadable);
    let found = spoil("DELETE FROM hotdesk_queue.events WHERE seq = 3").await;
    assert_eq!((found.missing, &found.broken[2].flaw), (1, &Flaw::Empty));
}

#[test]
fn a_password_is_never_told_and_a_far_server_never_spoken_to_in_plain() {
    let far = "postgres://anna:s3cret@db.example/q";
    for (url, word) in [
        (format!("{far}?sslmode=disable"), "sslmode=require"),
        (format!("{far}?sslmode=prefer"), "sslmode=require"),
        (format!("{far}?sslmode=maybe"), "verify-full"),
        (format!("{far}?nonsense=1"), "does not know"),
        (
            "postgres://anna:s3cret@db.example:port/q".to_owned(),
            "port",
        ),
    ] {
        let refused = Address::parse(&url, None).unwrap_err().to_string();
        assert!(
            refused.contains(word) && !refused.contains("s3cret"),
            "{refused}"
        );
    }
    for url in [
        far.to_owned(),
        format!("{far}?sslmode=verify-full"),
        "postgres://anna:s3cret@127.0.0.1/q?sslmode=disable".to_owned(),
        "postgres:///q?host=/run/postgresql".to_owned(),
    ] {
        let address = Address::parse(&url, Some("s3cret")).unwrap();
        let told = format!("{address} {address:?}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn over_tls_the_certificate_and_the_name_in_it_are_checked() {
    let it = TlsCluster::start();
    let authority = it.certificate().display().to_string();
    let open = async |host: &str, more: &str| {
        let url = format!("postgres://postgres@{host}:{}/postgres?{more}", it.port);
        let opened = PostgresStore::open(&Address::parse(&url, None).unwrap()).await;
        opened.map(drop).map_err(|error| error.to_string())
    };
    let pinned = format!("sslmode=verify-full&sslrootcert={authority}");
    assert_eq!(open("localhost", &pinned).await, Ok(()));
    let unknown = open("localhost", "sslmode=require").await.unwrap_err();
    assert!(unknown.contains("certificate verify failed"), "{unknown}");
    let misnamed = open("127.0.0.1", &pinned).await.unwrap_err();
    assert!(misnamed.contains("certificate verify failed"), "{misnamed}");
    let missing = open("localhost", "sslmode=require&sslrootcert=/nowhere").await;
    assert!(missing.unwrap_err().contains("No such file"));
}
