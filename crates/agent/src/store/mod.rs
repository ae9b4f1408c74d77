//! What this desktop remembers: one SQLCipher file, one connection, one thread that writes.
//!
//! A write is answered only after its commit is on the disk (WAL, `synchronous=FULL`).
//! [`Store::close`] ends the thread; it also ends, unwaited for, with the last handle.
//!
//! A copy is made every hour. A database that is damaged at a start is replaced by the newest good
//! copy, and the engine is told: see `recover` and `Setup::restored`.

mod activity;
mod audit;
mod backup;
mod desktop;
mod error;
mod open;
mod opt_outs;
mod outbox;
mod pin;
mod recover;
mod replies;
mod retention;
mod schema;
mod sdr;
mod sealed;
mod server;
mod session_cache;

pub(crate) use activity::MOST as ACTIVITY_MOST;
pub use error::StoreError;
pub use recover::Recovered;
pub use sdr::SdrRow;
pub(crate) use sealed::StrictRow;
pub use session_cache::SessionCache;

use crate::keychain::DatabaseKey;
use crate::queue_client::{Dialect, Token};
use crate::views::ActivityView;
use hotdesk_engine::effect::Record;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::AuditEntry;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{OptOuts, ReplyRequest};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The database's name in the data directory.
pub const DATABASE_FILE: &str = "hotdesk.db";

enum Job {
    Do(Box<dyn FnOnce(&mut Connection) + Send>),
    Close,
}

/// A handle to the writer thread.
#[derive(Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
    file: PathBuf,
    key: Arc<DatabaseKey>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// One SDR as found at start.
pub struct StoredSdr {
    /// The account and what a person has asked for.
    pub row: SdrRow,
    /// Messages in flight and finished ones, oldest first.
    pub outbox: outbox::Found,
    /// Answers of leads that the server has not yet taken, oldest first.
    pub replies: Vec<ReplyRequest>,
    /// The numbers that are not to be sent to.
    pub opt_outs: OptOuts,
    /// The last truth that was shown.
    pub cache: SessionCache,
    /// The latest messages, newest first.
    pub activity: Vec<ActivityView>,
}

impl Store {
    /// Where the database of a data directory is.
    pub fn file(data_dir: &Path) -> PathBuf {
        data_dir.join(DATABASE_FILE)
    }

    /// Whether a data directory has a database, or a copy of one that is gone.
    pub fn exists(data_dir: &Path) -> bool {
        let file = Self::file(data_dir);
        file.exists() || backup::copies(&file).iter().any(|copy| copy.exists())
    }

    /// Open or make the database, check it whole, and bring its tables up to date. One that is
    /// damaged is put aside for its newest good copy, which is told.
    pub async fn open(
        data_dir: &Path,
        key: DatabaseKey,
    ) -> Result<(Self, Option<Recovered>), StoreError> {
        let file = Self::file(data_dir);
        let key = Arc::new(key);
        let (jobs, work) = mpsc::channel::<Job>();
        let (opened, answer) = oneshot::channel();
        let (database, own_key) = (file.clone(), Arc::clone(&key));
        let open = move || recover::open_or_recover(&database, &own_key);
        let writer = std::thread::Builder::new()
            .name("hotdesk-store".to_owned())
            .spawn(move || match open() {
                Ok((mut connection, recovered)) => {
                    if opened.send(Ok(recovered)).is_err() {
                        return;
                    }
                    while let Ok(Job::Do(job)) = work.recv() {
                        job(&mut connection);
                    }
                    if let Err((_, error)) = connection.close() {
                        tracing::warn!(error.code = ?error.sqlite_error_code(), "The database was not closed cleanly");
                    }
                }
                // Nobody waits any more: there is nobody to tell.
                Err(error) => drop(opened.send(Err(error))),
            })
            .map_err(|error| StoreError::Unusable {
                reason: error.to_string(),
            })?;
        let recovered = answer.await.map_err(|_| StoreError::Closed)??;
        let writer = Arc::new(Mutex::new(Some(writer)));
        let store = Self {
            jobs,
            file,
            key,
            writer,
        };
        Ok((store, recovered))
    }

    /// Whether this database is, or once was, a copy put in the place of a damaged one.
    pub async fn is_restored(&self) -> Result<bool, StoreError> {
        self.run(|db| desktop::is_restored(db)).await
    }

    /// Make a copy of the database; the last two are kept.
    pub async fn back_up(&self) -> Result<(), StoreError> {
        let (file, key) = (self.file.clone(), Arc::clone(&self.key));
        self.run(move |db| Ok(backup::make(db, &file, &key)))
            .await?
    }

