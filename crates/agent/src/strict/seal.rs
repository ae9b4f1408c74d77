//! Closing and opening an SDR's data, and what runs with it.

use super::keys::{OwnKey, RecoveryKey};
use super::still_closed;
use crate::agent::{Inner, Order, back_up, gone};
use crate::guard::Pin;
use crate::pages::Pages;
use crate::queue_client::{Desk, Token};
use crate::store::{SdrRow, StoreError, StoredSdr};
use crate::views::SdrView;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};

/// What opens an SDR's data.
pub(crate) enum Opener {
    /// Their PIN, which was found to be right.
    Pin(Pin),
    /// What the queue server keeps for them.
    Server(RecoveryKey),
}

impl<P: Pages> Inner<P> {
    /// Sends nothing more for an SDR in strict mode and closes what is kept of them, unless `wanted` says
    /// that they have unlocked meanwhile. What is begun is on disk and goes on after the next unlocking.
    pub(crate) async fn seal(&self, sdr: &SdrId, wanted: impl FnOnce() -> bool) {
        let _alone = self.changes.lock().await;
        let shared = &self.shared;
        if !shared.strict.is_on(sdr) || !wanted() {
            return;
        }
        self.end_session(sdr).await;
        shared.strict.lock(sdr);
        self.close_rows(sdr).await;
        // Both copies still had the rows in them.
        back_up(&shared.store).await;
        back_up(&shared.store).await;
    }

    /// An SDR in strict mode as a start finds them, also after a crash while they were unlocked.
    pub(crate) async fn start_sealed(&self, row: &SdrRow) {
        self.shared.office.show(SdrView::sealed(row));
        if !row.sealed {
            self.close_rows(&row.id).await;
        }
    }

    /// Every SDR in strict mode, at an orderly end.
    pub(crate) async fn seal_all(&self) {
        let strict = self.shared.strict.who().borrow().clone();
        for sdr in strict {
            self.shared.strict.lock(&sdr);
            self.close_rows(&sdr).await;
        }
    }

