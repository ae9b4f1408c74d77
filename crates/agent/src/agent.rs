//! The door of the sender.

use crate::adapter_pack::keys::Keys;
use crate::adapter_pack::{Bundles, Packs, Shelf, look_on};
use crate::audit::{self, Audit};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::failpoint::around;
use crate::files::FileCache;
use crate::guard::{Pepper, Pins};
use crate::keychain::DatabaseKey;
use crate::office::Office;
use crate::pages::{PageSignal, Pages};
use crate::profile::{Profiles, make_private_dir};
use crate::queue_client::{QueueError, QueueServer};
use crate::removal;
use crate::review::{Decision, ReviewView};
use crate::runner::{self, RunnerHandle, Shared, Told};
use crate::secret::Secret;
use crate::sign_in::{SignedInAs, nothing_to_send, rehearse};
use crate::space::Space;
use crate::store::{Recovered, SdrRow, Store, StoreError, StoredSdr};
use crate::strict::Strict;
use crate::views::{AdaptersView, GuardView, OfficeView, ServerView};
use hotdesk_engine::{Input, Said};
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long a page is given to close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);
const BACK_UP_EVERY: Duration = Duration::from_secs(3_600);

/// What an agent starts from.
pub struct AgentSetup<P> {
    /// The configuration.
    pub config: Config,
    /// The webviews.
    pub pages: Arc<P>,
    /// The app's version.
    pub app_version: String,
    /// The bundles the app carries.
    pub built_in: Bundles,
    /// What the database is opened with, as [`crate::keychain::Keychain::open`] had it.
    pub key: DatabaseKey,
    /// [`Clock::real`] outside of tests.
    pub clock: Clock,
    /// [`Space::real`] outside of tests.
    pub space: Space,
}

/// What a person may ask of one SDR's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Open the page and keep it open.
    Connect,
    /// Close the page; the link to WhatsApp stays.
    Disconnect,
    /// Begin no further message; what is begun is finished.
    Pause,
    /// Go on, also after a stop with a reason.
    Resume,
    /// Unlink this device from WhatsApp.
    Unlink,
    /// Ask for a fresh QR code.
    RefreshQr,
    /// Load the page anew, also after a stop with a reason.
    Reload,
    /// Use WhatsApp here where it is open elsewhere.
    UseHere,
    /// Send for this SDR from this desktop, and no longer from the one they are active on.
    TakeOver,
    /// Open the next message's chat, to be sent by hand.
    Assist,
    /// The message whose chat was opened was sent by hand.
    AssistSent,
    /// It was not sent: hand it back.
    AssistNotSent,
    /// Nobody can say: a person must decide.
    AssistUnsure,
    /// Remove the SDR from this machine: unlink, sign out, delete what is stored here.
    Remove,
}

/// Why the sender could not start. Its words are for a person.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made or written.
    #[error(
        "The data directory {dir} cannot be used: {reason}. Nothing was started or changed. Check its rights and the free space, or set `data_dir` to another place."
    )]
    DataDir {
        /// Which directory.
        dir: String,
        /// What the system said.
        reason: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There can be no calls to the queue server.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A session cannot be started.
    #[error("{}", .0.message)]
    Session(Problem),
}

impl StartError {
    /// The code a caller may branch on.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::DataDir { .. } => ProblemCode::StoreFailed,
            Self::Store(error) => error.code(),
            Self::Queue(error) => error.code(),
            Self::Session(problem) => problem.code,
        }
    }
}

/// The whole sender without a window. Dropping it ends every task at once, as a kill would;
/// [`Agent::shut_down`] is the orderly way.
pub struct Agent<P: Pages> {
    pub(crate) inner: Arc<Inner<P>>,
    /// Copies the store, looks for adapter packs, signs a rehearsal's SDRs in; ends with the agent.
    tasks: JoinSet<()>,
}

