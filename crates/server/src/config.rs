//! The configuration file. Flags win over the environment, which wins over the file.

use crate::database::{Database, without_passwords};
use hotdesk_protocol::file::{MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES};
use serde::{Deserialize, Deserializer, de::Error};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bounds of `lease_ms`: shorter and a slow page loses every lease, longer and a dead desktop's
/// messages wait for hours.
pub const LEASE_MS: RangeInclusive<u32> = 1_000..=3_600_000;

/// Bounds of `review_after_ms`: shorter and a person decides what the desktop would have told after
/// its restart, longer and a chat waits for days.
pub const REVIEW_AFTER_MS: RangeInclusive<u32> = 60_000..=604_800_000;

/// Bounds of `calls_per_second`: fewer and a desktop that sends fast is held back, more and it limits
/// nothing.
pub const CALLS_PER_SECOND: RangeInclusive<u32> = 50..=100_000;

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON object a line, for a program.
    Json,
}

/// What a file may say; every key is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Where to listen, `127.0.0.1:8750`.
    pub listen: Option<SocketAddr>,
    /// Where `/metrics` is served; nowhere if nothing is said.
    pub metrics_listen: Option<SocketAddr>,
    /// The data file, where a relative path counts from the configuration file's folder, or
    /// `postgres://…`.
    pub database: Option<Database>,
    /// Where the bytes of files lie; a relative path counts as `database` does.
    pub files_dir: Option<PathBuf>,
    /// How long a lease lasts.
    #[serde(default, deserialize_with = "lease_ms")]
    pub lease_ms: Option<u32>,
    /// How long after its lease a message that was begun waits before it goes to review.
    #[serde(default, deserialize_with = "review_after_ms")]
    pub review_after_ms: Option<u32>,
    /// The largest picture this server takes.
    #[serde(default, deserialize_with = "max_image_bytes")]
    pub max_image_bytes: Option<u32>,
    /// The largest document.
    #[serde(default, deserialize_with = "max_document_bytes")]
    pub max_document_bytes: Option<u32>,
    /// Where an admin puts adapter packs for the desktops; a relative path counts as `database` does.
    pub adapter_pack_dir: Option<PathBuf>,
    /// How many calls a second one person may make.
    #[serde(default, deserialize_with = "calls_per_second")]
    pub calls_per_second: Option<u32>,
    /// What is logged: `info`, `debug`, or a filter of tracing's.
    pub log_level: Option<String>,
    /// How a line of it is written: `text` or `json`.
    pub log_format: Option<LogFormat>,
}

/// Why a file cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("the configuration file {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// It says something that is not known or not allowed.
    #[error("{path}, line {line}: {reason}\n  {text}")]
    Wrong {
        /// The file.
        path: String,
        /// Counts from 1.
        line: usize,
        /// What is wrong, in one sentence.
        reason: String,
        /// That line.
        text: String,
    },
}

impl ConfigFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        let mut config = Self::parse(&text, path)?;
        if let Some(folder) = path.parent() {
            config.database = config.database.map(|database| database.within(folder));
            config.files_dir = config.files_dir.map(|dir| folder.join(dir));
            config.adapter_pack_dir = config.adapter_pack_dir.map(|dir| folder.join(dir));
        }
        Ok(config)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.get(..start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            ConfigError::Wrong {
                path: path.display().to_string(),
                line,
                reason: without_passwords(&error.message().trim().replace('\n', " ")),
                text: without_passwords(text.lines().nth(line - 1).unwrap_or("").trim()),
            }
        })
    }
}

fn lease_ms<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    within(value, "lease_ms", &LEASE_MS)
}

fn review_after_ms<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    within(value, "review_after_ms", &REVIEW_AFTER_MS)
}

fn max_image_bytes<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    within(value, "max_image_bytes", &(1..=MAX_IMAGE_BYTES))
}

fn max_document_bytes<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    within(value, "max_document_bytes", &(1..=MAX_DOCUMENT_BYTES))
}

fn calls_per_second<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    within(value, "calls_per_second", &CALLS_PER_SECOND)
}

fn within<'de, D: Deserializer<'de>>(
    value: D,
    key: &str,
    bounds: &RangeInclusive<u32>,
) -> Result<Option<u32>, D::Error> {
    let number = u32::deserialize(value)?;
    if bounds.contains(&number) {
        return Ok(Some(number));
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(D::Error::custom(format!(
        "{key} is {least} to {most}, not {number}"
    )))
}
