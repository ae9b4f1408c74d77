//! How long names, texts and answers of what has ended stay on this desktop.

use crate::support::day::{Day, HOUR_MS};
use crate::support::desk::{Desk, until_sdr};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_protocol::session::MessageState;
use std::time::Duration;
use tokio::time::{Instant, interval};

const DAY_MS: u64 = 24 * HOUR_MS;

fn on_a_day(server_url: &str) -> (Day, Desk) {
    let day = Day::at("2026-11-27T13:00:00Z");
    let mut desk = Desk::new(server_url);
    desk.clock = day.clock.clone();
    (day, desk)
}

fn count(desk: &Desk, sql: &str) -> i64 {
    let found = desk.open_database().query_row(sql, [], |row| row.get(0));
    found.unwrap_or(-1)
}

async fn until_count(desk: &Desk, sql: &str, wanted: i64) {
    let by = Instant::now() + Duration::from_secs(30);
    let mut look = interval(Duration::from_millis(20));
    while count(desk, sql) != wanted {
        look.tick().await;
        let found = count(desk, sql);
        assert!(Instant::now() < by, "{sql}: {found} and not {wanted}");
    }
}

const NAMED: &str = "SELECT count(*) FROM outbox WHERE json_extract(row, '$.lead_name') <> ''";
const TEXTS: &str = "SELECT count(*) FROM outbox WHERE json_extract(row, '$.text') <> ''";
const SHOWN: &str = "SELECT count(*) FROM activity";
const KNOWN: &str =
    "SELECT count(*) FROM outbox WHERE length(message_id) > 0 AND length(body_hash) = 64";

#[tokio::test(flavor = "multi_thread")]
async fn names_and_texts_go_thirty_days_after_the_end_and_what_waits_keeps_its_own() {
    let office = Office::open(6).await;
    let (day, desk) = on_a_day(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    desk.pages.set_mood("john", Mood::SwallowsSubmits);
    office.seed(9).await;
    let submits = desk.pages.submits();
    day.until("the third is in the page's hands", 1_000, || {
        desk.pages.submits() > submits
    })
    .await;
    until_count(&desk, SHOWN, 3).await;
    until_count(&desk, TEXTS, 1).await;
    assert_eq!(count(&desk, NAMED), 3);

    day.pass(29 * DAY_MS, HOUR_MS).await;
    assert_eq!(count(&desk, SHOWN), 3, "not before the time");
    day.pass(2 * DAY_MS, HOUR_MS).await;
    until_count(&desk, SHOWN, 1).await;
    until_count(&desk, NAMED, 1).await;
    assert_eq!(count(&desk, TEXTS), 1, "the one that waits");
    assert_eq!(count(&desk, KNOWN), 3, "ids and hashes stay of all");
    until_sdr(&agent, "john", "no more than that in the window", |sdr| {
        sdr.activity.len() == 1
    })
    .await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_forgotten_is_never_sent_again() {
    let mut office = Office::open(3).await;
    let (day, desk) = on_a_day(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    until_count(&desk, SHOWN, 1).await;
    // The server forgets what it was told, and offers the message again.
    office.close().await;
    day.pass(31 * DAY_MS, HOUR_MS).await;
    until_count(&desk, SHOWN, 0).await;
    desk.kill(agent);
    let db = rusqlite::Connection::open(office.database()).unwrap();
    db.execute_batch("UPDATE messages SET state = 'queued' WHERE sdr_id = 'john'")
        .unwrap();
    drop(db);
    office.reopen().await;
    let agent = desk.start().await;
    day.until("it is told again", 1_000, || {
        let db = rusqlite::Connection::open(office.database()).unwrap();
        let sql = "SELECT count(*) FROM messages WHERE sdr_id = 'john' AND state IN ('sent', 'delivered', 'read')";
        db.query_row(sql, [], |row| row.get(0)) == Ok(1)
    })
    .await;
    assert_eq!(desk.pages.history().len(), 1, "it left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_says_how_many_days() {
    let office = Office::open(3).await;
    let (day, desk) = on_a_day(&office.url());
    desk.start_signed_in(&["john"]).await.shut_down().await;
    let agent = desk.start_with("retention_days = 2\n").await.unwrap();
    office.until(Some("john"), MessageState::Delivered, 1).await;
    until_count(&desk, SHOWN, 1).await;
    day.pass(3 * DAY_MS, HOUR_MS).await;
    until_count(&desk, SHOWN, 0).await;
    agent.shut_down().await;
}
