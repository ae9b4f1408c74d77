//! What is left of a removed SDR: nothing, by a search of every byte.

use crate::support::desk::{Desk, relinked_after_a_crash, until_sdr};
use crate::support::office::{Office, PASSWORD};
use crate::support::pages::FakePages;
use crate::support::{in_its_own_process, search};
use hotdesk_agent::agent::Order;
use hotdesk_agent::config::LogLevel;
use hotdesk_agent::guard::Guard;
use hotdesk_agent::logging;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_server::store::{MessageView, OptOutOf};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::time::interval;

const PIN: &str = "402817";
const ACCOUNT: &str = "+5511960000001";
const REPLY: &str = "the lead's own answer, word for word";
const IN_THE_PROFILE: &str = "the login of John's WhatsApp";

fn john() -> SdrId {
    "john".into()
}

/// One message of John's is in review, one was refused because its number is blocked, one is
/// delivered and answered, and the server is away; he has a PIN, files and a download.
async fn a_life(office: &mut Office, desk: &Desk) -> Guard<FakePages> {
    let blocked = office.messages(Some("john")).await.remove(0).phone;
    let of = OptOutOf::Phone(blocked.replacen("+55119", "+5511", 1));
    let store = office.server().store();
    store
        .opt_out(of, john(), "stop".into(), UtcMs(1))
        .await
        .unwrap();

    let agent = relinked_after_a_crash(desk, ACCOUNT).await;
    for state in [MessageState::Review, MessageState::Failed] {
        office.until(Some("john"), state, 1).await;
    }
    office.seed(9).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    office.close().await;
    desk.pages.receive("john", "IN1", REPLY);
    let replies = || -> i64 {
        let sql = "SELECT count(*) FROM reply";
        let found = desk.open_database().query_row(sql, [], |row| row.get(0));
        found.unwrap_or(0)
    };
    let mut look = interval(Duration::from_millis(20));
    while replies() == 0 {
        look.tick().await;
    }
    office.reopen().await;
    let guard = Guard::new(agent, None);
    guard
        .sign_in("john@hotdesk.example", PASSWORD)
        .await
        .unwrap();
    guard.choose_pin(None, PIN).await.unwrap();
    for (file, text) in [
        ("profiles/john/storage/cookies", IN_THE_PROFILE),
        ("downloads/john/offer.pdf", "an offer of a lead"),
    ] {
        let file = desk.data_dir().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    guard
}

/// Everything by which somebody would know of John or of a lead who waits.
async fn traces(office: &Office, desk: &Desk) -> Vec<String> {
    let mut traces = vec![
        "john@hotdesk.example".to_owned(),
        ACCOUNT.to_owned(),
        REPLY.to_owned(),
        IN_THE_PROFILE.to_owned(),
        "an offer of a lead".to_owned(),
    ];
    let messages = office.messages(Some("john")).await;
    let waits = |message: &MessageView| message.state == MessageState::Review;
    for message in messages.into_iter().filter(waits) {
        let text = message.text.lines().next().unwrap_or_default().to_owned();
        traces.extend([message.lead_name, message.phone, text]);
    }
    let db = desk.open_database();
    let cells = [
        "SELECT token FROM sdr WHERE id = 'john'",
        "SELECT hash FROM pin WHERE sdr_id = 'john'",
        "SELECT phone FROM opt_out WHERE sdr_id = 'john'",
        "SELECT wa_message_id FROM outbox WHERE sdr_id = 'john'",
    ];
    for sql in cells {
        let found: String = db.query_row(sql, [], |row| row.get(0)).unwrap();
        traces.push(found);
    }
    traces
}

/// Which of them are in which files, also where those are encrypted.
fn found(desk: &Desk, traces: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, bytes) in search::readable(&desk.data_dir(), &desk.key()) {
        for trace in traces {
            if search::holds(&bytes, trace) {
                found.push(format!("{trace} in {file}"));
            }
        }
    }
    found
}

/// A log is set once for a process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by another test, in a process of its own"]
async fn live_and_be_removed() {
    let mut office = Office::open(6).await;
    let desk = Desk::new(&office.url());
    let log = logging::init(&desk.data_dir(), LogLevel::Trace).unwrap();
    let guard = a_life(&mut office, &desk).await;
    // The search is proven by what it finds while John is here.
    guard.shut_down().await;
    desk.until_closed().await;
    let traces = traces(&office, &desk).await;
    for trace in &traces {
        let seen = found(&desk, std::slice::from_ref(trace));
        assert!(!seen.is_empty(), "the search does not see {trace}");
    }

    let guard = Guard::new(desk.start().await, None);
    guard.unlock(&john(), PIN).await.unwrap();
    guard.order(&john(), Order::Remove).await.unwrap();
    guard.shut_down().await;
    desk.until_closed().await;
    drop(log);
    assert_eq!(found(&desk, &traces), [""; 0], "nothing of John is left");
    let mut others = Vec::new();
    for message in office.messages(Some("john")).await {
        others.extend([message.phone, message.text]);
    }
    assert_eq!(found(&desk, &others), [""; 0], "nor of any lead of his");
}

#[test]
fn no_byte_of_a_removed_sdr_is_left_in_the_data_directory() {
    in_its_own_process("removal::live_and_be_removed", &[]);
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_deleted_goes_at_the_next_start_before_anything_is_opened() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john", "jane"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    let profiles = desk.data_dir().join("profiles");
    // No folder can be deleted that is no folder.
    fs::remove_dir_all(profiles.join("john")).unwrap();
    fs::write(profiles.join("john"), "in use").unwrap();
    let problem = agent.order(&john(), Order::Remove).await.unwrap_err();
    assert!(
        problem.message.contains("The next start deletes the rest"),
        "it is said: {}",
        problem.message
    );
    let shown = agent.views().borrow().sdrs.len();
    assert_eq!(shown, 1, "John is removed all the same");
    agent.shut_down().await;
    fs::remove_file(profiles.join("john")).unwrap();
    fs::create_dir_all(profiles.join("john/storage")).unwrap();
    fs::create_dir_all(desk.data_dir().join("downloads/john")).unwrap();
    let agent = desk.start().await;
    assert_eq!(names(&profiles), ["jane"], "nor a tombstone");
    assert_eq!(names(&desk.data_dir().join("downloads")), [""; 0]);
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_a_crash_cut_short_is_finished_by_the_next_start() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    desk.start_signed_in(&["john", "jane"])
        .await
        .shut_down()
        .await;
    let profiles = desk.data_dir().join("profiles");
    fs::write(profiles.join("john.removed"), "").unwrap();
    let agent = desk.start().await;
    let left: Vec<_> = agent
        .views()
        .borrow()
        .sdrs
        .iter()
        .map(|s| s.id.0.clone())
        .collect();
    assert_eq!(left, ["jane"]);
    agent.shut_down().await;
    desk.until_closed().await;
    let john = vec!["john@hotdesk.example".to_owned()];
    assert_eq!(found(&desk, &john), [""; 0], "nor in a copy");
}
