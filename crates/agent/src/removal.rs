//! Removing an SDR from this machine: unlink and sign out where possible, then delete what is here.
//! A tombstone comes first; whatever keeps the rest from being done, the next start does it.

use crate::agent::{Inner, back_up};
use crate::audit::{self, Deed};
use crate::pages::Pages;
use crate::profile::Profiles;
use crate::queue_client::{Desk, Dialect, Past, QueueClient, QueueError};
use crate::store::{Store, StoreError, StoredSdr};
use crate::views::SdrView;
use hotdesk_engine::Input;
use hotdesk_engine::effect::Stage;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, ProblemCode};
use std::time::Duration;
use tokio::time::timeout;

/// How long WhatsApp is given to unlink this device.
const UNLINK_PATIENCE: Duration = Duration::from_secs(5);
/// How long the server is given to take what was done about this SDR.
const AUDIT_PATIENCE: Duration = Duration::from_secs(5);

impl<P: Pages> Inner<P> {
    /// `deed` is for the audit, which is told with the SDR's last token.
    pub(crate) async fn remove(&self, sdr: &SdrId, deed: Option<Deed>) -> Result<(), Problem> {
        let _alone = self.changes.lock().await;
        let shared = &self.shared;
        let stored = shared.store.sdrs().await.map_err(|e| Problem::from(&e))?;
        let found = stored.iter().find(|stored| stored.row.id == *sdr);
        let owed = found.map_or(0, owed);
        match shared.server.known_dialect() {
            Some(Dialect::Lk1 | Dialect::Lk2) if owed > 0 => return Err(still_owed(owed)),
            Some(Dialect::Native | Dialect::Lk1 | Dialect::Lk2) | None => {}
        }
        self.profiles.bury(sdr).map_err(|error| not_begun(&error))?;
        self.unlink(sdr).await;
        self.end_session(sdr).await;
        if let Some(deed) = deed {
            shared.audit.keep(deed).await;
        }
        let stored = stored.into_iter().find(|stored| stored.row.id == *sdr);
        // Of one whose data is closed nobody here has the token.
        if let Some(stored) = stored.filter(|stored| !stored.row.sealed) {
            let telling = audit::tell(shared, sdr, stored.row.token.clone());
            if !matches!(timeout(AUDIT_PATIENCE, telling).await, Ok(Ok(()))) {
                tracing::warn!(sdr.id = %sdr, "The audit of a removed SDR stays here until the server takes it");
            }
            let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
            sign_out(&shared.server.of(sdr.clone(), stored.row.token, desk)).await;
        }
        let wiped = wipe(&shared.store, sdr).await;
        let deleted = self.profiles.delete(sdr);
        shared.strict.forget(sdr);
        shared.office.forget(sdr);
        if !wiped.map_err(|error| not_all(&error))? {
            return Err(not_all(&"the copies of the database still have them"));
        }
        deleted.map_err(|error| not_all(&error))?;
        tracing::info!(sdr.id = %sdr, "An SDR was removed from this machine");
        Ok(())
    }

    /// Begin nothing more, and let WhatsApp forget this device if it is linked.
    async fn unlink(&self, sdr: &SdrId) {
        self.tell(sdr, Input::Pause);
        let mut office = self.shared.office.subscribe();
        let linked =
            |view: Option<&SdrView>| view.is_some_and(|view| !view.stale && is_linked(view.state));
        let find = |views: &[SdrView]| linked(views.iter().find(|view| view.id == *sdr));
        if !find(&office.borrow().sdrs) {
            return;
        }
        self.tell(sdr, Input::Unlink);
        let unlinked = office.wait_for(|office| !find(&office.sdrs));
        if timeout(UNLINK_PATIENCE, unlinked).await.is_err() {
            tracing::warn!(sdr.id = %sdr, "WhatsApp did not unlink in time; the phone still lists this device");
        }
    }
}

/// Finish what an earlier run began: the folders are deleted as far as they can be.
pub(crate) async fn finish(store: &Store, profiles: &Profiles) -> Result<(), StoreError> {
    for sdr in profiles.buried().unwrap_or_default() {
        let copied = wipe(store, &sdr).await?;
        if copied && profiles.is_deleted(&sdr) && profiles.unbury(&sdr).is_ok() {
            tracing::info!(sdr.id = %sdr, "The removal of an SDR is complete");
        }
    }
    Ok(())
}

/// Forget an SDR in the database and in both of its copies; whether the copies were made.
async fn wipe(store: &Store, sdr: &SdrId) -> Result<bool, StoreError> {
    store.remove_sdr(sdr).await?;
    Ok(back_up(store).await && back_up(store).await)
}

/// Messages that left, or may have left, and that the server still offers.
fn owed(stored: &StoredSdr) -> usize {
    let rows = stored.outbox.in_flight.iter();
    rows.filter(|row| match row.stage {
        Stage::Intent | Stage::Submitted => true,
        Stage::Sent | Stage::Delivered | Stage::Read => !Past::of(row).told_sent(),
        Stage::Failed | Stage::Review => false,
    })
    .count()
}

/// Only this desktop's outbox keeps these from being sent a second time.
fn still_owed(owed: usize) -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        format!(
            "{owed} messages of this SDR have left, or may have, and the queue server has not yet taken the report; without this desktop's record it would let them be sent again. Nothing was changed. Hotdesk goes on reporting by itself; remove the SDR when that is done."
        ),
    )
}

fn not_begun(error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        format!(
            "The removal cannot be written down ({error}). Nothing was changed. Free some disk space, check the rights of the data directory, and remove the SDR again."
        ),
    )
}

fn not_all(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        ProblemCode::StoreFailed,
        format!(
            "The SDR was signed out and removed, but not everything of theirs could be deleted yet ({error}). The next start deletes the rest before anything is opened."
        ),
    )
}

/// A phone lists this device, as far as the page shows it.
pub(crate) fn is_linked(state: SessionState) -> bool {
    match state {
        SessionState::Connected | SessionState::Syncing | SessionState::Offline => true,
        SessionState::Closed
        | SessionState::Starting
        | SessionState::Qr
        | SessionState::PairingCode
        | SessionState::Passkey
        | SessionState::Conflict
        | SessionState::NeedsUpdate
        | SessionState::LoggedOut
        | SessionState::Crashed
        | SessionState::Hibernated
        | SessionState::Stopped => false,
    }
}

/// Best effort: a token of a desktop that forgot it opens nothing here.
pub(crate) async fn sign_out(queue: &QueueClient) {
    let outcome: Result<(), QueueError> = queue.sign_out().await;
    if let Err(error) = outcome {
        tracing::warn!(problem.code = ?error.code(), "The server was not told of the sign-out");
    }
}
