//! The database key: made once, never replaced.

use crate::support::desk::Desk;
use hotdesk_agent::agent::StartError;
use hotdesk_agent::keychain::{Keychain, KeychainError, Opening};
use hotdesk_agent::store::{DATABASE_FILE, StoreError};
use hotdesk_protocol::ProblemCode;
use keyring_core::mock;
use std::sync::Arc;
use tempfile::TempDir;

async fn desk_with_database() -> Desk {
    let desk = Desk::new("http://127.0.0.1:1");
    desk.start_and_stop().await;
    desk
}

fn note(desk: &Desk) -> serde_json::Value {
    let text = std::fs::read_to_string(desk.data_dir().join("hotdesk.key.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn entry(desk: &Desk) -> keyring_core::Entry {
    let name = note(desk)["entry"].as_str().unwrap().to_owned();
    desk.keyring.build("hotdesk", &name, None).unwrap()
}

#[tokio::test]
async fn the_key_is_made_once_and_found_again() {
    let desk = desk_with_database().await;
    let key = entry(&desk).get_secret().unwrap();
    assert_eq!(key.len(), 32, "256 bits");
    desk.start().await.shut_down().await;
    assert_eq!(
        entry(&desk).get_secret().unwrap(),
        key,
        "the same at the next start"
    );
    let note = note(&desk).to_string();
    assert!(
        !note.contains(&hex::encode(&key)),
        "the note beside the database is not the key"
    );
}

#[tokio::test]
async fn a_database_whose_key_is_missing_stops_the_start_and_makes_no_new_key() {
    let desk = desk_with_database().await;
    let before = note(&desk);
    entry(&desk).delete_credential().unwrap();
    let error = desk.refused();
    let missing = matches!(error, KeychainError::KeyMissing { .. });
    assert!(missing, "told apart: {error}");
    assert_eq!(error.code(), ProblemCode::KeychainFailed, "with a code");
    assert!(
        error.to_string().contains("No new key was made"),
        "and words: {error}"
    );
    assert_eq!(note(&desk), before, "nothing was changed");
    assert!(
        entry(&desk).get_secret().is_err(),
        "the keyring was not written"
    );
}

#[tokio::test]
async fn a_database_whose_note_is_missing_stops_the_start_too() {
    let desk = desk_with_database().await;
    std::fs::remove_file(desk.data_dir().join("hotdesk.key.json")).unwrap();
    let error = desk.refused();
    let missing = matches!(error, KeychainError::NoteMissing { .. });
    assert!(missing, "told apart: {error}");
}

#[tokio::test]
async fn a_key_that_is_not_the_databases_own_is_told_apart() {
    let desk = desk_with_database().await;
    entry(&desk).set_secret(&[7; 32]).unwrap();
    let error = desk.refused();
    let wrong = matches!(error, KeychainError::WrongKey { .. });
    assert!(wrong, "told apart: {error}");
}

#[tokio::test]
async fn a_database_of_another_key_gives_way_to_a_copy_of_our_own_and_is_kept() {
    let desk = desk_with_database().await;
    let other = desk_with_database().await;
    let file = desk.data_dir().join(DATABASE_FILE);
    let strange = std::fs::read(other.data_dir().join(DATABASE_FILE)).unwrap();
    std::fs::write(&file, &strange).unwrap();
    desk.start().await.shut_down().await;
    let entries = std::fs::read_dir(desk.data_dir()).unwrap();
    let kept = |entry: std::fs::DirEntry| std::fs::read(entry.path()).is_ok_and(|b| b == strange);
    assert!(entries.map(Result::unwrap).any(kept), "put aside, whole");
}

#[tokio::test]
async fn a_database_of_another_key_is_not_opened() {
    let desk = desk_with_database().await;
    let other = desk_with_database().await;
    for entry in std::fs::read_dir(desk.data_dir()).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains(".backup") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let file = DATABASE_FILE;
    std::fs::copy(other.data_dir().join(file), desk.data_dir().join(file)).unwrap();
    let error = desk.try_start().await.err().expect("it must not start");
    assert!(
        matches!(error, StartError::Store(StoreError::WrongKey)),
        "told apart: {error}"
    );
}

#[tokio::test]
async fn a_keyring_that_refuses_is_told_and_nothing_is_made() {
    let desk = desk_with_database().await;
    let entry = entry(&desk);
    let cred: &mock::Cred = entry.as_any().downcast_ref().unwrap();
    cred.set_error(keyring_core::Error::NoStorageAccess("it is locked".into()));
    let error = desk.refused();
    let told = matches!(error, KeychainError::Refused { .. });
    assert!(told, "told apart: {error}");
    assert!(
        error.to_string().contains("Unlock"),
        "it says what to do: {error}"
    );
    desk.start().await.shut_down().await;
}

#[tokio::test]
async fn a_database_of_another_kind_of_keyring_is_told_by_both_names() {
    let desk = desk_with_database().await;
    let file = desk.data_dir().join("hotdesk.key.json");
    let mut changed = note(&desk);
    changed["backend"] = "Windows Credential store, https://example.com".into();
    std::fs::write(&file, changed.to_string()).unwrap();
    let here = Keychain::with_store(mock::Store::new().unwrap());
    let error = desk.open(&here).err().expect("it must not start");
    let told = matches!(error, KeychainError::ChangedBackend { .. });
    assert!(told, "told apart: {error}");
    let words = error.to_string();
    assert!(words.contains("(Windows Credential store)"), "{words}");
    assert_eq!(note(&desk), changed, "nothing was changed");
    let with_its_key = Keychain::with_store(Arc::clone(&desk.keyring));
    let opened = desk.open(&with_its_key);
    assert!(
        matches!(opened, Ok(Opening::Key(_))),
        "a keyring that has the very key is the right one, whatever it is called now"
    );
}

#[test]
fn no_database_and_no_key_make_a_new_one() {
    let dir = TempDir::new().unwrap();
    let keychain = Keychain::with_store(mock::Store::new().unwrap());
    let opened = |database| matches!(keychain.open(dir.path(), database), Ok(Opening::Key(_)));
    assert!(opened(false), "a first start");
    assert!(opened(true), "and the next");
}
