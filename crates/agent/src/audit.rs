//! Keeps what people do on this machine, and tells the server.
//!
//! An entry is on the disk, encrypted like everything there, before its act is answered; the server
//! gets it under the sign-in of the SDR it is about, those about the window under anybody's.

use crate::clock::Clock;
use crate::pages::Pages;
use crate::queue_client::{Audited, Desk, QueueClient, QueueError, Retry, Token};
use crate::runner::Shared;
use crate::store::{Store, StoreError};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{
    AuditAct, AuditActor, AuditEntry, AuditRequest, MOST_CHARS, MOST_ENTRIES,
};
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use std::sync::Arc;
use tokio::sync::Notify;

/// Messages that leave are told this late at most.
const EVERY_MS: u64 = 60_000;
/// A server that does not take them is asked again so much later.
const AGAIN_MS: u64 = 10 * 60_000;
/// What the server has stays here for so long.
const KEPT_MS: i64 = 90 * 24 * 3_600_000;

/// Something that was done.
pub(crate) struct Deed {
    /// About whose session; none where it is about the window.
    pub(crate) sdr: Option<SdrId>,
    pub(crate) actor: AuditActor,
    pub(crate) who: Option<String>,
    pub(crate) act: AuditAct,
    pub(crate) message: Option<MessageId>,
    pub(crate) note: Option<&'static str>,
}

/// Where deeds are kept.
pub(crate) struct Audit {
    store: Store,
    clock: Clock,
    news: Notify,
}

impl Audit {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            clock,
            news: Notify::new(),
        }
    }

    /// Keep it. What cannot be kept is said in the log and stops nobody: a pause or a lock must not
    /// wait for a full disk.
    pub(crate) async fn keep(&self, deed: Deed) {
        let Deed {
            sdr,
            actor,
            who,
            act,
            message,
            note,
        } = deed;
        let kept = self.store.put_audit(AuditEntry {
            id: uuid::Uuid::now_v7().to_string(),
            at_ms: self.clock.now().utc,
            sdr_id: sdr,
            actor,
            who: who.map(|who| who.chars().take(MOST_CHARS).collect()),
            act,
            message_id: message,
            note: note.map(str::to_owned),
        });
        if let Err(error) = kept.await {
            tracing::error!(problem.code = ?error.code(), "What was done could not be kept in the audit");
        }
        self.news.notify_one();
    }

    async fn news(&self) {
        self.news.notified().await;
    }
}

/// Tell at once what a person did, and every minute what has left, until the agent is gone.
pub(crate) async fn tell_on<P: Pages>(shared: Arc<Shared<P>>) {
    loop {
        let answer = tell_all(&shared).await;
        let wake = shared.clock.now().boot.after(wait_ms(&answer));
        match answer {
            Ok(()) => tokio::select! {
                () = shared.clock.until(wake) => {}
                () = shared.audit.news() => {}
            },
            // News change nothing about that.
            Err(error) => {
                tracing::info!(problem.code = ?error.code(), "The server has not taken the audit");
                shared.clock.until(wake).await;
            }
        }
    }
}

fn wait_ms(answer: &Result<(), QueueError>) -> u64 {
    match answer.as_ref().map_err(QueueError::retry) {
        Ok(()) | Err(Retry::Soon) => EVERY_MS,
        Err(Retry::After(ms)) => ms.max(EVERY_MS),
        Err(Retry::Never) => AGAIN_MS,
    }
}

async fn tell_all<P: Pages>(shared: &Shared<P>) -> Result<(), QueueError> {
    let before = UtcMs(shared.clock.now().utc.0 - KEPT_MS);
    let bearers = match shared.store.purge_audit(before).await {
        Ok(()) => shared.store.bearers().await,
        Err(error) => Err(error),
    };
    let mut failed = Ok(());
    for (sdr, token) in unless_broken(bearers) {
        if shared.office.is_signed_out(&sdr) {
            continue;
        }
        // Whom the server refuses holds nobody else up.
        if let Err(error) = tell(shared, &sdr, token).await {
            failed = Err(error);
        }
    }
    failed
}

/// Tell all that is about this SDR.
pub(crate) async fn tell<P: Pages>(
    shared: &Shared<P>,
    sdr: &SdrId,
    token: Token,
) -> Result<(), QueueError> {
    let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
    let queue = shared.server.of(sdr.clone(), token, desk);
    loop {
        let untold = shared.store.untold_audit(sdr, MOST_ENTRIES).await;
        let entries = unless_broken(untold);
        if entries.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
        match tell_some(&queue, &shared.desktop_id, sdr, entries).await? {
            Audited::Told => {}
            Audited::NoPlace => return Ok(()),
        }
        if let Err(error) = shared.store.told_audit(ids).await {
            tracing::warn!(problem.code = ?error.code(), "The audit will be told again");
            return Ok(());
        }
    }
}

async fn tell_some(
    queue: &QueueClient,
    desktop_id: &DesktopId,
    sdr: &SdrId,
    entries: Vec<AuditEntry>,
) -> Result<Audited, QueueError> {
    let request = AuditRequest {
        sdr_id: sdr.clone(),
        desktop_id: desktop_id.clone(),
        entries,
    };
    queue.audit(&request).await
}

/// A store that does not answer is told of by whoever writes messages; here it is nothing to tell.
fn unless_broken<T>(found: Result<Vec<T>, StoreError>) -> Vec<T> {
    found.unwrap_or_else(|error| {
        tracing::warn!(problem.code = ?error.code(), "The audit could not be read");
        Vec::new()
    })
}
