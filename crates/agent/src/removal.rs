//! Removing an SDR from this machine: unlink and sign out where possible, then delete what is here.

use crate::agent::{Inner, back_up};
use crate::pages::Pages;
use crate::queue_client::{Desk, Dialect, Past, QueueClient, QueueError};
use crate::store::StoredSdr;
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
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);

impl<P: Pages> Inner<P> {
    pub(crate) async fn remove(&self, sdr: &SdrId) -> Result<(), Problem> {
        let _alone = self.changes.lock().await;
        let shared = &self.shared;
        let stored = shared.store.sdrs().await.map_err(|e| Problem::from(&e))?;
        let found = stored.iter().find(|stored| stored.row.id == *sdr);
        let owed = found.map_or(0, owed);
        match shared.server.known_dialect() {
            Some(Dialect::Lk1 | Dialect::Lk2) if owed > 0 => return Err(still_owed(owed)),
            Some(Dialect::Native | Dialect::Lk1 | Dialect::Lk2) | None => {}
        }
        self.unlink(sdr).await;
        if let Some(runner) = self.take_runner(sdr) {
            runner.stop().await;
        }
        if timeout(CLOSE_PATIENCE, shared.pages.close(sdr))
            .await
            .is_err()
        {
            tracing::warn!(sdr.id = %sdr, "The page did not close in time");
        }
        shared.packs.heard(sdr, &Input::PageClosed);
        if let Some(stored) = stored.into_iter().find(|stored| stored.row.id == *sdr) {
            let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
            sign_out(&shared.server.of(sdr.clone(), stored.row.token, desk)).await;
        }
        shared
            .store
            .remove_sdr(sdr)
            .await
            .map_err(|e| Problem::from(&e))?;
        // Both copies still had the SDR in them.
        back_up(&shared.store).await;
        back_up(&shared.store).await;
        shared.office.forget(sdr);
        self.profiles.remove(sdr).map_err(|error| {
            Problem::new(
                ProblemCode::StoreFailed,
                format!(
                    "The SDR was removed, but their WhatsApp profile could not be deleted: {error}. Delete the folder profiles/{sdr} in the data directory by hand."
                ),
            )
        })?;
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

fn is_linked(state: SessionState) -> bool {
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
async fn sign_out(queue: &QueueClient) {
    let outcome: Result<(), QueueError> = queue.sign_out().await;
    if let Err(error) = outcome {
        tracing::warn!(problem.code = ?error.code(), "The server was not told of the sign-out");
    }
}
