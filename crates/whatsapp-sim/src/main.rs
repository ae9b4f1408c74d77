//! `whatsapp-sim`: the rehearsal WhatsApp as a program.

use anyhow::Context;
use clap::Parser;
use hotdesk_whatsapp_sim::{CodeLives, Knobs, Options, start};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A local WhatsApp Web look-alike for demos and tests. Nothing it does reaches a real person.
#[derive(Parser)]
#[command(name = "whatsapp-sim", version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "WHATSAPP_SIM_LISTEN", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder for accounts, chats and the history of what really left.
    #[arg(long, env = "WHATSAPP_SIM_DATA")]
    data: PathBuf,
    /// Life of the first QR code of a series.
    #[arg(long, default_value_t = 60_000)]
    qr_first_ms: u64,
    /// Life of each of the five codes that follow.
    #[arg(long, default_value_t = 20_000)]
    qr_next_ms: u64,
    /// From a message's arrival to ack 1.
    #[arg(long, default_value_t = 100)]
    ack_ms: u64,
    /// From ack 1 to ack 2.
    #[arg(long, default_value_t = 250)]
    delivered_ms: u64,
    /// From ack 2 to ack 3.
    #[arg(long, default_value_t = 350)]
    read_ms: u64,
    /// More knobs as JSON, as for POST /control/knobs.
    #[arg(long, default_value = "{}")]
    knobs: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let knobs: Knobs =
        serde_json::from_str(&arguments.knobs).context("--knobs is not an object of knobs")?;
    let options = Options {
        listen: arguments.listen,
        data: arguments.data,
        codes: CodeLives {
            first_ms: arguments.qr_first_ms,
            next_ms: arguments.qr_next_ms,
        },
        knobs: Knobs {
            ack_ms: arguments.ack_ms,
            delivered_ms: arguments.delivered_ms,
            read_ms: arguments.read_ms,
            ..knobs
        },
    };
    let listen = options.listen;
    let running = start(options)
        .await
        .with_context(|| format!("The rehearsal WhatsApp cannot start on {listen}"))?;
    let mut out = std::io::stdout();
    writeln!(out, "whatsapp-sim listening on {}", running.base_url())?;
    out.flush()?;
    told_to_stop().await?;
    running.stop().await?;
    Ok(())
}

#[cfg(unix)]
async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
