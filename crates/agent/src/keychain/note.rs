//! The note beside the database: how its key is had, and its fingerprint. None of it helps to open
//! the database.

use super::NOTE_FILE;
use super::error::KeychainError;
use super::key::DatabaseKey;
use super::passphrase::Derivation;
use crate::profile::write_private;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the note calls a key that is made from a passphrase.
const PASSPHRASE: &str = "passphrase";

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Note {
    backend: String,
    fingerprint: String,
    #[serde(flatten)]
    way: Way,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Way {
    /// The keyring holds it under this name.
    Keyring { entry: String },
    /// A person knows what it is made from.
    Passphrase(Derivation),
}

impl Note {
    pub(super) fn of_keyring(backend: String, entry: String, key: &DatabaseKey) -> Self {
        Self {
            backend,
            fingerprint: key.fingerprint(),
            way: Way::Keyring { entry },
        }
    }

    pub(super) fn of_passphrase(derivation: Derivation, key: &DatabaseKey) -> Self {
        Self {
            backend: PASSPHRASE.to_owned(),
            fingerprint: key.fingerprint(),
            way: Way::Passphrase(derivation),
        }
    }

    pub(super) fn backend(&self) -> &str {
        &self.backend
    }

    pub(super) fn way(&self) -> &Way {
        &self.way
    }

    pub(super) fn is_of(&self, key: &DatabaseKey) -> bool {
        key.fingerprint() == self.fingerprint
    }

    /// `None` if there is none.
    pub(super) fn read(data_dir: &Path) -> Result<Option<Self>, KeychainError> {
        let unusable = |words: String| KeychainError::Note(words);
        let json = match std::fs::read(data_dir.join(NOTE_FILE)) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let note: Self =
            serde_json::from_slice(&json).map_err(|error| unusable(error.to_string()))?;
        match &note.way {
            Way::Keyring { .. } => {}
            Way::Passphrase(derivation) => derivation.check().map_err(unusable)?,
        }
        Ok(Some(note))
    }

    pub(super) fn write(&self, data_dir: &Path) -> Result<(), KeychainError> {
        let json = serde_json::to_vec_pretty(self);
        json.map_err(|error| KeychainError::Note(error.to_string()))
            .and_then(|json| {
                write_private(&data_dir.join(NOTE_FILE), &json)
                    .map_err(|error| KeychainError::Note(error.to_string()))
            })
    }
}