pub(crate) struct Inner<P> {
    pub(crate) shared: Arc<Shared<P>>,
    pub(crate) profiles: Profiles,
    /// One sign-in or removal at a time.
    pub(crate) changes: tokio::sync::Mutex<()>,
    runners: Mutex<BTreeMap<SdrId, RunnerHandle>>,
}

impl<P: Pages> Agent<P> {
    /// Open the store and start a runner for each SDR of this machine. The caller holds the
    /// instance lock of the data directory.
    pub async fn start(setup: AgentSetup<P>) -> Result<Self, StartError> {
        let AgentSetup {
            config,
            pages,
            app_version,
            built_in,
            key,
            clock,
            space,
        } = setup;
        let data_dir = config.data_dir.clone();
        let profiles = prepare(&data_dir)?;
        let shelf = Shelf::open(&data_dir).map_err(|error| unusable(&data_dir, &error))?;
        let (store, recovered, pepper) = open_store(&data_dir, key).await?;
        let pepper = Arc::new(pepper);
        removal::finish(&store, &profiles).await?;
        let office = Office::new(OfficeView {
            rehearsal: config.rehearsal,
            version: app_version.clone(),
            adapters: AdaptersView::of(&built_in, None),
            server: ServerView {
                url: config.server_url.to_string(),
                problem: None,
            },
            guard: GuardView::Nobody,
            sdrs: Vec::new(),
        });
        let keys = Keys::new(config.adapter_pack_key.as_ref());
        let packs = Packs::open(shelf, built_in, keys, office.clone(), clock.clone());
        let stored = store.sdrs().await?;
        let server = QueueServer::new(
            config.server_url.clone(),
            config.server_ca.as_ref(),
            &app_version,
        )?;
        if let Some(fixed) = config.dialect {
            store.put_dialect(server.url().as_str(), fixed).await?;
        }
        if let Some(known) = store.dialect(server.url().as_str()).await? {
            server.set_dialect(known);
        }
        let shared = Arc::new(Shared {
            pages,
            server,
            file_cache: FileCache::default(),
            packs: Arc::new(packs),
            pins: Pins::open(store.clone(), Arc::clone(&pepper)).await?,
            strict: Strict::open(store.clone(), pepper).await?,
            audit: Audit::new(store.clone(), clock.clone()),
            office,
            desktop_id: store.desktop_id().await?,
            desktop_name: config.desktop_name,
            boot_id: clock::boot_id(),
            restored: store.is_restored().await?,
            recovered,
            space,
            data_dir,
            app_version,
            retention_ms: config.retention_ms,
            clock,
            store,
        });
        let inner = Arc::new(Inner {
            shared,
            profiles,
            changes: tokio::sync::Mutex::new(()),
            runners: Mutex::new(BTreeMap::new()),
        });
        tracing::info!(
            sdrs = stored.len(),
            rehearsal = config.rehearsal,
            "The sender starts"
        );
        for sdr in stored {
            if inner.shared.strict.is_on(&sdr.row.id) {
                inner.start_sealed(&sdr.row).await;
            } else {
                inner.spawn(sdr).map_err(StartError::Session)?;
            }
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(back_up_every_hour(inner.shared.store.clone()));
        tasks.spawn(audit::tell_on(Arc::clone(&inner.shared)));
        tasks.spawn(look_on(Arc::clone(&inner.shared), config.adapter_pack_dir));
        if !config.rehearsal_sign_in.is_empty() {
            tasks.spawn(rehearse(Arc::clone(&inner), config.rehearsal_sign_in));
        }
        Ok(Self { inner, tasks })
    }

    /// The snapshot to show, and each later one.
    pub fn views(&self) -> watch::Receiver<OfficeView> {
        self.inner.shared.office.subscribe()
    }

    /// Sign an SDR in with the server's e-mail and password, also again after a sign-out.
    /// A manager has nothing to send and is refused.
    pub async fn sign_in(
        &self,
        email: &str,
        password: impl Into<Secret<String>>,
    ) -> Result<SdrId, Problem> {
        match self.inner.sign_in(email, &password.into()).await? {
            SignedInAs::Sdr(sdr) => Ok(sdr),
            SignedInAs::Manager(_) => Err(nothing_to_send()),
        }
    }

    /// Carry out a person's wish.
    pub async fn order(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        self.inner.order(sdr, order).await
    }

    /// What waits for a person's decision, oldest first.
    pub async fn review(&self, sdr: &SdrId) -> Result<Vec<ReviewView>, Problem> {
        let (done, answer) = oneshot::channel();
        self.inner.ask(sdr, Told::Review(done))?;
        answer.await.unwrap_or_else(|_| Err(cut_off()))
    }

    /// Carry out what a person decided about a message in review, once.
    pub async fn decide(
        &self,
        sdr: &SdrId,
        id: MessageId,
        generation: u32,
        decision: Decision,
    ) -> Result<(), Problem> {
        let (done, answer) = oneshot::channel();
        let told = Told::Decide {
            id,
            generation,
            decision,
            done,
        };
        self.inner.ask(sdr, told)?;
        answer.await.unwrap_or_else(|_| Err(cut_off()))
    }

    /// Pause every SDR.
    pub async fn pause_all(&self) {
        for sdr in self.inner.sdrs() {
            if let Err(problem) = self.inner.order(&sdr, Order::Pause).await {
                tracing::warn!(problem.code = ?problem.code, "An SDR could not be paused for good");
            }
        }
    }

    /// Look for a new adapter pack now; what comes of it is in the view.
    pub fn look_for_packs(&self) {
        self.inner.shared.packs.look_now();
    }

    /// A webview tells something of its own accord.
    pub fn page_signal(&self, sdr: &SdrId, signal: PageSignal) {
        match signal {
            PageSignal::Crashed => self.inner.tell(sdr, Input::PageCrashed),
        }
    }

    /// Begin nothing more, hand back what is not begun, finish reports under way, and end.
    pub async fn shut_down(mut self) {
        let runners = std::mem::take(&mut *self.inner.runners());
        let mut stops = JoinSet::new();
        for runner in runners.into_values() {
            stops.spawn(runner.stop());
        }
        stops.join_all().await;
        self.tasks.shutdown().await;
        self.inner.seal_all().await;
        if let Err(error) = self.inner.shared.store.close().await {
            tracing::warn!(problem.code = ?error.code(), "The write-ahead log stays");
        }
        tracing::info!("The sender has ended");
    }
}

impl<P: Pages> Inner<P> {
    fn runners(&self) -> MutexGuard<'_, BTreeMap<SdrId, RunnerHandle>> {
        self.runners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sdrs(&self) -> Vec<SdrId> {
        self.runners().keys().cloned().collect()
    }

