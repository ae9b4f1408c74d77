//! Why the key is not to be had, in words for a person.

use super::NOTE_FILE;
use hotdesk_protocol::{Problem, ProblemCode};

/// Why the key is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// No keyring runs, and the database was set up with one.
    #[error(
        "The system's keyring cannot be reached ({reason}). It holds the key of Hotdesk's database ({backend}); nothing was changed or lost. Start and unlock the keyring (on Linux: gnome-keyring or KWallet, in a normal desktop session), then start Hotdesk again."
    )]
    NoKeyring {
        /// What the keyring said.
        reason: String,
        /// The keyring the database was set up with.
        backend: String,
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
    /// The key is in a keyring of another kind.
    #[error(
        "Hotdesk's database was set up with another keyring ({was}) than the one that answers now ({now}), which does not have its key. No new key was made and nothing was changed. Start Hotdesk where the first keyring is, or move the folder {data_dir} aside and sign the SDRs in again."
    )]
    ChangedBackend {
        /// The keyring the database was set up with.
        was: String,
        /// The keyring that was asked.
        now: String,
        /// Where the database is.
        data_dir: String,
    },
    /// Nothing says how the database's key is had.
    #[error(
        "Hotdesk's database is here but the file {NOTE_FILE} beside it, which says how its key is had, is gone. No new key was made and nothing was changed. Put the file back from a backup and start again. If it is gone for good, move the folder {data_dir} aside and sign the SDRs in again."
    )]
    NoteMissing {
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
            | Self::ChangedBackend { .. }
            | Self::NoteMissing { .. }
            | Self::Note(_) => ProblemCode::KeychainFailed,
        }
    }
}

impl From<&KeychainError> for Problem {
    fn from(error: &KeychainError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Only the kind and the platform's words: other variants carry the secret itself.
pub(super) fn reason(error: &keyring_core::Error) -> String {
    use keyring_core::Error;
    match error {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => inner.to_string(),
        Error::NoEntry => "it has no such entry".to_owned(),
        Error::Ambiguous(_) => "it holds more than one key of this name".to_owned(),
        Error::NoDefaultStore => "there is none".to_owned(),
        Error::BadStoreFormat(words) | Error::NotSupportedByStore(words) => words.clone(),
        Error::TooLong(_, _) | Error::Invalid(_, _) => "it takes no such entry".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(_, _) | _ => {
            "what it holds is damaged".to_owned()
        }
    }
}
