//! Hints between server processes: LISTEN and NOTIFY on a connection of their own. A hint that is lost
//! costs a claim the rest of its poll interval and nothing else, so none is written down, none is
//! waited for, and none is part of a transaction.

use super::address::Address;
use super::open::connect_with;
use crate::hints::{Hint, Hints};
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::ids::SdrId;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Notification};

/// The queue of the SDR whose id is the payload.
const QUEUE: &str = "hotdesk_queue";
/// `sdr` or `qr`, a blank, and the SDR's id; for dashboards only.
const LIVE: &str = "hotdesk_live";
/// How long after a lost connection it is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Everybody's bell; no SDR's id is empty.
const EVERYBODY: &str = "";

/// Rings between the processes on one database.
pub struct Bells(Address);

impl Bells {
    /// Of the processes on this database.
    pub fn new(address: Address) -> Self {
        Self(address)
    }

    /// Tells the others of `hints`' rings and rings theirs here, until `hints` is gone.
    pub fn join(self, hints: &Arc<Hints>) {
        let rings = hints.relay();
        tokio::spawn(relay(self.0, rings, Arc::downgrade(hints)));
    }
}

async fn relay(address: Address, mut rings: mpsc::UnboundedReceiver<Hint>, hints: Weak<Hints>) {
    loop {
        if let Err(error) = listen(&address, &mut rings, &hints).await {
            tracing::warn!(%error, "hints do not reach the other servers for now; claims poll");
        }
        if hints.strong_count() == 0 {
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Ends well when `hints` is gone.
async fn listen(
    address: &Address,
    rings: &mut mpsc::UnboundedReceiver<Hint>,
    hints: &Weak<Hints>,
) -> Result<(), crate::store::OpenError> {
    let (heard, mut notes) = mpsc::unbounded_channel();
    let client = connect_with(address, move |message| {
        if let AsyncMessage::Notification(note) = message {
            let _ = heard.send(note);
        }
    })
    .await?;
    let failed = |error: tokio_postgres::Error| address.unreachable(&error);
    client
        .batch_execute(&format!("LISTEN {QUEUE}; LISTEN {LIVE}"))
        .await
        .map_err(failed)?;
    let own: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .and_then(|row| row.try_get(0))
        .map_err(failed)?;
    // Whatever was rung while nobody listened.
    tell_here(hints, LiveKind::Queue, EVERYBODY);
    loop {
        tokio::select! {
            ring = rings.recv() => match ring {
                Some(hint) => tell(&client, &hint).await.map_err(failed)?,
                None => return Ok(()),
            },
            note = notes.recv() => match note {
                Some(note) => heard_from(&note, own, hints),
                // The connection has ended; the next statement says why.
                None => client.execute("SELECT 1", &[]).await.map(drop).map_err(failed)?,
            },
        }
    }
}

async fn tell(client: &Client, hint: &Hint) -> Result<(), tokio_postgres::Error> {
    let whose = hint.sdr.as_ref().map_or(EVERYBODY, SdrId::as_str);
    let (channel, payload) = match hint.kind {
        LiveKind::Queue => (QUEUE, whose.to_owned()),
        LiveKind::Sdr | LiveKind::Qr => (LIVE, format!("{} {whose}", hint.kind.as_str())),
    };
    let notify = "SELECT pg_notify($1, $2)";
    client
        .execute(notify, &[&channel, &payload])
        .await
        .map(drop)
}

fn heard_from(note: &Notification, own: i32, hints: &Weak<Hints>) {
    if note.process_id() == own {
        return;
    }
    if note.channel() == QUEUE {
        tell_here(hints, LiveKind::Queue, note.payload());
    } else if let Some((kind, whose)) = note.payload().split_once(' ') {
        let kinds = [LiveKind::Sdr, LiveKind::Qr];
        // A word of a later version is no hint here.
        if let Some(kind) = kinds.into_iter().find(|it| it.as_str() == kind) {
            tell_here(hints, kind, whose);
        }
    }
}

fn tell_here(hints: &Weak<Hints>, kind: LiveKind, whose: &str) {
    if let Some(hints) = hints.upgrade() {
        let sdr = (whose != EVERYBODY).then(|| SdrId::from(whose));
        hints.here(Hint { kind, sdr });
    }
}