    /// End an SDR's session, if it runs, and close their page. What is begun is on disk.
    pub(crate) async fn end_session(&self, sdr: &SdrId) {
        let runner = self.runners().remove(sdr);
        if let Some(runner) = runner {
            runner.stop().await;
        }
        let closing = self.shared.pages.close(sdr);
        if timeout(CLOSE_PATIENCE, closing).await.is_err() {
            tracing::warn!(sdr.id = %sdr, "The page did not close in time");
        }
        self.shared.packs.heard(sdr, &Input::PageClosed);
    }

    /// Start an SDR's runner.
    pub(crate) fn spawn(&self, stored: StoredSdr) -> Result<(), Problem> {
        let id = stored.row.id.clone();
        let profile = self.profiles.make(&id).map_err(|error| {
            Problem::new(
                ProblemCode::StoreFailed,
                format!(
                    "The profile directory of {id} cannot be made: {error}. Nothing was sent. Check the rights of the data directory and the free space."
                ),
            )
        })?;
        let runner = runner::spawn(Arc::clone(&self.shared), stored, profile)?;
        self.runners().insert(id, runner);
        Ok(())
    }

    /// Give a runner the new token; false if there is none.
    pub(crate) fn renew(&self, row: &SdrRow) -> bool {
        let runners = self.runners();
        let Some(runner) = runners.get(&row.id) else {
            return false;
        };
        runner.tell(Told::SignedIn {
            token: row.token.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
        });
        true
    }

