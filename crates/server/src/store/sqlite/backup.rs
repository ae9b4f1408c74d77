//! A copy of a data file that is in use, whole or not there at all.

use crate::store::OpenError;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Pages in one step, and the rest between two: a server that writes meanwhile waits for no longer.
const STEP_PAGES: i32 = 1_000;
const REST: Duration = Duration::from_millis(5);

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// What is to be copied cannot be used.
    #[error(transparent)]
    Source(#[from] OpenError),
    /// There is something at its place.
    #[error(
        "{path} is there already. Nothing was copied and nothing was overwritten. Name another file."
    )]
    Taken {
        /// The copy's place.
        path: String,
    },
    /// It cannot be written, or is not whole.
    #[error(
        "the copy {path} could not be made ({reason}). The data file is as it was, and no half copy was left. Check the free space and the rights of that folder, and try again."
    )]
    NotMade {
        /// The copy's place.
        path: String,
        /// What the system or SQLite says.
        reason: String,
    },
}

/// Copies a data file and checks the copy; a server may go on writing meanwhile. Says how many
/// messages the copy has.
pub fn back_up(from: &Path, to: &Path) -> Result<u64, BackupError> {
    let (found, _, _) = super::open::plan(from)?;
    if found == 0 {
        return Err(BackupError::Source(OpenError::NotOurs {
            path: from.display().to_string(),
            reason: "there is no queue in it".to_owned(),
        }));
    }
    let source = open(from).map_err(|error| OpenError::NotOurs {
        path: from.display().to_string(),
        reason: error.to_string(),
    })?;
    if to.exists() {
        return Err(taken(to));
    }
    let unfinished = Unfinished::beside(to).map_err(|error| not_made(to, &error))?;
    let messages = fill(&source, &unfinished.0).map_err(|error| not_made(to, &error))?;
    put_in_place(&unfinished.0, to).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            taken(to)
        } else {
            not_made(to, &error)
        }
    })?;
    Ok(messages)
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags)?;
    source.busy_timeout(Duration::from_secs(5))?;
    Ok(source)
}

fn fill(source: &Connection, to: &Path) -> Result<u64, FillError> {
    let mut copy = Connection::open(to)?;
    // One reading: else every write of the server meanwhile would make it begin anew.
    source.execute_batch("BEGIN")?;
    Backup::new(source, &mut copy)?.run_to_completion(STEP_PAGES, REST, None)?;
    source.execute_batch("COMMIT")?;
    // One file, without a log beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let checked: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if checked != "ok" {
        return Err(FillError::NotWhole(checked));
    }
    let counted = copy.query_row("SELECT count(*) FROM messages", [], |row| row.get(0));
    Ok(counted.map(i64::cast_unsigned)?)
}

#[derive(Debug, Error)]
enum FillError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("the copy is not whole: {0}")]
    NotWhole(String),
}

/// Never over a file that has come there meanwhile.
fn put_in_place(unfinished: &Path, to: &Path) -> std::io::Result<()> {
    File::options().write(true).open(unfinished)?.sync_all()?;
    fs::hard_link(unfinished, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent().filter(|it| !it.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A file beside the copy's place, gone when this is.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(to: &Path) -> std::io::Result<Self> {
        let mut name = to.as_os_str().to_owned();
        name.push(".unfinished");
        let path = PathBuf::from(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn taken(to: &Path) -> BackupError {
    BackupError::Taken {
        path: to.display().to_string(),
    }
}

fn not_made(to: &Path, reason: &dyn std::fmt::Display) -> BackupError {
    BackupError::NotMade {
        path: to.display().to_string(),
        reason: reason.to_string(),
    }
}
