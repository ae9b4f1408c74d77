//! Strict mode, for an SDR who wants it: nothing is sent while they are locked, and what Hotdesk keeps
//! of them is closed until they unlock; after a restart too.

mod keys;
mod seal;

pub(crate) use keys::RecoveryKey;
pub(crate) use seal::Opener;

use crate::guard::{Pepper, Pin};
use crate::store::{Store, StoreError, StrictRow};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::{Problem, ProblemCode};
use keys::{Closer, OwnKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Who is in strict mode, and the keys of those who have unlocked.
pub(crate) struct Strict {
    store: Store,
    pepper: Arc<Pepper>,
    on: watch::Sender<BTreeSet<SdrId>>,
    rows: Mutex<BTreeMap<SdrId, StrictRow>>,
    unlocked: Mutex<BTreeMap<SdrId, Arc<OwnKey>>>,
}

impl Strict {
    pub(crate) async fn open(store: Store, pepper: Arc<Pepper>) -> Result<Self, StoreError> {
        let rows: BTreeMap<_, _> = store.strict().await?.into_iter().collect();
        Ok(Self {
            on: watch::Sender::new(rows.keys().cloned().collect()),
            rows: Mutex::new(rows),
            unlocked: Mutex::default(),
            store,
            pepper,
        })
    }

    /// Who is in it.
    pub(crate) fn who(&self) -> watch::Receiver<BTreeSet<SdrId>> {
        self.on.subscribe()
    }

    pub(crate) fn is_on(&self, sdr: &SdrId) -> bool {
        self.rows().contains_key(sdr)
    }

    /// From now on the SDR is in it. `pin` is theirs.
    pub(crate) async fn turn_on(
        &self,
        sdr: &SdrId,
        pin: Pin,
        recovery: RecoveryKey,
    ) -> Result<(), Problem> {
        let key = OwnKey::make()?;
        let closer = key.closer().to_bytes();
        let by_server = key.wrapped_by_server(&recovery)?;
        let (key, by_pin) = self.wrap(key, pin).await?;
        let row = StrictRow {
            closer,
            by_pin,
            by_server,
        };
        self.keep(sdr, row).await?;
        self.unlocked().insert(sdr.clone(), key);
        Ok(())
    }

    /// From now on the SDR is not. Their data must be open.
    pub(crate) async fn turn_off(&self, sdr: &SdrId) -> Result<(), Problem> {
        let ended = self.store.end_strict(sdr).await;
        ended.map_err(|error| Problem::from(&error))?;
        self.forget(sdr);
        Ok(())
    }

    /// The SDR's row is gone from the store.
    pub(crate) fn forget(&self, sdr: &SdrId) {
        self.rows().remove(sdr);
        self.unlocked().remove(sdr);
        self.publish();
    }

    /// What opens it with a new PIN; `None` for an SDR who is not in it. To be written together with
    /// the PIN's hash.
    pub(crate) async fn with_pin(&self, sdr: &SdrId, pin: Pin) -> Result<Option<Vec<u8>>, Problem> {
        if !self.is_on(sdr) {
            return Ok(None);
        }
        let key = self.unlocked().get(sdr).cloned();
        let key = key.ok_or_else(still_closed)?;
        let pepper = Arc::clone(&self.pepper);
        let wrapped = blocking(move || key.wrapped_by_pin(&pin, &pepper)).await?;
        Ok(Some(wrapped))
    }

    /// The store holds the new PIN's.
    pub(crate) fn pin_chosen(&self, sdr: &SdrId, by_pin: Vec<u8>) {
        if let Some(row) = self.rows().get_mut(sdr) {
            row.by_pin = by_pin;
        }
    }

    fn closer(&self, sdr: &SdrId) -> Option<Closer> {
        let rows = self.rows();
        rows.get(sdr).map(|row| Closer::from_bytes(row.closer))
    }

    fn is_unlocked(&self, sdr: &SdrId) -> bool {
        self.unlocked().contains_key(sdr)
    }

    fn lock(&self, sdr: &SdrId) {
        self.unlocked().remove(sdr);
    }

    /// The SDR's key, kept until they lock.
    async fn unlock(&self, sdr: &SdrId, by: Opener) -> Result<Arc<OwnKey>, Problem> {
        let row = self.rows().get(sdr).cloned().ok_or_else(still_closed)?;
        let key = match by {
            Opener::Pin(pin) => {
                let pepper = Arc::clone(&self.pepper);
                blocking(move || OwnKey::of_pin(&row.by_pin, &pin, &pepper)).await?
            }
            Opener::Server(key) => OwnKey::of_server(&row.by_server, &key),
        };
        let key = Arc::new(key.ok_or_else(still_closed)?);
        self.unlocked().insert(sdr.clone(), Arc::clone(&key));
        Ok(key)
    }

    async fn wrap(&self, key: OwnKey, pin: Pin) -> Result<(Arc<OwnKey>, Vec<u8>), Problem> {
        let (key, pepper) = (Arc::new(key), Arc::clone(&self.pepper));
        let wrapping = Arc::clone(&key);
        let by_pin = blocking(move || wrapping.wrapped_by_pin(&pin, &pepper)).await?;
        Ok((key, by_pin))
    }

    async fn keep(&self, sdr: &SdrId, row: StrictRow) -> Result<(), Problem> {
        let kept = self.store.put_strict(sdr, row.clone()).await;
        kept.map_err(|error| Problem::from(&error))?;
        self.rows().insert(sdr.clone(), row);
        self.publish();
        Ok(())
    }

    fn publish(&self) {
        let on: BTreeSet<SdrId> = self.rows().keys().cloned().collect();
        self.on.send_if_modified(|known| {
            let news = *known != on;
            *known = on;
            news
        });
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<SdrId, StrictRow>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unlocked(&self) -> MutexGuard<'_, BTreeMap<SdrId, Arc<OwnKey>>> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn still_closed() -> Problem {
    Problem::new(
        ProblemCode::Locked,
        "What Hotdesk keeps of this SDR is closed, and this does not open it. Nothing was changed or lost, and nothing is sent. Unlock with the PIN, or with the password of the queue server this SDR was set up with.",
    )
}

/// Off the threads that others wait for.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(still_closed()))
}