    pub(crate) fn tell(&self, sdr: &SdrId, input: Input) {
        if let Some(runner) = self.runners().get(sdr) {
            runner.tell(Told::Input(input));
        }
    }

    fn ask(&self, sdr: &SdrId, told: Told) -> Result<(), Problem> {
        self.runners().get(sdr).ok_or_else(gone)?.tell(told);
        Ok(())
    }

    async fn order(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        let store = &self.shared.store;
        if !self.runners().contains_key(sdr) {
            return self.order_sealed(sdr, order).await;
        }
        let (input, kept) = match order {
            Order::Connect => (Input::Connect, store.set_connect(sdr, true).await),
            Order::Disconnect => (Input::Disconnect, store.set_connect(sdr, false).await),
            Order::Pause => (Input::Pause, store.set_paused(sdr, true).await),
            Order::Resume => (Input::Resume, store.set_paused(sdr, false).await),
            Order::Unlink => (Input::Unlink, Ok(())),
            Order::RefreshQr => (Input::RefreshQr, Ok(())),
            Order::Reload => (Input::Reload, Ok(())),
            Order::UseHere => (Input::UseHere, Ok(())),
            Order::TakeOver => (Input::TakeOver, Ok(())),
            Order::Assist => (Input::Assist, Ok(())),
            Order::AssistSent => (Input::Said(Said::Sent), Ok(())),
            Order::AssistNotSent => (Input::Said(Said::NotSent), Ok(())),
            Order::AssistUnsure => (Input::Said(Said::Unsure), Ok(())),
            Order::Remove => return self.remove(sdr, None).await,
        };
        // The order is carried out also where it cannot be kept for the next start.
        self.tell(sdr, input);
        kept.map_err(|error| Problem::from(&error))
    }
}

pub(crate) fn gone() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This SDR is not on this machine any more. Nothing was changed.",
    )
}

/// The session has ended before it answered.
fn cut_off() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "This SDR's session ended before the answer came. Nothing is lost: look again after the next start, and decide again if the message still waits; a decision counts once.",
    )
}

fn prepare(data_dir: &Path) -> Result<Profiles, StartError> {
    make_private_dir(data_dir)
        .and_then(|()| Profiles::open(data_dir))
        .map_err(|error| unusable(data_dir, &error))
}

fn unusable(data_dir: &Path, reason: &dyn std::fmt::Display) -> StartError {
    StartError::DataDir {
        dir: data_dir.display().to_string(),
        reason: reason.to_string(),
    }
}

/// The first copy is made at once: the database has just been checked.
async fn back_up_every_hour(store: Store) {
    let mut hours = interval(BACK_UP_EVERY);
    // A machine that stood still for hours must not fill both copies at once.
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        back_up(&store).await;
    }
}

/// Whether a copy was made. One that cannot be stops nothing: the ones before stay.
pub(crate) async fn back_up(store: &Store) -> bool {
    let refused = || StoreError::Failed {
        what: "the write was refused",
    };
    let made = around("backup", store.back_up(), refused).await;
    match &made {
        Ok(()) => tracing::info!("The database was copied"),
        Err(error) => {
            tracing::warn!(problem.code = ?error.code(), %error, "The database could not be copied");
        }
    }
    made.is_ok()
}

async fn open_store(
    data_dir: &Path,
    key: DatabaseKey,
) -> Result<(Store, Option<Recovered>, Pepper), StartError> {
    let pepper = key.pepper();
    let (store, recovered) = Store::open(data_dir, key).await?;
    Ok((store, recovered, pepper))
}
