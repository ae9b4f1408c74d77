//! How a call on the database fails, and what that means to the caller.

use crate::store::{Refusal, StoreError};
use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

/// The end of a part of a call.
pub(super) type Done<T> = Result<T, Fault>;

#[derive(Debug)]
pub(super) enum Fault {
    /// No connection is to be had.
    NoConnection(PoolError),
    /// The database refused or was lost before the end of the transaction: nothing was written.
    Database(tokio_postgres::Error),
    /// The commit was not answered: it is written whole or not at all.
    InDoubt(tokio_postgres::Error),
    /// A row holds what the server never writes.
    Unreadable(&'static str),
    /// A value that no column takes.
    Unwritable(String),
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl Fault {
    /// Another transaction was in the way, or a connection of the pool had ended: the same call may
    /// go through at once. Two that insert the same key do not see each other; the second try does.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Database(error) => match error.code() {
                Some(state) => {
                    *state == SqlState::T_R_SERIALIZATION_FAILURE
                        || *state == SqlState::T_R_DEADLOCK_DETECTED
                        || *state == SqlState::UNIQUE_VIOLATION
                }
                None => error.is_closed(),
            },
            Self::NoConnection(_)
            | Self::InDoubt(_)
            | Self::Unreadable(_)
            | Self::Unwritable(_) => false,
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NoConnection(error) => {
                tracing::warn!(%error, "there is no connection to the database");
                Self::Busy
            }
            // Every call is repeatable, so "busy" is true of a commit in doubt as well.
            Fault::Database(error) | Fault::InDoubt(error) => match error.as_db_error() {
                Some(refused) if may_pass(refused.code()) => Self::Busy,
                // A statement of ours is UTF-8, so it is the one character PostgreSQL has no place for.
                Some(refused) if *refused.code() == SqlState::CHARACTER_NOT_IN_REPERTOIRE => {
                    Refusal::Unstorable.into()
                }
                Some(refused) => Self::Failed(told(refused)),
                None if error.is_closed() => Self::Busy,
                None => Self::Failed(error.to_string()),
            },
            Fault::Unreadable(name) => Self::Failed(format!("its column {name} cannot be read")),
            Fault::Unwritable(reason) => Self::Failed(reason),
        }
    }
}

/// Conflicts (40), no resources (53), an operator's stop (57), lost connections (08), a lock not had
/// in time, a standby, a failing disk.
fn may_pass(state: &SqlState) -> bool {
    ["08", "40", "53", "57"]
        .iter()
        .any(|class| state.code().starts_with(class))
        || *state == SqlState::LOCK_NOT_AVAILABLE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
        || *state == SqlState::IO_ERROR
}

/// What PostgreSQL says, without the values it may name: those of a refused value (class 22) are left
/// out, and so are all details.
fn told(refused: &tokio_postgres::error::DbError) -> String {
    let code = refused.code().code();
    if code.starts_with("22") {
        format!("PostgreSQL does not take a value (SQLSTATE {code})")
    } else {
        format!("{} (SQLSTATE {code})", refused.message())
    }
}
