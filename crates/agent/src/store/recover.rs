//! A database that is damaged, or gone although copies of it are there: the damaged file is put
//! aside, never deleted, and the newest good copy takes its place.
//!
//! The copy is checked whole before anything is moved. A kill between the two moves leaves no
//! database, and the next start does the same again.

use super::backup::{self, copies};
use super::error::StoreError;
use super::open::{check, keyed, open};
use crate::keychain::DatabaseKey;
use crate::profile::sync_parent;
use hotdesk_protocol::{Problem, ProblemCode};
use rusqlite::Connection;
use std::fs;
use std::io::{ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const CHECKED: &str = "hotdesk.restore.new";
const SIDE_FILES: [&str; 2] = ["-wal", "-shm"];

/// What was done about a damaged database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The damaged file's new name; `None` if there was none.
    pub put_aside: Option<String>,
    /// How old the copy was, in minutes.
    pub copy_minutes: u64,
}

impl Recovered {
    /// What happened, what is not lost, and what to do.
    pub fn problem(&self) -> Problem {
        let damaged = match &self.put_aside {
            Some(name) => format!("was damaged and is kept as {name} in the data directory"),
            None => "was gone".to_owned(),
        };
        let age = match self.copy_minutes {
            0 | 1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        Problem::new(
            ProblemCode::StoreFailed,
            format!(
                "Hotdesk's database {damaged}. Its copy, {age} old, was put in its place. No message is lost or sent twice: what was being sent since then is looked up in WhatsApp first, and what WhatsApp does not show goes to review. Check the disk, sign in again whoever asks for it, then resume."
            ),
        )
    }
}

/// Open the database, or the newest good copy in its place.
pub(super) fn open_or_recover(
    file: &Path,
    key: &DatabaseKey,
) -> Result<(Connection, Option<Recovered>), StoreError> {
    let found = if is_gone(file) && copies(file).iter().any(|copy| copy.exists()) {
        Err(StoreError::Damaged {
            what: "the file is gone".to_owned(),
        })
    } else {
        open(file, key)
    };
    match found {
        Ok(db) => Ok((db, None)),
        Err(error) if error.is_damage() => {
            tracing::error!(problem.code = ?error.code(), %error, "The database is damaged");
            let recovered = restore(file, key)?.ok_or(error)?;
            Ok((open(file, key)?, Some(recovered)))
        }
        Err(error) => Err(error),
    }
}

/// SQLite takes an empty file for a new database.
fn is_gone(file: &Path) -> bool {
    fs::metadata(file).map_or(true, |found| found.len() == 0)
}

fn restore(file: &Path, key: &DatabaseKey) -> Result<Option<Recovered>, StoreError> {
    let unusable = |error: std::io::Error| StoreError::Unusable {
        reason: error.to_string(),
    };
    let checked = file.with_file_name(CHECKED);
    for copy in copies(file) {
        let Ok(made) = fs::metadata(&copy).and_then(|found| found.modified()) else {
            continue;
        };
        backup::empty_private(&checked).map_err(unusable)?;
        fs::copy(&copy, &checked).map_err(unusable)?;
        if let Err(error) = is_good(&checked, key) {
            tracing::error!(problem.code = ?error.code(), %error, "A copy is damaged too");
            fs::remove_file(&checked).map_err(unusable)?;
            continue;
        }
        let put_aside = put_aside(file).map_err(unusable)?;
        fs::rename(&checked, file)
            .and_then(|()| sync_parent(file))
            .map_err(unusable)?;
        let age = SystemTime::now().duration_since(made).unwrap_or_default();
        tracing::warn!(
            copy.age_s = age.as_secs(),
            "An older copy of the database was restored"
        );
        return Ok(Some(Recovered {
            put_aside,
            copy_minutes: age.as_secs().div_ceil(60),
        }));
    }
    Ok(None)
}

/// An empty file, too, can be opened and holds together.
fn is_good(copy: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let db = keyed(copy, key)?;
    check(&db)?;
    let restored = db.query_row("SELECT restored FROM desktop", [], |row| row.get(0));
    if restored.unwrap_or(false) {
        return Ok(());
    }
    Err(StoreError::Damaged {
        what: "it is no copy".to_owned(),
    })
}

/// Move the database with the files beside it; `None` if there was none.
fn put_aside(file: &Path) -> IoResult<Option<String>> {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let name = format!("hotdesk.damaged-{}.db", since.as_millis());
    let aside = file.with_file_name(&name);
    for side in SIDE_FILES {
        rename_if_there(&beside(file, side), &beside(&aside, side))?;
    }
    let there = rename_if_there(file, &aside)?;
    Ok(there.then_some(name))
}

fn rename_if_there(from: &Path, to: &Path) -> IoResult<bool> {
    match fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn beside(file: &Path, side: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(side);
    name.into()
}
