//! Whoever guesses PINs, and whoever has taken the files away.

use crate::support::desk::Desk;
use crate::support::office::{Office, PASSWORD};
use hotdesk_agent::guard::{Guard, LockCause};
use hotdesk_agent::keychain::KeychainError;
use hotdesk_agent::store::DATABASE_FILE;
use hotdesk_protocol::ids::SdrId;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use tokio::task::JoinSet;

const PIN: &str = "246810";
const GUESSES: u32 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_guesses_at_once_five_are_looked_at() {
    let office = Office::open(0).await;
    let desk = Desk::new(&office.url());
    let john: SdrId = "john".into();
    desk.pages.link("john", "+5511960000001");
    let guard = Arc::new(Guard::new(desk.start().await, None));
    guard
        .sign_in("john@hotdesk.example", PASSWORD)
        .await
        .unwrap();
    guard.choose_pin(None, PIN).await.unwrap();
    guard.lock(LockCause::Asked).await;

    let start = Instant::now();
    let mut guesses = JoinSet::new();
    for n in 0..GUESSES {
        let (guard, john) = (Arc::clone(&guard), john.clone());
        guesses.spawn(async move { guard.unlock(&john, &format!("{}", 500_000 + n)).await });
    }
    let answers = guesses.join_all().await;
    let seconds = start.elapsed().as_secs_f64();
    let told = |words: &str| {
        let problems = answers.iter().map(|answer| answer.as_ref().unwrap_err());
        problems.filter(|one| one.message.contains(words)).count()
    };
    assert_eq!(
        told("left"),
        4,
        "each of the first four says how many are left"
    );
    assert_eq!(
        told("no longer opens"),
        36,
        "the fifth and all after it say that it is over"
    );
    let wrong: u32 = desk
        .open_database()
        .query_row("SELECT wrong FROM pin WHERE sdr_id = 'john'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(wrong, 5, "the others were not even counted");
    assert!(
        guard.unlock(&john, PIN).await.is_err(),
        "not the right one either"
    );
    tell(5.0 / seconds);
}

/// How fast PINs can be tried at the guard's own door, for the project's documents.
#[expect(clippy::print_stdout, reason = "a figure for whoever reads the run")]
fn tell(tries_a_second: f64) {
    println!("{tries_a_second:.1} tries a second, and five in all");
    if let Some(folder) = std::env::var_os("HOTDESK_SECURITY") {
        let text = serde_json::json!({"triesASecond": tries_a_second, "most": 5}).to_string();
        std::fs::write(Path::new(&folder).join("pins.json"), text).unwrap();
    }
}

/// All files of a folder, by name, but for what only says that somebody has it open.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| name.starts_with("hotdesk."))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect()
}

/// As another account, or another machine, has it after `cp -r`.
fn copied(desk: &Desk, to: &TempDir) -> Desk {
    let data = to.path().join("data");
    std::fs::create_dir(&data).unwrap();
    for (name, bytes) in contents(&desk.data_dir()) {
        std::fs::write(data.join(name), bytes).unwrap();
    }
    Desk::at(data, "http://127.0.0.1:1")
}

#[tokio::test]
async fn a_copied_data_directory_opens_under_no_other_keyring_and_stays_as_it_is() {
    let desk = Desk::new("http://127.0.0.1:1");
    desk.start_and_stop().await;
    let folder = TempDir::new().unwrap();

    let thief = copied(&desk, &folder);
    let before = contents(&thief.data_dir());
    assert!(before.contains_key(DATABASE_FILE), "{:?}", before.keys());
    let error = thief.refused();
    let missing = matches!(error, KeychainError::KeyMissing { .. });
    assert!(missing, "an empty keyring: {error}");
    assert_eq!(contents(&thief.data_dir()), before, "nothing was made anew");

    // The thief runs a Hotdesk of their own, and so has a key of their own under that name.
    let own = Desk::new("http://127.0.0.1:1");
    own.start_and_stop().await;
    thief.keep_key(&desk.entry(), &own.key());
    let error = thief.refused();
    let wrong = matches!(error, KeychainError::WrongKey { .. });
    assert!(wrong, "another key: {error}");
    assert_eq!(contents(&thief.data_dir()), before, "nothing was made anew");

    // The control: with the key of the one it was taken from, it opens.
    thief.keep_key(&desk.entry(), &desk.key());
    thief.start().await.shut_down().await;
}
