//! Where there is no keyring: the database key is made from a passphrase.
//!
//! The key is what argon2id makes of the passphrase, and not a random key wrapped by it: so nothing
//! secret is in the note beside the database, there is no second cipher, and whoever changes the
//! passphrase because somebody knows it does not leave the old key in use. It is one for the
//! machine, as the database is.

use super::error::KeychainError;
use super::key::DatabaseKey;
use super::note::Note;
use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use hotdesk_protocol::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use zeroize::Zeroize;

const CHARACTERS: RangeInclusive<usize> = 12..=1_000;
const SALT_BYTES: usize = 16;
/// What a note may ask for: never less work than is safe, never more than a machine can do.
const MEMORY_KIB: RangeInclusive<u32> = 64 * 1024..=1024 * 1024;
const PASSES: RangeInclusive<u32> = 3..=16;
const LANES: RangeInclusive<u32> = 1..=4;

/// How a key is made from a passphrase.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Derivation {
    /// Hex.
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Derivation {
    /// Once a start, so it may cost more than a PIN: a second or so.
    fn fresh() -> Result<Self, getrandom::Error> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        Ok(Self {
            salt: hex::encode(salt),
            memory_kib: 256 * 1024,
            passes: 3,
            lanes: 1,
        })
    }

    /// Whether a key can be made this way; else why not.
    pub(super) fn check(&self) -> Result<(), String> {
        let salted = hex::decode(&self.salt).is_ok_and(|salt| salt.len() == SALT_BYTES);
        let bounded = MEMORY_KIB.contains(&self.memory_kib)
            && PASSES.contains(&self.passes)
            && LANES.contains(&self.lanes);
        if salted && bounded {
            Ok(())
        } else {
            Err("it does not say how the key is made from the passphrase".to_owned())
        }
    }

    fn key(&self, passphrase: &Secret<String>) -> Result<DatabaseKey, String> {
        let salt = hex::decode(&self.salt).map_err(|error| error.to_string())?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|error| error.to_string())?;
        let mut bytes = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut bytes)
            .map_err(|error| error.to_string())?;
        let key = DatabaseKey::from_bytes(bytes);
        bytes.zeroize();
        Ok(key)
    }
}

/// What the window asks for before anything starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum PassphraseAsked {
    /// A new one; there is no database yet.
    Choose {
        /// Why no keyring can be reached.
        reason: String,
    },
    /// The one that this machine was set up with.
    Enter,
}

/// A database whose key a person has to type.
pub struct PassphraseLock {
    data_dir: PathBuf,
    state: State,
}

enum State {
    New { reason: String },
    Set { note: Note, derivation: Derivation },
}

impl PassphraseLock {
    pub(super) fn new(data_dir: &Path, reason: String) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            state: State::New { reason },
        }
    }

    pub(super) fn set(data_dir: &Path, note: Note, derivation: Derivation) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            state: State::Set { note, derivation },
        }
    }

    /// What a person is to be asked.
    pub fn asked(&self) -> PassphraseAsked {
        match &self.state {
            State::New { reason } => PassphraseAsked::Choose {
                reason: reason.clone(),
            },
            State::Set { .. } => PassphraseAsked::Enter,
        }
    }

    /// The key that this passphrase makes; a wrong one changes nothing and may be followed by
    /// another. Blocks for a second or so, by intent.
    pub fn open(&self, typed: &Secret<String>) -> Result<DatabaseKey, Problem> {
        match &self.state {
            State::New { .. } => {
                if !CHARACTERS.contains(&typed.expose().chars().count()) {
                    return Err(refused(
                        "A passphrase has 12 to 1,000 characters. Nothing was changed.",
                    ));
                }
                let mut characters = typed.expose().chars();
                let first = characters.next();
                if characters.all(|next| Some(next) == first) {
                    return Err(refused(
                        "This is one character over and over. Choose a few words that only you would put together. Nothing was changed.",
                    ));
                }
                let derivation = Derivation::fresh().map_err(|error| unusable(&error))?;
                let key = derivation.key(typed).map_err(|error| unusable(&error))?;
                Note::of_passphrase(derivation, &key)
                    .write(&self.data_dir)
                    .map_err(|error: KeychainError| Problem::from(&error))?;
                Ok(key)
            }
            State::Set { note, derivation } => {
                let key = derivation.key(typed).map_err(|error| unusable(&error))?;
                if note.is_of(&key) {
                    Ok(key)
                } else {
                    Err(refused(
                        "This is not the passphrase this machine was set up with. Nothing was changed. Type it again.",
                    ))
                }
            }
        }
    }
}

fn refused(words: &str) -> Problem {
    Problem::new(ProblemCode::BadRequest, words)
}

fn unusable(reason: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        ProblemCode::KeychainFailed,
        format!(
            "No key can be made from the passphrase on this machine ({reason}). Nothing was changed. Free some memory, and type it again."
        ),
    )
}