    /// This installation's id; chosen at the first start.
    pub async fn desktop_id(&self) -> Result<DesktopId, StoreError> {
        self.run(|db| desktop::id(db)).await
    }

    /// Every SDR, in the order they were added, with what belongs to them.
    pub async fn sdrs(&self) -> Result<Vec<StoredSdr>, StoreError> {
        self.run(|db| {
            sdr::all(db)?
                .into_iter()
                .map(|row| {
                    Ok(StoredSdr {
                        outbox: outbox::all(db, &row.id)?,
                        replies: replies::all(db, &row.id)?,
                        opt_outs: opt_outs::all(db, &row.id)?,
                        cache: session_cache::get(db, &row.id)?,
                        activity: activity::newest(db, &row.id)?,
                        row,
                    })
                })
                .collect()
        })
        .await
    }

    /// Every SDR with their bearer, in the order they were added.
    pub(crate) async fn bearers(&self) -> Result<Vec<(SdrId, Token)>, StoreError> {
        let rows = self.rows().await?.into_iter();
        Ok(rows
            .filter(|row| !row.sealed)
            .map(|row| (row.id, row.token))
            .collect())
    }

    /// Every SDR without what belongs to them.
    pub(crate) async fn rows(&self) -> Result<Vec<SdrRow>, StoreError> {
        self.run(|db| sdr::all(db)).await
    }

    /// Who is in strict mode, with what their keys are wrapped in.
    pub(crate) async fn strict(&self) -> Result<Vec<(SdrId, StrictRow)>, StoreError> {
        self.run(|db| sealed::strict(db)).await
    }

