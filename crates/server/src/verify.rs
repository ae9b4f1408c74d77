//! `verify-proof` and `check-log`: whether a log is what the server wrote.

use anyhow::Context;
use clap::Args;
use hotdesk_server::Database;
use hotdesk_server::store::proof::{LogHash, Proof};
use hotdesk_server::store::rules::state_name;
use std::path::PathBuf;
use thiserror::Error;

/// Most bytes of an export that is read.
const MAX_PROOF_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Args)]
pub struct VerifyProof {
    /// What `GET /api/messages/{id}/proof` answered.
    file: PathBuf,
    /// A hash noted from an earlier export, which must be one of this log's.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    noted: Option<LogHash>,
}

#[derive(Args)]
pub struct CheckLog {
    /// The data file, or postgres://USER@HOST/DATABASE.
    #[arg(long, env = "HOTDESK_SERVER_DATABASE", hide_env_values = true,
          value_name = "FILE|URL", value_parser = crate::cli::database())]
    database: Database,
}

/// A log is not what the server wrote.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct DoesNotHold(String);

fn hash(text: &str) -> Result<LogHash, String> {
    LogHash::parse(text).ok_or_else(|| "a hash has 64 hex digits".to_owned())
}

/// Says what the proof shows.
pub fn proof(verify: &VerifyProof) -> anyhow::Result<String> {
    let path = verify.file.display();
    let size = std::fs::metadata(&verify.file)
        .with_context(|| format!("{path} cannot be read"))?
        .len();
    anyhow::ensure!(
        size <= MAX_PROOF_BYTES,
        "{path} is larger than {MAX_PROOF_BYTES} bytes; it is no proof of one message"
    );
    let text = std::fs::read(&verify.file).with_context(|| format!("{path} cannot be read"))?;
    let proof: Proof = serde_json::from_slice(&text)
        .map_err(|error| DoesNotHold(format!("{path} is no proof of this server ({error})")))?;
    let checked = match verify.noted {
        Some(noted) => proof.ends_in(noted),
        None => proof.check(),
    };
    checked.map_err(|flaw| {
        DoesNotHold(format!(
            "the log of message {} does not hold: {flaw}. Do not rely on it; compare it with an export kept elsewhere.",
            proof.message_id
        ))
    })?;
    Ok(format!(
        "the log of message {} holds: {} events, it stands at {}, head {}",
        proof.message_id,
        proof.events.len(),
        state_name(proof.state),
        proof.head
    ))
}

/// Says that every log of a database holds.
pub async fn log(check: &CheckLog) -> anyhow::Result<String> {
    let database = &check.database;
    if let Database::File(path) = database {
        anyhow::ensure!(path.exists(), "there is no data file {database}");
    }
    let found = database.open().await?.check_logs().await?;
    if found.holds() {
        return Ok(format!("the logs of all {} messages hold", found.messages));
    }
    let mut words = vec![format!(
        "the log in {database} is not what the server wrote"
    )];
    if found.missing > 0 {
        words.push(format!("{} events are missing", found.missing));
    }
    for broken in &found.broken {
        words.push(format!("message {}: {}", broken.message_id, broken.flaw));
    }
    Err(DoesNotHold(words.join("\n  ")).into())
}
