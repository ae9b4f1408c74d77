//! The log: JSON lines in `data_dir/logs`, a file a day. The rules are in docs/LOGGING.md.

use crate::config::LogLevel;
use crate::profile::make_private_dir;
use std::path::Path;
use tracing::Subscriber;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// How many days of logs are kept.
const KEPT_FILES: usize = 14;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The directory or the file cannot be made.
    #[error(
        "The log in {dir} cannot be written: {reason}. Nothing was started. Check the directory's rights and the free space."
    )]
    Unwritable {
        /// Which directory.
        dir: String,
        /// What the system said.
        reason: String,
    },
}

/// What writes the log, and what must be kept until exit so that its last lines are written.
fn subscriber(
    data_dir: &Path,
    level: LogLevel,
) -> Result<(impl Subscriber + Send + Sync, WorkerGuard), LoggingError> {
    let dir = data_dir.join("logs");
    let failed = |reason: String| LoggingError::Unwritable {
        dir: dir.display().to_string(),
        reason,
    };
    make_private_dir(&dir).map_err(|e| failed(e.to_string()))?;
    let file = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("hotdesk")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(&dir)
        .map_err(|e| failed(e.to_string()))?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    // Only our own words: a library at a low level may print a body or an address.
    let level = level.as_str();
    let filter = EnvFilter::new(format!(
        "off,hotdesk={level},hotdesk_app={level},hotdesk_agent={level},hotdesk_engine={level}"
    ));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_span_events(FmtSpan::NONE)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish();
    Ok((subscriber, guard))
}

/// Make it the log of this process; keep the guard until exit.
pub fn init(data_dir: &Path, level: LogLevel) -> Result<WorkerGuard, LoggingError> {
    let (subscriber, guard) = subscriber(data_dir, level)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|e| LoggingError::Unwritable {
        dir: data_dir.display().to_string(),
        reason: e.to_string(),
    })?;
    Ok(guard)
}
