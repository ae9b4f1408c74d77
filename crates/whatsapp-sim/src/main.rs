//! `whatsapp-sim`: the rehearsal WhatsApp as a program.

use anyhow::Context;
use clap::{Parser, Subcommand};
use hotdesk_whatsapp_sim::{BenchOptions, CodeLives, Knobs, Options, Weight, bench, start};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A local WhatsApp Web look-alike for demos and tests. Nothing it does reaches a real person.
#[derive(Parser)]
#[command(name = "whatsapp-sim", version, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    instead: Option<Instead>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "WHATSAPP_SIM_LISTEN", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder for accounts, chats and the history of what really left.
    #[arg(long, env = "WHATSAPP_SIM_DATA", required = true)]
    data: Option<PathBuf>,
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
    /// How much a page weighs: heavy is as much script, memory and storage as the real page.
    #[arg(long, value_enum, default_value_t = Weight::Light)]
    weight: Weight,
    /// More knobs as JSON, as for POST /control/knobs.
    #[arg(long, default_value = "{}")]
    knobs: String,
}

/// What else the program does.
#[derive(Subcommand)]
enum Instead {
    /// Measure how many messages the rehearsal takes in a second, and end.
    Bench {
        /// Accounts that send at once.
        #[arg(long, default_value_t = 10)]
        accounts: usize,
        /// For how long.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// Messages of an account without an ack at any time.
        #[arg(long, default_value_t = 10)]
        in_flight: usize,
    },
}

async fn measure(options: BenchOptions) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("whatsapp-sim-bench-{}", std::process::id()));
    let figures = bench(&folder, options).await;
    std::fs::remove_dir_all(&folder).context("the measure's folder cannot be removed")?;
    writeln!(std::io::stdout(), "whatsapp-sim bench: {}", figures?)?;
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    if let Some(Instead::Bench {
        accounts,
        seconds,
        in_flight,
    }) = arguments.instead
    {
        let length = Duration::from_secs(seconds);
        return measure(BenchOptions {
            accounts,
            length,
            in_flight,
        })
        .await;
    }
    let knobs: Knobs =
        serde_json::from_str(&arguments.knobs).context("--knobs is not an object of knobs")?;
    let options = Options {
        listen: arguments.listen,
        data: arguments.data.context("--data is missing")?,
        codes: CodeLives {
            first_ms: arguments.qr_first_ms,
            next_ms: arguments.qr_next_ms,
        },
        knobs: Knobs {
            ack_ms: arguments.ack_ms,
            delivered_ms: arguments.delivered_ms,
            read_ms: arguments.read_ms,
            weight: match arguments.weight {
                Weight::Heavy => Weight::Heavy,
                Weight::Light => knobs.weight,
            },
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