    /// From now on the SDR is in strict mode.
    pub(crate) async fn put_strict(&self, id: &SdrId, row: StrictRow) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| sealed::put_strict(db, &id, &row)).await
    }

    /// From now on the SDR is not.
    pub(crate) async fn end_strict(&self, id: &SdrId) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| sealed::end_strict(db, &id)).await
    }

    /// Put what `close` makes of an SDR's rows in their place, and give the space back to the disk;
    /// false, and nothing changed, where `close` refuses.
    pub(crate) async fn seal(
        &self,
        id: &SdrId,
        close: impl FnOnce(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            let sealed = sealed::seal(&transaction, &id, close)?;
            transaction.commit()?;
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(sealed)
        })
        .await
    }

    /// What of an SDR is closed, if it is.
    pub(crate) async fn closed(&self, id: &SdrId) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.clone();
        self.run(move |db| sealed::closed(db, &id)).await
    }

    /// Put an SDR's rows back.
    pub(crate) async fn unseal(
        &self,
        id: &SdrId,
        opened: Zeroizing<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            sealed::unseal(&transaction, &id, &opened)?;
            transaction.commit()
        })
        .await
    }

    /// Add an SDR, or give a known one a new token and name.
    pub async fn put_sdr(&self, row: SdrRow) -> Result<(), StoreError> {
        self.run(move |db| sdr::put(db, &row)).await
    }

    /// Remember that a person paused or resumed.
    pub async fn set_paused(&self, id: &SdrId, paused: bool) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| sdr::set_paused(db, &id, paused)).await
    }

    /// Remember whether the page is to be open.
    pub async fn set_connect(&self, id: &SdrId, connect: bool) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| sdr::set_connect(db, &id, connect)).await
    }

    /// Forget an SDR and everything that belongs to them, and give the space back to the disk.
    pub async fn remove_sdr(&self, id: &SdrId) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            sdr::remove(db, &id)?;
            audit::forget(db, &id)?;
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
        .await
    }

    /// Forget names, texts and kept answers of what ended before that moment.
    pub async fn purge(&self, id: &SdrId, before: UtcMs) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            let forgotten = retention::purge(&transaction, &id, before)?;
            transaction.commit()?;
            if forgotten == 0 {
                return Ok(());
            }
            // The log of what was written before has them, too.
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
        .await
    }

    /// Write what the engine asks for, in one transaction: a restart knows all of it or nothing.
    pub async fn record(&self, id: &SdrId, records: Vec<Record>) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            for record in &records {
                put(&transaction, &id, record)?;
            }
            transaction.commit()
        })
        .await
    }

    /// Who has a PIN on this machine, and how often it was wrong in a row.
    pub async fn pins(&self) -> Result<Vec<(SdrId, u32)>, StoreError> {
        self.run(|db| pin::all(db)).await
    }

    /// Keep the hash of an SDR's PIN, and with it, in strict mode, what the PIN opens.
    pub(crate) async fn put_pin(
        &self,
        id: &SdrId,
        hash: String,
        by_pin: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            pin::put(&transaction, &id, &hash)?;
            if let Some(by_pin) = &by_pin {
                sealed::put_by_pin(&transaction, &id, by_pin)?;
            }
            transaction.commit()
        })
        .await
    }

    /// Count a try as a wrong one, before it is looked at: the hash, and how many tries that makes;
    /// `None` where there is no PIN or it was wrong `most` times.
    pub async fn try_pin(
        &self,
        id: &SdrId,
        most: u32,
    ) -> Result<Option<(String, u32)>, StoreError> {
        let id = id.clone();
        self.run(move |db| pin::count_try(db, &id, most)).await
    }

    /// The SDR has shown who they are; false if they have no PIN.
    pub async fn forgive_pin(&self, id: &SdrId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.run(move |db| pin::forgive(db, &id)).await
    }

    /// Keep what was done.
    pub(crate) async fn put_audit(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.run(move |db| audit::put(db, &entry)).await
    }

    /// What was done about this SDR or the window and the server does not know, oldest first.
    pub async fn untold_audit(
        &self,
        id: &SdrId,
        most: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let id = id.clone();
        self.run(move |db| audit::untold(db, &id, most)).await
    }

    /// The server has the entries of these ids.
    pub(crate) async fn told_audit(&self, ids: Vec<String>) -> Result<(), StoreError> {
        self.run(move |db| {
            let transaction = db.transaction()?;
            audit::told(&transaction, &ids)?;
            transaction.commit()
        })
        .await
    }

    /// Forget what the server has and was done before then.
    pub(crate) async fn purge_audit(&self, before: UtcMs) -> Result<(), StoreError> {
        self.run(move |db| audit::purge(db, before)).await
    }

    /// Keep an answer for good that the server has no place for.
    pub async fn keep_reply(&self, id: &SdrId, reply: ReplyRequest) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| replies::keep(db, &id, &reply)).await
    }

    /// Which dialect the server at this address was found to speak.
    pub async fn dialect(&self, url: &str) -> Result<Option<Dialect>, StoreError> {
        let url = url.to_owned();
        self.run(move |db| server::dialect(db, &url)).await
    }

    /// Remember which dialect the server at this address speaks.
    pub async fn put_dialect(&self, url: &str, dialect: Dialect) -> Result<(), StoreError> {
        let url = url.to_owned();
        self.run(move |db| server::put_dialect(db, &url, dialect))
            .await
    }

    /// Keep the truth that is shown, for the next start.
    pub async fn put_session(
        &self,
        id: &SdrId,
        cache: SessionCache,
        changed: Vec<ActivityView>,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.run(move |db| {
            let transaction = db.transaction()?;
            session_cache::put(&transaction, &id, &cache)?;
            for view in &changed {
                activity::put(&transaction, &id, view)?;
            }
            activity::trim(&transaction, &id)?;
            transaction.commit()
        })
        .await
    }

    /// Do what was asked for until now, fold the write-ahead log into the file, close it, and wait
    /// for the thread: a process that ends under it pulls the cipher's library away from a write.
    /// What is asked for later is [`StoreError::Closed`].
    pub async fn close(&self) -> Result<(), StoreError> {
        let folded = self
            .run(|db| db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
            .await;
        // A thread that has ended hears nothing and is waited for all the same.
        drop(self.jobs.send(Job::Close));
        let writer = {
            let mut held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            held.take()
        };
        if let Some(writer) = writer {
            let ended = tokio::task::spawn_blocking(move || writer.join()).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::error!("The store's thread ended by a panic");
            }
        }
        folded
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        self.jobs
            .send(Job::Do(Box::new(move |db| {
                // A caller that has gone away needs no answer; its write stands.
                drop(done.send(job(db)));
            })))
            .map_err(|_| StoreError::Closed)?;
        let result = answer.await.map_err(|_| StoreError::Closed)?;
        result.map_err(|error| StoreError::from_sqlite(&error))
    }
}

/// One thing the engine wants written, inside its transaction.
fn put(db: &Connection, id: &SdrId, record: &Record) -> rusqlite::Result<()> {
    match record {
        Record::Outbox(row) => {
            outbox::put(db, id, row)?;
            audit::put_left(db, id, row)
        }
        Record::Finished(message) => outbox::finish(db, id, message),
        Record::Dropped(message) => outbox::remove(db, id, message),
        Record::Forgotten(messages) => outbox::forget(db, id, messages),
        Record::Reply(reply) => replies::put(db, id, reply),
        Record::ReplyDone(reply) => replies::remove(db, id, reply),
        Record::Blocked { numbers, cursor } => opt_outs::put(db, id, numbers, *cursor),
        Record::Marker(marker) => sdr::set_marker(db, id, marker),
        Record::Account(phone) => sdr::set_account_phone(db, id, phone),
    }
}
