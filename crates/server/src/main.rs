//! The binary `hotdesk-server`. Exit codes: 0 stopped as asked, 1 failed, 2 wrong configuration or
//! flags, 3 the address is not to be had, 4 the database cannot be used, 5 a log does not hold.

mod cli;
mod stop;
mod verify;

use anyhow::Context;
use clap::Parser;
use cli::{AddPerson, Backup, Cli, Command, Migrate, Seed, Serve};
use hotdesk_server::config::{ConfigError, ConfigFile, LogFormat};
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::sqlite::{BackupError, back_up};
use hotdesk_server::store::{Credentials, OpenError, Person};
use hotdesk_server::{
    CallLimit, Database, Options, PasswordCost, StartError, hash_password, start,
};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::process::ExitCode;
use stop::Stop;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
        .and_then(|runtime| {
            runtime.block_on(async {
                match command {
                    Command::Serve(serve) => run(*serve).await,
                    Command::Seed(seed) => fill(seed).await,
                    Command::AddPerson(person) => add(person).await,
                    Command::Backup(it) => copy(&it),
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
    if error.is::<OpenError>() || matches!(error.downcast_ref(), Some(BackupError::Source(_))) {
        return 4;
    }
    if error.is::<verify::DoesNotHold>() {
        return 5;
    }
    match error.downcast_ref::<StartError>() {
        Some(StartError::Listen { .. }) => 3,
        Some(StartError::Open(_)) => 4,
        Some(StartError::Password(_) | StartError::Client { .. }) | None => 1,
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let file = match &serve.config {
        Some(path) => ConfigFile::read(path)?,
        None => ConfigFile::default(),
    };
    let level = serve.log_level.or(file.log_level);
    let format = serve.log_format.map(LogFormat::from).or(file.log_format);
    log(
        level.as_deref().unwrap_or("info"),
        format.unwrap_or_default(),
    )?;
    let database = serve.database.or(file.database);
    let mut options = Options::new(database.unwrap_or_else(|| "hotdesk-server.sqlite".into()));
    options.files_dir = serve.files_dir.or(file.files_dir);
    options.listen = serve
        .listen
        .or(file.listen)
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8750)));
    options.metrics_listen = serve.metrics_listen.or(file.metrics_listen);
    options.lease_ms = serve.lease_ms.or(file.lease_ms).unwrap_or(options.lease_ms);
    let review_after_ms = serve.review_after_ms.or(file.review_after_ms);
    options.review_after_ms = review_after_ms.unwrap_or(options.review_after_ms);
    let limits = &mut options.file_limits;
    let image_bytes = serve.max_image_bytes.or(file.max_image_bytes);
    limits.image_bytes = image_bytes.unwrap_or(limits.image_bytes);
    let document_bytes = serve.max_document_bytes.or(file.max_document_bytes);
    limits.document_bytes = document_bytes.unwrap_or(limits.document_bytes);
    let calls = serve.calls_per_second.or(file.calls_per_second);
    if let Some(calls) = calls.and_then(NonZeroU32::new) {
        options.calls = CallLimit::per_second(calls);
    }
    options.adapter_pack_dir = serve.adapter_pack_dir.or(file.adapter_pack_dir);
    let mut stop = Stop::pin()?;
    let running = start(options).await?;
    if !running.address().ip().is_loopback() {
        tracing::warn!(
            "other machines can reach this server in plain HTTP; put a TLS proxy before it"
        );
    }
    if let Some(address) = running.metrics_address() {
        tracing::info!(%address, "metrics are served");
    }
    say(&format!("hotdesk-server listening on {}", running.url()))?;
    stop.wait().await;
    tracing::info!("stopping");
    running.stop().await;
    tracing::info!("stopped; all that was accepted is in the database");
    Ok(())
}

fn log(level: &str, format: LogFormat) -> anyhow::Result<()> {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(EnvFilter::try_new(level)?);
    match format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}

fn copy(backup: &Backup) -> anyhow::Result<()> {
    let Database::File(from) = &backup.database else {
        anyhow::bail!(
            "{} is a PostgreSQL database. Nothing was copied. Use pg_dump.",
            backup.database
        );
    };
    let messages = back_up(from, &backup.to)?;
    say(&format!(
        "{} is a whole copy of {}: {messages} messages",
        backup.to.display(),
        from.display()
    ))
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
