//! The log after a whole run: useful, and without content.

use crate::support::desk::{Desk, sign_in, until_sdr};
use crate::support::in_its_own_process;
use crate::support::office::{Office, PASSWORD};
use hotdesk_agent::config::LogLevel;
use hotdesk_agent::logging;
use hotdesk_protocol::session::{MessageState, SessionState};
use serde_json::Value;

#[test]
fn a_run_at_the_lowest_level_logs_its_steps_and_nothing_on_the_never_log_list() {
    in_its_own_process("logs::run_and_read_the_log", &[]);
}

/// A log is set once for a process.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn run_and_read_the_log() {
    let mut office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let guard = logging::init(&desk.data_dir(), LogLevel::Trace).unwrap();
    let agent = desk.start().await;
    sign_in(&agent, "john").await;
    until_sdr(&agent, "john", "the QR", |sdr| {
        sdr.state == SessionState::Qr
    })
    .await;
    desk.pages.link("john", "+5511960000001");
    office.until(Some("john"), MessageState::Delivered, 1).await;
    let message = office.messages(Some("john")).await.remove(0);
    office.close().await;
    let away = |view: &hotdesk_agent::views::OfficeView| view.server.problem.is_some();
    crate::support::desk::until(&agent, "the server is away", away).await;
    agent.shut_down().await;
    drop(guard);
    let db = desk.open_database();
    let one = |sql| {
        db.query_row(sql, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let (token, marker) = (one("SELECT token FROM sdr"), one("SELECT marker FROM sdr"));
    let log = read_log(&desk);
    for secret in [
        message.text.as_str(),
        message.phone.as_str(),
        message.phone.trim_start_matches('+'),
        message.lead_name.as_str(),
        token.as_str(),
        marker.as_str(),
        "secret-qr",
        "5511960000001",
        PASSWORD,
        "john@hotdesk.example",
    ] {
        assert!(!log.contains(secret), "the log holds {secret:?}");
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let handed = lines
        .iter()
        .find(|line| line["message"] == "The message is handed to the page")
        .expect("the send is logged");
    let spans = handed["spans"].as_array().unwrap();
    assert_eq!(spans[0]["name"], "session", "within its session");
    assert_eq!(spans[0]["sdr.id"], "john", "of this SDR");
    assert_eq!(spans[1]["name"], "message", "and its message");
    assert_eq!(
        spans[1]["message.id"],
        message.message_id.as_str(),
        "by its id"
    );
    assert_eq!(spans[1]["attempt"], 1, "and its attempt");
    let ended = lines
        .iter()
        .find(|line| line["message"] == "The session ends")
        .expect("the end is logged");
    for spent in ["queue.calls", "store.writes"] {
        let spent = ended[spent].as_u64();
        assert!(spent.is_some_and(|times| times > 2), "with what it took");
    }
}

fn read_log(desk: &Desk) -> String {
    let dir = std::fs::read_dir(desk.data_dir().join("logs")).unwrap();
    let files = dir.map(|entry| entry.unwrap().path());
    files
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}
