//! The database key in the operating system's keyring.
//!
//! A locked keyring reads as "no such entry" and only a write fails, so a missing key never leads
//! to a new one while a database is there. A note beside the database holds the entry's name, the
//! backend and the key's fingerprint; none of them helps to open it.

use crate::profile::write_private;
use hotdesk_protocol::{Problem, ProblemCode};
use keyring_core::Entry;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

const SERVICE: &str = "hotdesk";
const NOTE_FILE: &str = "hotdesk.key.json";

/// The 32 bytes the database is encrypted with. Cannot be printed.
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// As SQLCipher's raw key literal wants it.
    pub(crate) fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"hotdesk database key v1|");
        hash.update(self.0);
        hex::encode(&hash.finalize()[..8])
    }
}

/// Why the key is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// No keyring runs.
    #[error(
        "The system's keyring cannot be reached ({reason}). It holds the key of Hotdesk's database; nothing was changed or lost. Start and unlock the keyring (on Linux: gnome-keyring or KWallet, in a normal desktop session), then start Hotdesk again."
    )]
    NoKeyring {
        /// What the keyring said.
        reason: String,
    },
    /// The keyring refuses.
    #[error(
        "The system's keyring refuses to give or keep the key of Hotdesk's database ({reason}). Nothing was changed or lost. Unlock the keyring and start Hotdesk again."
    )]
    Refused {
        /// What the keyring said.
        reason: String,
    },
    /// The database is there, its key is not.
    #[error(
        "Hotdesk's database is here but its key is not in the system's keyring ({backend}). Either the keyring is locked, or it is another one than before. No new key was made and nothing was changed. Unlock the keyring of the account that set Hotdesk up, and start again. If the key is gone for good, move the folder {data_dir} aside and sign the SDRs in again."
    )]
    KeyMissing {
        /// The keyring that was asked.
        backend: String,
        /// Where the database is.
        data_dir: String,
    },
    /// The keyring's key is not the one the database was made with.
    #[error(
        "The key in the system's keyring is not the one Hotdesk's database was made with. Nothing was changed. Restore the keyring of the account that set Hotdesk up, or move the folder {data_dir} aside and sign the SDRs in again."
    )]
    WrongKey {
        /// Where the database is.
        data_dir: String,
    },
    /// The note beside the database cannot be read or written.
    #[error(
        "The file {NOTE_FILE} in the data directory cannot be used: {0}. Nothing was lost. Check the rights of the directory and the free space, and start again."
    )]
    Note(String),
}

impl KeychainError {
    /// The code a caller may branch on.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::NoKeyring { .. }
            | Self::Refused { .. }
            | Self::KeyMissing { .. }
            | Self::WrongKey { .. }
            | Self::Note(_) => ProblemCode::KeychainFailed,
        }
    }
}

impl From<&KeychainError> for Problem {
    fn from(error: &KeychainError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Where keys are kept.
#[derive(Clone)]
pub struct Keychain {
    store: Option<Arc<keyring_core::CredentialStore>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    entry: String,
    backend: String,
    fingerprint: String,
}

impl Keychain {
    /// The operating system's keyring.
    pub fn os() -> Self {
        Self { store: None }
    }

    /// A given store, for tests.
    pub fn with_store(store: Arc<keyring_core::CredentialStore>) -> Self {
        Self { store: Some(store) }
    }

    fn entry(&self, name: &str) -> Result<Entry, KeychainError> {
        let made = match &self.store {
            Some(store) => store.build(SERVICE, name, None),
            None => {
                if let Err(error) = keyring::Entry::store_status() {
                    return Err(KeychainError::NoKeyring {
                        reason: error.to_string(),
                    });
                }
                keyring::Entry::new(SERVICE, name).map(|entry| entry.inner)
            }
        };
        made.map_err(|error| KeychainError::NoKeyring {
            reason: error.to_string(),
        })
    }

    fn backend(&self) -> String {
        let store = self.store.clone().or_else(keyring_core::get_default_store);
        store.map_or_else(|| "none".to_owned(), |store| store.vendor())
    }

    /// The key of the database in `data_dir`; made now if there is neither database nor key.
    /// Blocks: keyrings answer over D-Bus and may ask the person.
    pub fn database_key(
        &self,
        data_dir: &Path,
        database_exists: bool,
    ) -> Result<DatabaseKey, KeychainError> {
        let note = read_note(data_dir)?;
        let missing = || KeychainError::KeyMissing {
            backend: self.backend(),
            data_dir: data_dir.display().to_string(),
        };
        let Some(note) = note else {
            return if database_exists {
                Err(missing())
            } else {
                self.make_key(data_dir)
            };
        };
        match self.entry(&note.entry)?.get_secret() {
            Ok(secret) => {
                let wrong = || KeychainError::WrongKey {
                    data_dir: data_dir.display().to_string(),
                };
                let key = DatabaseKey(secret.try_into().map_err(|_| wrong())?);
                if key.fingerprint() == note.fingerprint {
                    Ok(key)
                } else if database_exists {
                    Err(wrong())
                } else {
                    self.make_key(data_dir)
                }
            }
            Err(keyring_core::Error::NoEntry) if database_exists => Err(missing()),
            Err(keyring_core::Error::NoEntry) => self.make_key(data_dir),
            Err(error) => Err(refused(&error)),
        }
    }

    fn make_key(&self, data_dir: &Path) -> Result<DatabaseKey, KeychainError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| KeychainError::Note(e.to_string()))?;
        let key = DatabaseKey(bytes);
        let note = Note {
            entry: format!("database-{}", uuid::Uuid::new_v4()),
            backend: self.backend(),
            fingerprint: key.fingerprint(),
        };
        let entry = self.entry(&note.entry)?;
        entry.set_secret(&key.0).map_err(|error| refused(&error))?;
        match entry.get_secret() {
            Ok(back) if back == key.0 => {}
            Ok(_) => {
                return Err(KeychainError::Refused {
                    reason: "it gave back another key than it was given".to_owned(),
                });
            }
            Err(error) => return Err(refused(&error)),
        }
        let json =
            serde_json::to_vec_pretty(&note).map_err(|e| KeychainError::Note(e.to_string()))?;
        write_private(&data_dir.join(NOTE_FILE), &json)
            .map_err(|e| KeychainError::Note(e.to_string()))?;
        Ok(key)
    }
}

/// Only the kind and the platform's words: other variants carry the secret itself.
fn refused(error: &keyring_core::Error) -> KeychainError {
    use keyring_core::Error;
    let reason = match error {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => inner.to_string(),
        Error::NoEntry => "it has no such entry".to_owned(),
        Error::Ambiguous(_) => "it holds more than one key of this name".to_owned(),
        Error::NoDefaultStore => "there is none".to_owned(),
        Error::BadStoreFormat(words) | Error::NotSupportedByStore(words) => words.clone(),
        Error::TooLong(_, _) | Error::Invalid(_, _) => "it takes no such entry".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(_, _) | _ => {
            "what it holds is damaged".to_owned()
        }
    };
    KeychainError::Refused { reason }
}

fn read_note(data_dir: &Path) -> Result<Option<Note>, KeychainError> {
    match std::fs::read(data_dir.join(NOTE_FILE)) {
        Ok(json) => serde_json::from_slice(&json)
            .map(Some)
            .map_err(|error| KeychainError::Note(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeychainError::Note(error.to_string())),
    }
}
