//! How many messages the server half takes in a second: its ceiling, so that nobody mistakes it for
//! somebody else's.

use crate::{Linking, Options, Sim, start};
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct BenchOptions {
    /// Accounts that send at once.
    pub accounts: usize,
    /// For how long.
    pub length: Duration,
    /// Messages of an account without an ack at any time.
    pub in_flight: usize,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Accounts that sent.
    pub accounts: usize,
    /// Messages with ack 1.
    pub messages: usize,
    /// In how many seconds.
    pub seconds: f64,
    /// From a send to its ack 1, in the middle.
    pub median: Duration,
    /// And for all but one in a hundred.
    pub p99: Duration,
}

impl Figures {
    /// Messages acknowledged in a second, by all accounts together.
    pub fn per_second(&self) -> f64 {
        let messages = u32::try_from(self.messages).unwrap_or(u32::MAX);
        f64::from(messages) / self.seconds
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} accounts at once: {:.0} messages/s ({} in {:.1} s, three ticks each; send to ack 1: median {:.1} ms, p99 {:.1} ms; its clients ran in the same process)",
            self.accounts,
            self.per_second(),
            self.messages,
            self.seconds,
            self.median.as_secs_f64() * 1000.0,
            self.p99.as_secs_f64() * 1000.0,
        )
    }
}

/// Runs a rehearsal of its own in `folder` and sends to it as fast as it answers.
pub async fn bench(folder: &Path, options: BenchOptions) -> anyhow::Result<Figures> {
    let mut rehearsal = Options::new(folder);
    rehearsal.knobs.ack_ms = 0;
    rehearsal.knobs.delivered_ms = 0;
    rehearsal.knobs.read_ms = 0;
    let running = start(rehearsal).await?;
    let url = format!("ws://{}/ws", running.address());
    let mut clients = Vec::new();
    for number in 0..options.accounts {
        let phone = format!("+551196{number:07}");
        clients.push(Client::link(running.sim(), &url, &phone).await?);
    }
    let began = Instant::now();
    let until = began + options.length;
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|client| tokio::spawn(client.send(options.in_flight, until)))
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await??);
    }
    let seconds = began.elapsed().as_secs_f64();
    let left = running.sim().history().len();
    running.stop().await?;
    if left != waits.len() {
        bail!(
            "{} messages were acknowledged, but {left} left",
            waits.len()
        );
    }
    waits.sort_unstable();
    let at = |part: usize| waits.get(waits.len() * part / 100).copied();
    Ok(Figures {
        accounts: options.accounts,
        messages: waits.len(),
        seconds,
        median: at(50).context("nothing was acknowledged")?,
        p99: at(99).context("nothing was acknowledged")?,
    })
}

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    async fn link(sim: &Sim, url: &str, phone: &str) -> anyhow::Result<Self> {
        let (socket, _) = connect_async(url).await?;
        let mut client = Self { socket };
        client
            .say(
                &json!({"type": "hello", "token": null, "noise": "n", "identity": "i", "adv": "a"}),
            )
            .await?;
        let code = client.hear("qr").await?;
        let value = code["value"].as_str().unwrap_or_default();
        match sim.scan(value, phone, None) {
            Ok(Linking::Linked(_)) => {}
            Ok(Linking::Passkey) => bail!("{phone} wants a passkey"),
            Err(problem) => bail!("{phone} was not linked: {}", problem.message),
        }
        client.hear("welcome").await?;
        Ok(client)
    }

    /// Keeps so many messages in flight until the time is over, and waits for the last ticks; returns
    /// how long each message waited for ack 1.
    async fn send(mut self, in_flight: usize, until: Instant) -> anyhow::Result<Vec<Duration>> {
        let mut waits = Vec::new();
        let mut open: HashMap<String, Instant> = HashMap::new();
        let mut unread = 0_usize;
        let mut number = 0_u64;
        loop {
            while open.len() < in_flight && Instant::now() < until {
                let id = format!("3EB0{number:018X}");
                self.say(&json!({"type": "message", "id": id, "chat": "5511970000001@c.us", "body": "A message of the usual length, with a name and a question in it?"}))
                    .await?;
                open.insert(id, Instant::now());
                number += 1;
                unread += 1;
            }
            if unread == 0 {
                return Ok(waits);
            }
            let stanza = self.hear("stanza").await?;
            self.say(&json!({"type": "received", "seq": stanza["seq"]}))
                .await?;
            let sent = open.remove(stanza["id"].as_str().unwrap_or_default());
            waits.extend(sent.map(|sent| sent.elapsed()));
            if stanza["ack"] == 3 {
                unread -= 1;
            }
        }
    }

    async fn say(&mut self, word: &Value) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(word.to_string())).await?)
    }

    async fn hear(&mut self, kind: &str) -> anyhow::Result<Value> {
        loop {
            let frame = self.socket.next().await.context("the server hung up")??;
            if let Message::Text(text) = frame {
                let word: Value = serde_json::from_str(&text)?;
                if word["type"] == kind {
                    return Ok(word);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_message_of_ten_accounts_at_once_is_acknowledged_and_leaves_once() {
        let folder = tempfile::tempdir().unwrap();
        let options = BenchOptions {
            accounts: 10,
            length: Duration::from_millis(300),
            in_flight: 5,
        };
        let figures = bench(folder.path(), options).await.unwrap();
        assert!(figures.messages >= 50, "all ten sent: {figures}");
    }
}