    async fn close_rows(&self, sdr: &SdrId) {
        let shared = &self.shared;
        let Some(closer) = shared.strict.closer(sdr) else {
            return;
        };
        let close = move |plain: &[u8]| closer.close(plain).ok();
        match shared.store.seal(sdr, close).await {
            Ok(true) => tracing::info!(sdr.id = %sdr, "An SDR's data was closed"),
            Ok(false) => tracing::error!(sdr.id = %sdr, "An SDR's data could not be closed"),
            Err(error) => {
                // Nothing is sent all the same, and the next lock or start tries again.
                tracing::error!(sdr.id = %sdr, problem.code = ?error.code(), "An SDR's data could not be closed");
            }
        }
        match self.row(sdr).await {
            Ok(Some(row)) => shared.office.show(SdrView::sealed(&row)),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(problem.code = ?error.code(), "An SDR's row could not be read");
            }
        }
    }

    /// Opens what is kept of an SDR in strict mode who has shown who they are, and goes on for them.
    pub(crate) async fn unseal(&self, sdr: &SdrId, by: Opener) -> Result<(), Problem> {
        let _alone = self.changes.lock().await;
        if !self.shared.strict.is_on(sdr) || self.shared.strict.is_unlocked(sdr) {
            return Ok(());
        }
        self.open_rows(sdr, by).await?;
        match self.stored(sdr).await? {
            Some(stored) => self.spawn(stored),
            None => Ok(()),
        }
    }

    /// Opens an SDR's rows under a sign-in that has just been given; the caller starts the session.
    /// False where nothing was closed.
    pub(crate) async fn unseal_by_sign_in(
        &self,
        sdr: &SdrId,
        token: &Token,
    ) -> Result<bool, Problem> {
        let shared = &self.shared;
        if !shared.strict.is_on(sdr) || shared.strict.is_unlocked(sdr) {
            return Ok(false);
        }
        let opened = match self.recovery_key(sdr, token.clone()).await {
            Ok(key) => self.open_rows(sdr, Opener::Server(key)).await,
            Err(problem) => Err(problem),
        };
        if opened.is_err() {
            // The password was right: the PIN, which opens it too, may be tried again.
            shared.pins.forgive(sdr).await;
        }
        opened.map(|()| true)
    }

    /// Puts an unlocked SDR, whose PIN this is, into strict mode.
    pub(crate) async fn make_strict(&self, sdr: &SdrId, pin: Pin) -> Result<(), Problem> {
        let bearers = self.shared.store.bearers().await;
        let bearers = bearers.map_err(|error| Problem::from(&error))?;
        let found = bearers.into_iter().find(|(id, _)| id == sdr);
        let (_, token) = found.ok_or_else(gone)?;
        let recovery = self.recovery_key(sdr, token).await?;
        self.shared.strict.turn_on(sdr, pin, recovery).await
    }

    /// What the server keeps to open this SDR's data.
    pub(crate) async fn recovery_key(
        &self,
        sdr: &SdrId,
        token: Token,
    ) -> Result<RecoveryKey, Problem> {
        let shared = &self.shared;
        let desk = Desk::new(shared.desktop_id.clone(), shared.clock.clone(), []);
        let queue = shared.server.of(sdr.clone(), token, desk);
        let answer = queue.recovery_key().await;
        let key = answer.map_err(|error| Problem::from(&error))?;
        key.and_then(|key| RecoveryKey::parse(key.expose()))
            .ok_or_else(no_place)
    }

    async fn open_rows(&self, sdr: &SdrId, by: Opener) -> Result<(), Problem> {
        let shared = &self.shared;
        let key = shared.strict.unlock(sdr, by).await?;
        let opened = async {
            let closed = shared.store.closed(sdr).await;
            let Some(closed) = closed.map_err(|error| Problem::from(&error))? else {
                return Ok(());
            };
            let opened = OwnKey::open(&key, &closed).ok_or_else(still_closed)?;
            let unsealed = shared.store.unseal(sdr, opened).await;
            unsealed.map_err(|error| Problem::from(&error))
        };
        let opened = opened.await;
        if opened.is_err() {
            shared.strict.lock(sdr);
        }
        opened
    }

    /// What a person may want of an SDR whose data is closed.
    pub(crate) async fn order_sealed(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        let shared = &self.shared;
        let paused = match order {
            Order::Remove => return self.remove(sdr, None).await,
            Order::Pause => true,
            Order::Resume => false,
            Order::Connect
            | Order::Disconnect
            | Order::Unlink
            | Order::RefreshQr
            | Order::Reload
            | Order::UseHere
            | Order::TakeOver
            | Order::Assist
            | Order::AssistSent
            | Order::AssistNotSent
            | Order::AssistUnsure => {
                return Err(if shared.strict.is_on(sdr) {
                    still_closed()
                } else {
                    gone()
                });
            }
        };
        let kept = shared.store.set_paused(sdr, paused).await;
        kept.map_err(|error| Problem::from(&error))?;
        let row = self.row(sdr).await.map_err(|error| Problem::from(&error))?;
        shared.office.show(SdrView::sealed(&row.ok_or_else(gone)?));
        Ok(())
    }

    async fn row(&self, sdr: &SdrId) -> Result<Option<SdrRow>, StoreError> {
        let rows = self.shared.store.rows().await?;
        Ok(rows.into_iter().find(|row| row.id == *sdr))
    }

    pub(crate) async fn stored(&self, sdr: &SdrId) -> Result<Option<StoredSdr>, Problem> {
        let stored = self.shared.store.sdrs().await;
        let stored = stored.map_err(|error| Problem::from(&error))?;
        Ok(stored.into_iter().find(|stored| stored.row.id == *sdr))
    }
}

fn no_place() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "This queue server keeps no recovery key, so a forgotten PIN would lose what is not yet sent. Nothing was changed. Strict mode needs Hotdesk's own queue server, of this version or later.",
    )
}
