//! Why the store does not do what was asked.

use hotdesk_protocol::{Problem, ProblemCode};
use rusqlite::ErrorCode;

/// Why the store does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file or the thread cannot be made.
    #[error(
        "Hotdesk's database cannot be opened: {reason}. Nothing was changed. Check the rights of the data directory and the free space, and start again."
    )]
    Unusable {
        /// What the system said.
        reason: String,
    },
    /// The key does not open it.
    #[error(
        "Hotdesk's database cannot be read with its key: the key is another one, or the file is damaged. Nothing was changed. Restore the keyring, or hotdesk.db and hotdesk.key.json together, from a backup, or move the data directory aside and sign the SDRs in again."
    )]
    WrongKey,
    /// A check found damage.
    #[error(
        "Hotdesk's database is damaged ({what}) and there is no good copy of it. Nothing was sent and nothing was changed. Restore hotdesk.db from a backup, or move the data directory aside and sign the SDRs in again; the queue server still knows every message."
    )]
    Damaged {
        /// What the check said.
        what: String,
    },
    /// It was written by a newer Hotdesk.
    #[error(
        "Hotdesk's database was written by a newer version (format {found}, this one knows {known}). Nothing was changed. Install the newer version again."
    )]
    Newer {
        /// The file's format.
        found: i64,
        /// The newest format this version knows.
        known: i64,
    },
    /// The library is not the one it must be.
    #[error(
        "This build of Hotdesk cannot keep its database safe ({what}). Nothing was changed. Install a released version."
    )]
    Unsafe {
        /// What is wrong with it.
        what: String,
    },
    /// A write did not happen.
    #[error(
        "Hotdesk's database cannot be written ({what}). Without it nothing is sent, so nothing is lost or sent twice. Free some disk space, check the rights of the data directory, then resume."
    )]
    Failed {
        /// SQLite's kind of failure.
        what: &'static str,
    },
    /// The store was closed.
    #[error("Hotdesk is shutting down; nothing more is written. Nothing is lost.")]
    Closed,
}

impl StoreError {
    /// The code a caller may branch on.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::WrongKey => ProblemCode::KeychainFailed,
            Self::Unusable { .. }
            | Self::Damaged { .. }
            | Self::Newer { .. }
            | Self::Unsafe { .. }
            | Self::Failed { .. }
            | Self::Closed => ProblemCode::StoreFailed,
        }
    }

    /// Whether a copy of the file may help. The key has been checked against its
    /// fingerprint before the file is opened, so a file it does not open is not what was written.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::WrongKey | Self::Damaged { .. } => true,
            Self::Unusable { .. }
            | Self::Newer { .. }
            | Self::Unsafe { .. }
            | Self::Failed { .. }
            | Self::Closed => false,
        }
    }

    /// SQLite's own message may quote a statement's values, so only its kind is kept.
    pub(super) fn from_sqlite(error: &rusqlite::Error) -> Self {
        let what = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "the disk is full",
            Some(ErrorCode::ReadOnly) => "it is read-only",
            Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => "access is denied",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another program holds it",
            Some(ErrorCode::SystemIoFailure) => "the disk fails",
            Some(ErrorCode::DatabaseCorrupt) => "it is damaged",
            Some(ErrorCode::NotADatabase) => return Self::WrongKey,
            _ => "the write was refused",
        };
        Self::Failed { what }
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
