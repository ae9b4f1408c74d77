//! Which database: a file, or a PostgreSQL server.

use crate::store::postgres::{Address, PostgresStore, plan};
use crate::store::sqlite::SqliteStore;
use crate::store::{OpenError, Store};
use serde::{Deserialize, Deserializer};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the queue is kept. Its words never hold a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A data file, created if there is none.
    File(PathBuf),
    /// `postgres://…`, as it was given.
    Postgres(String),
}

impl Database {
    /// Opens it and brings it to this version.
    pub async fn open(&self) -> Result<Arc<dyn Store>, OpenError> {
        Ok(match self {
            Self::File(path) => Arc::new(SqliteStore::open(path)?),
            Self::Postgres(_) => Arc::new(PostgresStore::open(&self.address()?).await?),
        })
    }

    /// What [`Database::open`] would run first, in words; changes nothing.
    pub async fn plan(&self) -> Result<String, OpenError> {
        let (from, to, sql) = match self {
            Self::File(path) => crate::store::sqlite::plan(path)?,
            Self::Postgres(_) => {
                let planned = plan(&self.address()?).await?;
                (planned.from, planned.to, planned.sql)
            }
        };
        Ok(if from == to {
            format!("-- {self} is of version {to}, there is nothing to run")
        } else {
            format!("-- {self} is of version {from}; this brings it to version {to}\n\n{sql}")
        })
    }

    /// The PostgreSQL address, with the password of `PGPASSWORD` if it has none itself.
    pub(crate) fn address(&self) -> Result<Address, OpenError> {
        let password = std::env::var("PGPASSWORD").ok();
        match self {
            Self::Postgres(url) => Address::parse(url, password.as_deref()),
            Self::File(path) => Err(OpenError::Address {
                database: path.display().to_string(),
                reason: "it is a file".to_owned(),
            }),
        }
    }

    /// Where the bytes of files lie if nothing else is said: beside the data file, or in this folder.
    pub(crate) fn files_dir(&self) -> PathBuf {
        match self {
            Self::File(path) => {
                let mut folder = path.as_os_str().to_owned();
                folder.push("-files");
                folder.into()
            }
            Self::Postgres(_) => "hotdesk-server-files".into(),
        }
    }

    /// A relative file counts from this folder.
    pub(crate) fn within(self, folder: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(folder.join(path)),
            Self::Postgres(url) => Self::Postgres(url),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_passwords(url)),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<OsString> for Database {
    fn from(given: OsString) -> Self {
        match given.to_str() {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Self::Postgres(url.to_owned())
            }
            Some(_) | None => Self::File(given.into()),
        }
    }
}

impl From<&str> for Database {
    fn from(given: &str) -> Self {
        OsString::from(given).into()
    }
}

impl From<PathBuf> for Database {
    fn from(path: PathBuf) -> Self {
        path.into_os_string().into()
    }
}

impl<'de> Deserialize<'de> for Database {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|given| given.as_str().into())
    }
}

/// A text with what may be a PostgreSQL address, without whatever in it may be a password: all
/// between `://` and the last `@`, and the value of `password=`.
pub fn without_passwords(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some(start) = shown.find("://").map(|at| at + 3)
        && let Some(end) = shown.rfind('@')
        && start < end
    {
        let user = shown[start..end].split(':').next().unwrap_or_default();
        shown = format!("{}{user}{}", &shown[..start], &shown[end..]);
    }
    if let Some(start) = shown.find("password=") {
        let value = start + "password=".len();
        let end = shown[value..]
            .find('&')
            .map_or(shown.len(), |at| value + at);
        shown.replace_range(value..end, "…");
    }
    shown
}
