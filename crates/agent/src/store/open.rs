//! Opening the file: key first, then the rules, the checks and the tables.

use super::error::StoreError;
use super::schema;
use crate::keychain::DatabaseKey;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, ffi};
use std::path::Path;
use std::time::Duration;

/// Only this process opens the file; a wait means a backup program or a person looks at it.
const BUSY: Duration = Duration::from_secs(2);
/// The first version without the WAL-reset bug.
const OLDEST_SQLITE: i32 = 3_051_003;

pub(super) fn open(file: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    let mut db = keyed(file, key)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;",
    )
    .map_err(|error| unusable(&error))?;
    check(&db)?;
    schema::migrate(&mut db)?;
    Ok(db)
}

/// The file under its key, proven to be the right one; nothing is written yet.
pub(super) fn keyed(file: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    gate()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).map_err(|error| unusable(&error))?;
    // SQLite opens what it may not write all the same, and never tries again.
    if db.is_readonly(MAIN_DB).map_err(|error| unusable(&error))? {
        return Err(StoreError::Unusable {
            reason: "it is read-only".to_owned(),
        });
    }
    db.execute_batch(key.statement().expose())
        .map_err(|_| StoreError::WrongKey)?;
    let cipher: String = db
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .map_err(|_| StoreError::Unsafe {
            what: "its SQLite does not encrypt".to_owned(),
        })?;
    tracing::debug!(cipher, sqlite = rusqlite::version(), "Opening the database");
    db.busy_timeout(BUSY).map_err(|error| unusable(&error))?;
    // One plan for each statement, whatever is bound: otherwise clearing what was bound, as is done
    // after each use of a kept statement, makes SQLite parse and plan it anew at the next.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| unusable(&error))?;
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| unusable(&error))?;
    Ok(db)
}

fn gate() -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::Unsafe {
            what: format!("SQLite {} is too old", rusqlite::version()),
        });
    }
    Ok(())
}

/// Every page's seal, then the tree's shape.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    let damaged = |what: String| StoreError::Damaged { what };
    let mut seals = db
        .prepare("PRAGMA cipher_integrity_check")
        .map_err(|error| unusable(&error))?;
    let broken = seals
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(|rows| rows.collect::<Result<Vec<_>, _>>())
        .map_err(|error| unusable(&error))?;
    if !broken.is_empty() {
        return Err(damaged(format!("{} pages fail their seal", broken.len())));
    }
    let shape: String = db
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| unusable(&error))?;
    if shape != "ok" {
        return Err(damaged("its tables do not hold together".to_owned()));
    }
    Ok(())
}

fn unusable(error: &rusqlite::Error) -> StoreError {
    if is_damage(error) {
        return StoreError::Damaged {
            what: "its pages cannot be read".to_owned(),
        };
    }
    let error = StoreError::from_sqlite(error);
    if let StoreError::Failed { what } = error {
        StoreError::Unusable {
            reason: what.to_owned(),
        }
    } else {
        error
    }
}

/// The file's bytes are not what was written; a disk that merely fails is another matter.
fn is_damage(error: &rusqlite::Error) -> bool {
    let Some(error) = error.sqlite_error() else {
        return false;
    };
    let broken_reads = [ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS];
    error.code == ErrorCode::DatabaseCorrupt || broken_reads.contains(&error.extended_code)
}
