//! The binary `hotdesk-server`. Exit codes: 0 stopped as asked, 1 failed, 2 wrong configuration or
//! flags, 3 the address is not to be had, 4 the database cannot be used, 5 a log does not hold.

mod verify;

use anyhow::Context;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use hotdesk_protocol::ids::SdrId;
use hotdesk_server::config::{ConfigError, ConfigFile};
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::{Credentials, OpenError, Person, Role};
use hotdesk_server::{Database, Options, PasswordCost, StartError, hash_password, start};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// The reference queue server of Hotdesk: keeps who sends what, to whom, and what became of it.
#[derive(Parser)]
#[command(name = "hotdesk-server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the queue until SIGTERM or Ctrl+C.
    ///
    /// Prints one line on stdout when it is ready: `hotdesk-server listening on http://ADDRESS:PORT`.
    /// Logs go to stderr. It speaks plain HTTP: for other machines put a TLS proxy before it.
    Serve(Serve),
    /// Fill a data file with a sample office, for demos and tests; repeatable.
    ///
    /// SDRs john, jane, bob (e-mail NAME@hotdesk.example) and manager@hotdesk.example, password
    /// hotdesk-demo.
    Seed(Seed),
    /// Add a person, or give one a new password. The password is read from stdin's first line.
    AddPerson(AddPerson),
    /// Check an exported log of a message, without a server.
    VerifyProof(verify::VerifyProof),
    /// Check the log of every message in a database.
    CheckLog(verify::CheckLog),
    /// Bring a database to this version; `serve` does so too.
    Migrate(Migrate),
}

#[derive(Args)]
struct Serve {
    /// A TOML file with the keys listen, database, files_dir, lease_ms, review_after_ms, max_image_bytes,
    /// max_document_bytes, adapter_pack_dir, log_level.
    #[arg(long, env = "HOTDESK_SERVER_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8750]; port 0 takes a free one.
    #[arg(long, env = "HOTDESK_SERVER_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The data file [default: hotdesk-server.sqlite], created if there is none; or
    /// postgres://USER@HOST/DATABASE, with its password from PGPASSWORD.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    database: Option<Database>,
    /// Where the bytes of files lie [default: beside the data file; for PostgreSQL the folder
    /// hotdesk-server-files]. Several servers on one database share it.
    #[arg(long, env = "HOTDESK_SERVER_FILES_DIR", value_name = "FOLDER")]
    files_dir: Option<PathBuf>,
    /// How long a lease lasts, in ms [default: 60000].
    #[arg(long, env = "HOTDESK_SERVER_LEASE_MS", value_name = "MS",
          value_parser = clap::value_parser!(u32).range(1_000..=3_600_000))]
    lease_ms: Option<u32>,
    /// Where adapter packs for the desktops are put; none are served without.
    #[arg(long, env = "HOTDESK_SERVER_ADAPTER_PACK_DIR", value_name = "FOLDER")]
    adapter_pack_dir: Option<PathBuf>,
    /// What is logged: error, warn, info, debug, or a tracing filter [default: info].
    #[arg(long, env = "HOTDESK_SERVER_LOG_LEVEL", value_name = "FILTER")]
    log_level: Option<String>,
}

#[derive(Args)]
struct Seed {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    database: Database,
    /// Yes, the sample office: there is no other.
    #[arg(long, required = true)]
    sample_office: bool,
    /// How many messages are queued in all.
    #[arg(long, default_value_t = 30)]
    messages: u32,
    /// How many SDRs; ten leads each.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10))]
    sdrs: u32,
    /// Least time between two sends of one SDR, in ms.
    #[arg(long, default_value_t = 300)]
    gap_ms: u32,
    /// Most messages a day for one SDR.
    #[arg(long, default_value_t = 100_000)]
    daily_messages: u32,
}

#[derive(Args)]
struct AddPerson {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    database: Database,
    /// Their id: lowercase letters, digits, hyphens; at most 64.
    #[arg(long, value_parser = person_id)]
    id: SdrId,
    /// Their e-mail.
    #[arg(long)]
    email: String,
    /// Their name.
    #[arg(long)]
    name: String,
    /// sdr, manager or admin.
    #[arg(long, default_value = "sdr", value_parser = role)]
    role: Role,
}

#[derive(Args)]
struct Migrate {
    /// The data file, created if there is none; or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = database())]
    database: Database,
    /// Only print the SQL that would be run.
    #[arg(long)]
    dry_run: bool,
}

