//! The program's commands and flags. What each of `serve` says here is in docs/SERVER-CONFIG.md too.

use crate::verify;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use hotdesk_protocol::file::{MAX_DOCUMENT_BYTES, MAX_IMAGE_BYTES};
use hotdesk_protocol::ids::SdrId;
use hotdesk_server::Database;
use hotdesk_server::config::{CALLS_PER_SECOND, LEASE_MS, LogFormat, REVIEW_AFTER_MS};
use hotdesk_server::store::Role;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// The reference queue server of Hotdesk: keeps who sends what, to whom, and what became of it.
#[derive(Parser)]
#[command(name = "hotdesk-server", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the queue until SIGTERM or Ctrl+C.
    ///
    /// Prints one line on stdout when it is ready: `hotdesk-server listening on http://ADDRESS:PORT`.
    /// Logs go to stderr. It speaks plain HTTP: for other machines put a TLS proxy before it.
    Serve(Box<Serve>),
    /// Fill a data file with a sample office, for demos and tests; repeatable.
    ///
    /// SDRs john, jane, bob (e-mail NAME@hotdesk.example), manager@hotdesk.example and
    /// admin@hotdesk.example, password hotdesk-demo.
    Seed(Seed),
    /// Add a person, or give one a new password. The password is read from stdin's first line.
    AddPerson(AddPerson),
    /// Copy a data file while the server runs, and check the copy.
    ///
    /// The copy is whole or not there at all. The folder with the bytes of files is only ever added to:
    /// copy it afterwards, by any means. For PostgreSQL use pg_dump.
    Backup(Backup),
    /// Check an exported log of a message, without a server.
    VerifyProof(verify::VerifyProof),
    /// Check the log of every message in a database.
    CheckLog(verify::CheckLog),
    /// Bring a database to this version; `serve` does so too.
    Migrate(Migrate),
}

#[derive(Args)]
pub struct Serve {
    /// A TOML file with the keys of docs/SERVER-CONFIG.md, which are these flags with underscores.
    #[arg(long, env = "HOTDESK_SERVER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8750]; port 0 takes a free one.
    #[arg(long, env = "HOTDESK_SERVER_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Where Prometheus finds /metrics, beside /healthz and /readyz; nowhere without. No sign-in is
    /// asked for there: let nobody but the one who watches reach it.
    #[arg(
        long,
        env = "HOTDESK_SERVER_METRICS_LISTEN",
        value_name = "ADDRESS:PORT"
    )]
    pub metrics_listen: Option<SocketAddr>,
    /// The data file [default: hotdesk-server.sqlite], created if there is none; or
    /// postgres://USER@HOST/DATABASE, with its password from PGPASSWORD.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    pub database: Option<Database>,
    /// Where the bytes of files lie [default: beside the data file; for PostgreSQL the folder
    /// hotdesk-server-files]. Several servers on one database share it.
    #[arg(long, env = "HOTDESK_SERVER_FILES_DIR", value_name = "FOLDER")]
    pub files_dir: Option<PathBuf>,
    /// How long a lease lasts, in ms [default: 60000].
    #[arg(long, env = "HOTDESK_SERVER_LEASE_MS", value_name = "MS",
          value_parser = within(LEASE_MS))]
    pub lease_ms: Option<u32>,
    /// How long after its lease a message that was begun waits before it goes to review, in ms
    /// [default: 3600000].
    #[arg(long, env = "HOTDESK_SERVER_REVIEW_AFTER_MS", value_name = "MS",
          value_parser = within(REVIEW_AFTER_MS))]
    pub review_after_ms: Option<u32>,
    /// The largest picture this server takes [default: 16777216, which is the most].
    #[arg(long, env = "HOTDESK_SERVER_MAX_IMAGE_BYTES", value_name = "BYTES",
          value_parser = within(1..=MAX_IMAGE_BYTES))]
    pub max_image_bytes: Option<u32>,
    /// The largest document [default: 67108864, which is the most].
    #[arg(long, env = "HOTDESK_SERVER_MAX_DOCUMENT_BYTES", value_name = "BYTES",
          value_parser = within(1..=MAX_DOCUMENT_BYTES))]
    pub max_document_bytes: Option<u32>,
    /// Where adapter packs for the desktops are put; none are served without.
    #[arg(long, env = "HOTDESK_SERVER_ADAPTER_PACK_DIR", value_name = "FOLDER")]
    pub adapter_pack_dir: Option<PathBuf>,
    /// How many calls a second one person may make, and ten times as many at once [default: 300]; what
    /// is more is answered 429.
    #[arg(long, env = "HOTDESK_SERVER_CALLS_PER_SECOND", value_name = "N",
          value_parser = within(CALLS_PER_SECOND))]
    pub calls_per_second: Option<u32>,
    /// What is logged: error, warn, info, debug, or a tracing filter [default: info].
    #[arg(long, env = "HOTDESK_SERVER_LOG_LEVEL", value_name = "FILTER")]
    pub log_level: Option<String>,
    /// How a line of the log is written [default: text].
    #[arg(long, env = "HOTDESK_SERVER_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormatFlag>,
}

/// [`LogFormat`] as a flag.
#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormatFlag {
    /// For a person.
    Text,
    /// One JSON object a line, for a program.
    Json,
}

impl From<LogFormatFlag> for LogFormat {
    fn from(flag: LogFormatFlag) -> Self {
        match flag {
            LogFormatFlag::Text => Self::Text,
            LogFormatFlag::Json => Self::Json,
        }
    }
}

#[derive(Args)]
pub struct Seed {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    pub database: Database,
    /// Yes, the sample office: there is no other.
    #[arg(long, required = true)]
    pub sample_office: bool,
    /// How many messages are queued in all.
    #[arg(long, default_value_t = 30)]
    pub messages: u32,
    /// How many SDRs; ten leads each.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub sdrs: u32,
    /// Least time between two sends of one SDR, in ms.
    #[arg(long, default_value_t = 300)]
    pub gap_ms: u32,
    /// Most messages a day for one SDR.
    #[arg(long, default_value_t = 100_000)]
    pub daily_messages: u32,
}

#[derive(Args)]
pub struct AddPerson {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    pub database: Database,
    /// Their id: lowercase letters, digits, hyphens; at most 64.
    #[arg(long, value_parser = person_id)]
    pub id: SdrId,
    /// Their e-mail.
    #[arg(long)]
    pub email: String,
    /// Their name.
    #[arg(long)]
    pub name: String,
    /// sdr, manager or admin.
    #[arg(long, default_value = "sdr", value_parser = role)]
    pub role: Role,
}

#[derive(Args)]
pub struct Backup {
    /// The data file.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE", value_parser = database())]
    pub database: Database,
    /// The copy; a file that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

#[derive(Args)]
pub struct Migrate {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    pub database: Database,
    /// Only print the SQL that would be run.
    #[arg(long)]
    pub dry_run: bool,
}

/// Takes every word: a refusal by clap would repeat it, password and all.
pub fn database() -> impl TypedValueParser<Value = Database> {
    OsStringValueParser::new().map(Database::from)
}

fn within(bounds: RangeInclusive<u32>) -> impl TypedValueParser<Value = u32> {
    let (least, most) = bounds.into_inner();
    clap::value_parser!(u32).range(i64::from(least)..=i64::from(most))
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "a role is sdr, manager or admin".to_owned())
}

fn person_id(word: &str) -> Result<SdrId, String> {
    let fits = (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits {
        Ok(SdrId::from(word))
    } else {
        Err("an id is 1 to 64 lowercase letters, digits and hyphens".to_owned())
    }
}

#[cfg(test)]
mod tests;
