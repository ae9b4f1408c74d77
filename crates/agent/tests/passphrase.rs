//! A machine without a keyring: a passphrase is chosen once and typed at every start.

use crate::support::desk::Desk;
use hotdesk_agent::keychain::{
    DatabaseKey, Keychain, KeychainError, Opening, PassphraseAsked, PassphraseLock,
};
use hotdesk_agent::store::DATABASE_FILE;
use hotdesk_protocol::{Problem, ProblemCode};
use std::path::PathBuf;
use std::sync::Arc;

const PASSPHRASE: &str = "seven herons past the bridge";

fn lock(desk: &Desk, keychain: &Keychain) -> PassphraseLock {
    match desk.open(keychain) {
        Ok(Opening::Passphrase(lock)) => lock,
        Ok(Opening::Key(_)) => panic!("nobody was asked"),
        Err(error) => panic!("{error}"),
    }
}

fn typed(lock: &PassphraseLock, text: &str) -> Result<DatabaseKey, Problem> {
    lock.open(&text.into())
}

fn note(desk: &Desk) -> PathBuf {
    desk.data_dir().join("hotdesk.key.json")
}

/// A desk that was set up by passphrase and has been closed.
async fn set_up() -> Desk {
    let desk = Desk::new("http://127.0.0.1:1");
    let key = typed(&lock(&desk, &Keychain::nowhere()), PASSPHRASE).unwrap();
    start_and_stop(&desk, key).await;
    desk
}

async fn start_and_stop(desk: &Desk, key: DatabaseKey) {
    desk.start_opened(key, "").await.unwrap().shut_down().await;
    desk.until_closed().await;
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_is_chosen_and_the_database_is_encrypted_with_it() {
    let desk = Desk::new("http://127.0.0.1:1");
    let first = lock(&desk, &Keychain::nowhere());
    assert!(matches!(first.asked(), PassphraseAsked::Choose { .. }));
    for poor in ["", "eleven char", "aaaaaaaaaaaaaaaa", &"long".repeat(400)] {
        let problem = typed(&first, poor).err().expect("it is too poor");
        assert_eq!(problem.code, ProblemCode::BadRequest, "{poor:?}");
        assert!(!note(&desk).exists(), "nothing is made of {poor:?}");
    }
    let key = typed(&first, PASSPHRASE).unwrap();
    start_and_stop(&desk, key).await;
    let database = std::fs::read(desk.data_dir().join(DATABASE_FILE)).unwrap();
    assert!(!database.starts_with(b"SQLite format"), "no plain file");
    let words = std::fs::read_to_string(note(&desk)).unwrap();
    assert!(words.contains(r#""backend": "passphrase""#), "{words}");
    assert!(words.contains(r#""memoryKib": 262144"#), "{words}");
    assert!(!words.contains(PASSPHRASE), "{words}");
}

#[tokio::test]
async fn at_each_start_it_is_asked_for_and_a_wrong_one_changes_nothing() {
    let desk = set_up().await;
    let files = || {
        let read = |path: PathBuf| std::fs::read(path).unwrap();
        (read(note(&desk)), read(desk.data_dir().join(DATABASE_FILE)))
    };
    let before = files();
    let again = lock(&desk, &Keychain::nowhere());
    assert_eq!(again.asked(), PassphraseAsked::Enter);
    for wrong in [
        "",
        "seven herons past the bridgE",
        "seven herons past the bridge ",
    ] {
        let problem = typed(&again, wrong).err().expect("it is another one");
        assert_eq!(problem.code, ProblemCode::BadRequest, "{}", problem.message);
        assert!(problem.message.contains("Nothing was changed"));
    }
    assert_eq!(files(), before, "a wrong one changes nothing");
    let key = typed(&again, PASSPHRASE).unwrap();
    start_and_stop(&desk, key).await;
}

#[tokio::test]
async fn a_keyring_that_comes_later_does_not_take_its_place() {
    let desk = set_up().await;
    let keychain = Keychain::with_store(Arc::clone(&desk.keyring));
    assert_eq!(lock(&desk, &keychain).asked(), PassphraseAsked::Enter);
}

#[tokio::test]
async fn a_database_set_up_with_a_keyring_is_never_opened_or_replaced_by_passphrase() {
    let desk = Desk::new("http://127.0.0.1:1");
    desk.start_and_stop().await;
    let before = std::fs::read(note(&desk)).unwrap();
    let error = desk.open(&Keychain::nowhere()).err().expect("it stops");
    let told = matches!(error, KeychainError::NoKeyring { .. });
    assert!(told, "told apart: {error}");
    assert!(error.to_string().contains("Start and unlock the keyring"));
    assert_eq!(std::fs::read(note(&desk)).unwrap(), before);
}

#[tokio::test]
async fn chosen_but_never_used_it_is_chosen_anew() {
    let desk = Desk::new("http://127.0.0.1:1");
    typed(&lock(&desk, &Keychain::nowhere()), PASSPHRASE).unwrap();
    let again = lock(&desk, &Keychain::nowhere());
    assert!(
        matches!(again.asked(), PassphraseAsked::Choose { .. }),
        "there is nothing yet that the first one opens"
    );
}

#[tokio::test]
async fn a_note_that_asks_for_less_work_or_for_more_than_a_machine_has_is_refused() {
    let desk = set_up().await;
    let words = std::fs::read_to_string(note(&desk)).unwrap();
    for memory in ["8", "4000000000"] {
        std::fs::write(note(&desk), words.replace("262144", memory)).unwrap();
        let error = desk.open(&Keychain::nowhere()).err().expect("it stops");
        assert!(matches!(error, KeychainError::Note(_)), "{memory}: {error}");
    }
}