/// Takes every word: a refusal by clap would repeat it, password and all.
fn database() -> impl TypedValueParser<Value = Database> {
    OsStringValueParser::new().map(Database::from)
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

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| {
            runtime.block_on(async {
                match command {
                    Command::Serve(serve) => run(serve).await,
                    Command::Seed(seed) => fill(seed).await,
                    Command::AddPerson(person) => add(person).await,
                    Command::VerifyProof(it) => say(&verify::proof(&it)?),
                    Command::CheckLog(it) => say(&verify::log(&it).await?),
                    Command::Migrate(it) => migrate(it).await,
                }
            })
        });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "hotdesk-server: {error:#}");
            ExitCode::from(exit_code(&error))
        }
    }
}

fn exit_code(error: &anyhow::Error) -> u8 {
    if error.is::<ConfigError>() {
        return 2;
    }
    if error.is::<OpenError>() {
        return 4;
    }
    if error.is::<verify::DoesNotHold>() {
        return 5;
    }
    match error.downcast_ref::<StartError>() {
        Some(StartError::Listen { .. }) => 3,
        Some(StartError::Open(_)) => 4,
        Some(StartError::Password(_)) | None => 1,
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let file = match &serve.config {
        Some(path) => ConfigFile::read(path)?,
        None => ConfigFile::default(),
    };
    let level = serve.log_level.or(file.log_level);
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(EnvFilter::try_new(level.as_deref().unwrap_or("info"))?)
        .init();
    let database = serve.database.or(file.database);
    let mut options = Options::new(database.unwrap_or_else(|| "hotdesk-server.sqlite".into()));
    options.files_dir = serve.files_dir.or(file.files_dir);
    options.listen = serve
        .listen
        .or(file.listen)
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8750)));
    options.lease_ms = serve.lease_ms.or(file.lease_ms).unwrap_or(options.lease_ms);
    options.review_after_ms = file.review_after_ms.unwrap_or(options.review_after_ms);
    let limits = &mut options.file_limits;
    limits.image_bytes = file.max_image_bytes.unwrap_or(limits.image_bytes);
    limits.document_bytes = file.max_document_bytes.unwrap_or(limits.document_bytes);
    options.adapter_pack_dir = serve.adapter_pack_dir.or(file.adapter_pack_dir);
    let mut stop = pin_stop()?;
    let running = start(options).await?;
    if !running.address().ip().is_loopback() {
        tracing::warn!(
            "other machines can reach this server in plain HTTP; put a TLS proxy before it"
        );
    }
    say(&format!("hotdesk-server listening on {}", running.url()))?;
    stop.wait().await;
    tracing::info!("stopping");
    running.stop().await;
    tracing::info!("stopped; all that was accepted is in the database");
    Ok(())
}

#[cfg(unix)]
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Signals are caught from here on, so that one during the start is not lost.
#[cfg(unix)]
fn pin_stop() -> anyhow::Result<Stop> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok(Stop {
        terminate: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
    })
}

#[cfg(windows)]
struct Stop(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Stop {
    async fn wait(&mut self) {
        self.0.recv().await;
    }
}

/// Ctrl+C is caught from here on, so that one during the start is not lost.
#[cfg(windows)]
fn pin_stop() -> anyhow::Result<Stop> {
    Ok(Stop(tokio::signal::windows::ctrl_c()?))
}

async fn migrate(it: Migrate) -> anyhow::Result<()> {
    if it.dry_run {
        return say(&it.database.plan().await?);
    }
    it.database.open().await?;
    say(&format!("{} is of this version", it.database))
}

async fn fill(seed: Seed) -> anyhow::Result<()> {
    let store = seed.database.open().await?;
    let sample = SampleOffice {
        sdrs: seed.sdrs,
        messages: seed.messages,
        gap_ms: seed.gap_ms,
        daily_messages: seed.daily_messages,
        password_cost: PasswordCost::default(),
    };
    let now = (Options::new(seed.database).clock)();
    let seeded = sample_office(&*store, sample, now).await?;
    say(&seeded.to_string())
}

async fn add(person: AddPerson) -> anyhow::Result<()> {
    let store = person.database.open().await?;
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(
        (10..=1_024).contains(&password.len()),
        "a password has 10 to 1024 bytes; nobody was added"
    );
    let password_hash = hash_password(password, PasswordCost::default())?;
    let id = person.id.clone();
    store
        .put_person(Credentials {
            person: Person {
                id: person.id,
                email: person.email,
                name: person.name,
                role: person.role,
            },
            password_hash,
        })
        .await?;
    say(&format!("{id} can sign in"))
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
