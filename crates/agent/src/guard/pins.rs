//! The PINs of this machine's SDRs. A try is counted on disk before it is looked at.

use super::pin::{Pepper, Pin, TRIES};
use super::room::Room;
use super::sight::Locks;
use crate::store::{Store, StoreError};
use crate::views::LockView;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

/// Who has a PIN here, and whether it still opens.
pub(crate) struct Pins {
    store: Store,
    pepper: Arc<Pepper>,
    locks: watch::Sender<Locks>,
    pub(super) room: Room,
    /// One try at a time, whoever tries.
    trying: Mutex<()>,
}

impl Pins {
    pub(crate) async fn open(store: Store, pepper: Arc<Pepper>) -> Result<Self, StoreError> {
        let stored = store.pins().await?;
        let locks = stored.into_iter().map(|(sdr, wrong)| (sdr, lock(wrong)));
        Ok(Self {
            locks: watch::Sender::new(locks.collect()),
            store,
            pepper,
            room: Room::default(),
            trying: Mutex::default(),
        })
    }

    pub(super) fn locks(&self) -> watch::Receiver<Locks> {
        self.locks.subscribe()
    }

    /// Whether a PIN opens this SDR's session, as things stand.
    pub(crate) fn opens(&self, sdr: &SdrId) -> bool {
        self.locks.borrow().get(sdr) == Some(&LockView::Pin)
    }

    /// From now on this is the SDR's PIN. `by_pin` is what it opens in strict mode.
    pub(crate) async fn choose(
        &self,
        sdr: &SdrId,
        pin: Pin,
        by_pin: Option<Vec<u8>>,
    ) -> Result<(), Problem> {
        let pepper = Arc::clone(&self.pepper);
        let hash = blocking(move || pin.hash(&pepper)).await?;
        let kept = self.store.put_pin(sdr, hash, by_pin).await;
        kept.map_err(|error| Problem::from(&error))?;
        self.set(sdr, LockView::Pin);
        Ok(())
    }

    /// Whether it is the SDR's PIN. The fifth wrong one in a row is the last that is looked at.
    pub(super) async fn check(&self, sdr: &SdrId, pin: &Pin) -> Result<(), Problem> {
        let _alone = self.trying.lock().await;
        let tried = self.store.try_pin(sdr, TRIES).await;
        let Some((hash, tries)) = tried.map_err(|error| Problem::from(&error))? else {
            return Err(spent());
        };
        let (pin, pepper) = (pin.clone(), Arc::clone(&self.pepper));
        let room = self.room.take();
        if blocking(move || pin.matches_in(room, &hash, &pepper)).await? {
            self.forgive(sdr).await;
            return Ok(());
        }
        match TRIES.saturating_sub(tries) {
            0 => {
                self.set(sdr, LockView::Password);
                Err(spent())
            }
            left => Err(wrong(left)),
        }
    }

    /// The SDR has shown the password, or the right PIN.
    pub(crate) async fn forgive(&self, sdr: &SdrId) {
        match self.store.forgive_pin(sdr).await {
            Ok(true) => self.set(sdr, LockView::Pin),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(problem.code = ?error.code(), "Wrong PINs stay counted");
            }
        }
    }

    fn set(&self, sdr: &SdrId, lock: LockView) {
        self.locks
            .send_if_modified(|locks| locks.insert(sdr.clone(), lock) != Some(lock));
    }
}

fn lock(wrong: u32) -> LockView {
    if wrong < TRIES {
        LockView::Pin
    } else {
        LockView::Password
    }
}

/// Off the threads that others wait for.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Problem::new(
            ProblemCode::StoreFailed,
            "The PIN could not be looked at. Nothing was changed. Try it again.",
        ))
    })
}

fn wrong(left: u32) -> Problem {
    let tries = if left == 1 { "try" } else { "tries" };
    Problem::new(
        ProblemCode::WrongPin,
        format!("That is not the PIN. {left} {tries} left, then the password is needed."),
    )
}

fn spent() -> Problem {
    Problem::new(
        ProblemCode::WrongPin,
        "The PIN no longer opens this: it is not set, or was wrong five times. Sending goes on. Unlock with the password of the queue server.",
    )
}
