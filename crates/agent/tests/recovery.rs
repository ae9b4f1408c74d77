//! A damaged database, and the copy that takes its place.

use crate::support::desk::{Desk, sign_in, until, until_sdr};
use crate::support::office::Office;
use crate::support::pages::Mood;
use hotdesk_agent::agent::{Order, StartError};
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::{MessageState, SessionState};
use std::path::PathBuf;

const NEWEST: &str = "hotdesk.backup.db";
const OLDER: &str = "hotdesk.backup-old.db";

fn damage(file: PathBuf) {
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[3 * 4096 + 100] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

fn database(desk: &Desk) -> PathBuf {
    desk.data_dir().join("hotdesk.db")
}

fn damaged_files(desk: &Desk) -> usize {
    let entries = std::fs::read_dir(desk.data_dir()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.starts_with("hotdesk.damaged-") && name.ends_with(".db"))
        .count()
}

/// John is signed in and connected, and two copies are there.
async fn signed_in(office: &Office) -> Desk {
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    until_sdr(&agent, "john", "connected", |sdr| {
        sdr.state == SessionState::Connected
    })
    .await;
    agent.shut_down().await;
    desk.until_closed().await;
    desk.pages.die();
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_put_aside_and_its_copy_takes_its_place() {
    let office = Office::open(0).await;
    let desk = signed_in(&office).await;
    damage(database(&desk));
    let agent = desk.start().await;
    let john = until_sdr(&agent, "john", "told", |sdr| {
        sdr.problem
            .as_ref()
            .is_some_and(|problem| problem.message.contains("put in its place"))
    })
    .await;
    let problem = john.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::StoreFailed, "of the store");
    assert!(
        problem.message.contains("No message is lost or sent twice"),
        "what is safe"
    );
    assert_eq!(damaged_files(&desk), 1, "nothing is deleted");
    agent
        .order(&SdrId::from("john"), Order::Resume)
        .await
        .unwrap();
    until_sdr(&agent, "john", "read", |sdr| sdr.problem.is_none()).await;
    office.seed(3).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
    let restored: bool = desk
        .open_database()
        .query_row("SELECT restored FROM desktop", [], |row| row.get(0))
        .unwrap();
    assert!(restored, "it knows for good that it was restored");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_left_since_the_copy_is_looked_up_and_not_sent_again() {
    for shown in [true, false] {
        let office = Office::leasing(2_500, 3).await;
        let desk = Desk::new(&office.url());
        desk.pages.set_mood("john", Mood::SendsInSilence);
        let agent = desk.start_signed_in(&["john"]).await;
        while desk.pages.history().is_empty() {
            tokio::task::yield_now().await;
        }
        desk.kill(agent);
        desk.until_closed().await;
        damage(database(&desk));
        if !shown {
            desk.pages.forget("john");
        }
        desk.pages.set_mood("john", Mood::Works);
        let agent = desk.start().await;
        let state = if shown {
            MessageState::Delivered
        } else {
            MessageState::Review
        };
        office.until(Some("john"), state, 1).await;
        assert_eq!(desk.pages.submits(), 1, "never handed over again");
        agent.shut_down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_comes_with_the_copy_is_not_redone() {
    let office = Office::leasing(2_500, 3).await;
    let desk = Desk::new(&office.url());
    desk.pages.set_mood("john", Mood::SwallowsSubmits);
    let agent = desk.start_signed_in(&["john"]).await;
    while desk.pages.submits() == 0 {
        tokio::task::yield_now().await;
    }
    // Signing in makes a copy.
    sign_in(&agent, "john").await;
    desk.kill(agent);
    desk.until_closed().await;
    damage(database(&desk));
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    office.until(Some("john"), MessageState::Review, 1).await;
    assert_eq!(
        desk.pages.history(),
        [],
        "the copy cannot know that it did not leave"
    );
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdr_the_copy_does_not_know_signs_in_again_and_goes_on() {
    let office = Office::open(3).await;
    let desk = Desk::new(&office.url());
    let agent = desk.start_signed_in(&["john"]).await;
    office.until(Some("john"), MessageState::Delivered, 1).await;
    agent.shut_down().await;
    desk.until_closed().await;
    desk.pages.die();
    std::fs::remove_file(desk.data_dir().join(NEWEST)).unwrap();
    damage(database(&desk));
    let agent = desk.start().await;
    assert!(
        agent.views().borrow().sdrs.is_empty(),
        "the copy is from before the sign-in"
    );
    sign_in(&agent, "john").await;
    office.seed(6).await;
    office.until(Some("john"), MessageState::Delivered, 2).await;
    assert_eq!(desk.pages.history().len(), 2, "each left once");
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_copy_helps_where_the_newest_is_damaged_too() {
    let office = Office::open(0).await;
    let desk = signed_in(&office).await;
    // A second start, so that both copies know John.
    desk.start_and_stop().await;
    damage(database(&desk));
    damage(desk.data_dir().join(NEWEST));
    let agent = desk.start().await;
    until_sdr(&agent, "john", "back", |_| true).await;
    agent.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_or_missing_database_is_no_new_one_while_there_are_copies() {
    let office = Office::open(0).await;
    for empty in [true, false] {
        let desk = signed_in(&office).await;
        std::fs::remove_file(database(&desk)).unwrap();
        if empty {
            std::fs::write(database(&desk), "").unwrap();
        }
        let agent = desk.start().await;
        until(&agent, "John is still there", |view| view.sdrs.len() == 1).await;
        agent.shut_down().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_copy_it_stops_and_changes_nothing() {
    let office = Office::open(0).await;
    let desk = signed_in(&office).await;
    let files = [NEWEST, OLDER, "hotdesk.db"].map(|name| desk.data_dir().join(name));
    files.iter().cloned().for_each(damage);
    let before = files.clone().map(|file| std::fs::read(file).unwrap());
    let error = desk.try_start().await.err().expect("it is not used");
    assert!(matches!(error, StartError::Store(_)), "told: {error}");
    assert!(error.to_string().contains("no good copy"), "why: {error}");
    assert!(error.to_string().contains("Nothing was"), "safe: {error}");
    let after = files.map(|file| std::fs::read(file).unwrap());
    assert!(before == after, "everything is where it was");
    assert_eq!(damaged_files(&desk), 0, "nothing was moved");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn two_copies_are_kept_readable_by_this_account_only() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open(0).await;
    let desk = signed_in(&office).await;
    for _ in 0..2 {
        desk.start_and_stop().await;
    }
    for name in [NEWEST, OLDER] {
        let file = desk.data_dir().join(name);
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let entries = std::fs::read_dir(desk.data_dir()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let copies: Vec<_> = names.filter(|name| name.contains("backup")).collect();
    assert_eq!(copies.len(), 2, "no more than two: {copies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_sdr_is_in_no_copy() {
    let office = Office::open(0).await;
    let desk = signed_in(&office).await;
    let agent = desk.start().await;
    agent
        .order(&SdrId::from("john"), Order::Remove)
        .await
        .unwrap();
    agent.shut_down().await;
    for name in [NEWEST, OLDER] {
        let sql = "SELECT count(*) FROM sdr";
        let db = desk.open_file(name);
        let sdrs: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(sdrs, 0, "{name}");
    }
}
