//! The database key: in the operating system's keyring or, where there is none, made from a
//! passphrase.
//!
//! A locked keyring reads as "no such entry" and only a write fails, so a missing key never leads
//! to a new one while a database is there. A note beside the database says how the key is had, with
//! its fingerprint; none of it helps to open the database. What is done when is one table, in
//! `decide`.

mod decide;
mod error;
mod key;
mod note;
mod passphrase;

use crate::profile::make_private_dir;
use crate::secret::Secret;
use decide::{Answer, Decision, Kept, Keyring, decide};
use error::reason;
use keyring_core::{CredentialStore, Entry};
use note::{Note, Way};
use std::path::Path;
use std::sync::Arc;

pub use error::KeychainError;
pub use key::DatabaseKey;
pub use passphrase::{PassphraseAsked, PassphraseLock};

const SERVICE: &str = "hotdesk";
const NOTE_FILE: &str = "hotdesk.key.json";

/// Where keys are kept.
#[derive(Clone)]
pub struct Keychain(Source);

#[derive(Clone)]
enum Source {
    System,
    Given(Arc<CredentialStore>),
    Nowhere,
}

/// How the database is opened.
pub enum Opening {
    /// With this key.
    Key(DatabaseKey),
    /// With what a person types.
    Passphrase(PassphraseLock),
}

impl Keychain {
    /// The operating system's keyring.
    pub fn os() -> Self {
        Self(Source::System)
    }

    /// A given store, for tests.
    pub fn with_store(store: Arc<CredentialStore>) -> Self {
        Self(Source::Given(store))
    }

    /// No keyring at all, for tests.
    pub fn nowhere() -> Self {
        Self(Source::Nowhere)
    }

    /// How the database in `data_dir` is opened; its key is made now if there is neither database
    /// nor key. Blocks: keyrings answer over D-Bus and may ask the person.
    pub fn open(&self, data_dir: &Path, database_exists: bool) -> Result<Opening, KeychainError> {
        make_private_dir(data_dir).map_err(|error| KeychainError::Note(error.to_string()))?;
        let note = Note::read(data_dir)?;
        let kept = match &note {
            None => Kept::Unknown,
            Some(note) => match note.way() {
                Way::Keyring { .. } => Kept::Keyring(name_of(note.backend())),
                Way::Passphrase(derivation) => Kept::Passphrase((note, derivation)),
            },
        };
        let store = self.store();
        let keyring = match &store {
            Ok((store, vendor)) => {
                Keyring::Answers(name_of(vendor), ask(store.as_ref(), note.as_ref()))
            }
            Err(reason) => Keyring::Unreachable(reason.clone()),
        };
        match decide(kept, database_exists, keyring, data_dir)? {
            Decision::Use(key) => Ok(Opening::Key(key)),
            Decision::Make => {
                let (store, vendor) = store.map_err(|reason| KeychainError::Refused { reason })?;
                make_key(store.as_ref(), vendor, data_dir).map(Opening::Key)
            }
            Decision::Choose(reason) => {
                let lock = PassphraseLock::new(data_dir, reason);
                Ok(Opening::Passphrase(lock))
            }
            Decision::Enter((note, derivation)) => {
                let lock = PassphraseLock::set(data_dir, note.clone(), derivation.clone());
                Ok(Opening::Passphrase(lock))
            }
        }
    }

    /// The keyring and what it calls itself, or why there is none.
    fn store(&self) -> Result<(Arc<CredentialStore>, String), String> {
        let store = match &self.0 {
            Source::Given(store) => Some(Arc::clone(store)),
            Source::Nowhere => None,
            Source::System => match keyring::Entry::store_status() {
                Ok(()) => keyring_core::get_default_store(),
                Err(error) => return Err(reason(error)),
            },
        };
        let store = store.ok_or_else(|| "there is none".to_owned())?;
        let vendor = store.vendor();
        Ok((store, vendor))
    }
}

/// A keyring's name without the address that follows it.
fn name_of(vendor: &str) -> &str {
    vendor
        .split_once(',')
        .map_or(vendor, |(name, _address)| name)
}

/// What the keyring says of the entry that the note names.
fn ask(store: &CredentialStore, note: Option<&Note>) -> Answer<DatabaseKey> {
    let Some(note) = note else {
        return Answer::Absent;
    };
    let name = match note.way() {
        Way::Keyring { entry } => entry,
        Way::Passphrase(_) => return Answer::Absent,
    };
    let found = store
        .build(SERVICE, name, None)
        .and_then(|entry| entry.get_secret());
    match found.map(Secret::new) {
        Ok(secret) => match DatabaseKey::from_slice(secret.expose()) {
            Some(key) if note.is_of(&key) => Answer::Ours(key),
            Some(_) | None => Answer::Another,
        },
        Err(keyring_core::Error::NoEntry) => Answer::Absent,
        Err(error) => Answer::Refuses(reason(&error)),
    }
}

/// Read back before anything relies on it.
fn make_key(
    store: &CredentialStore,
    vendor: String,
    data_dir: &Path,
) -> Result<DatabaseKey, KeychainError> {
    let key = DatabaseKey::random().map_err(|error| KeychainError::Note(error.to_string()))?;
    let name = format!("database-{}", uuid::Uuid::new_v4());
    let kept = || -> keyring_core::Result<Secret<Vec<u8>>> {
        let entry: Entry = store.build(SERVICE, &name, None)?;
        entry.set_secret(key.bytes())?;
        entry.get_secret().map(Secret::new)
    };
    let back = kept().map_err(|error| KeychainError::Refused {
        reason: reason(&error),
    })?;
    if back.expose() != key.bytes() {
        return Err(KeychainError::Refused {
            reason: "it gave back another key than it was given".to_owned(),
        });
    }
    Note::of_keyring(vendor, name, &key).write(data_dir)?;
    Ok(key)
}
