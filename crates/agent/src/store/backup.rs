//! Copies of the database: one an hour, the last two kept, each whole or not there at all.
//!
//! Every copy says of itself that it is one: what a store that was restored does not know, or knows
//! only from the copy, may have left since. Whoever puts it back, also by hand, is told.

use super::error::StoreError;
use super::open::keyed;
use crate::keychain::DatabaseKey;
use crate::profile::sync_parent;
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};

/// The newest copy and the one before.
pub(super) const COPIES: [&str; 2] = ["hotdesk.backup.db", "hotdesk.backup-old.db"];
const UNFINISHED: &str = "hotdesk.backup.new";

/// Where the copies of a database are, newest first.
pub(super) fn copies(database: &Path) -> [PathBuf; 2] {
    COPIES.map(|name| database.with_file_name(name))
}

/// Make a copy under the same key.
pub(super) fn make(db: &Connection, database: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let unfinished = database.with_file_name(UNFINISHED);
    let [newest, older] = copies(database);
    empty_private(&unfinished).map_err(|error| failed(&error))?;
    let mut copy = keyed(&unfinished, key)?;
    fill(db, &mut copy).map_err(|error| StoreError::from_sqlite(&error))?;
    copy.close()
        .map_err(|(_, error)| StoreError::from_sqlite(&error))?;
    put_in_place(&unfinished, &newest, &older).map_err(|error| failed(&error))
}

fn fill(db: &Connection, copy: &mut Connection) -> rusqlite::Result<()> {
    Backup::new(db, copy)?.run_to_completion(i32::MAX, std::time::Duration::ZERO, None)?;
    // One file, without a log beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    copy.execute_batch(
        "PRAGMA secure_delete = ON;
         BEGIN;
         UPDATE desktop SET restored = 1;
         UPDATE outbox SET row = json_set(row, '$.boot_id', '') WHERE finished = 0;
         COMMIT;",
    )
}

fn put_in_place(unfinished: &Path, newest: &Path, older: &Path) -> IoResult<()> {
    File::options().write(true).open(unfinished)?.sync_all()?;
    match fs::rename(newest, older) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(unfinished, newest)?;
    sync_parent(newest)
}

/// An empty file in the place of whatever an earlier try left; on Unix with mode 0600.
pub(super) fn empty_private(file: &Path) -> IoResult<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::Failed {
        what: if [ErrorKind::StorageFull, ErrorKind::QuotaExceeded].contains(&error.kind()) {
            "the disk is full"
        } else if error.kind() == ErrorKind::PermissionDenied {
            "access is denied"
        } else {
            "the disk fails"
        },
    }
}
