//! The agent behind the window, and the guard at its door: absent until they have started, gone once
//! the app shuts down.

use crate::errors::CannotStart;
use crate::events::OfficeChanged;
use crate::pace::tell_paced;
use crate::pages::{Signals, TauriPages};
use crate::passphrase::Passphrase;
use crate::window::SHELL;
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::agent::{Agent, AgentSetup, Order};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::config::Config;
use hotdesk_agent::guard::{Guard, Holder, LockCause};
use hotdesk_agent::keychain::Keychain;
use hotdesk_agent::review::{Decision, ReviewView};
use hotdesk_agent::secret::Secret;
use hotdesk_agent::space::Space;
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::{RwLock, RwLockReadGuard, watch};

/// A burst of changes reaches the shell as one, and costs it one picture.
const LEAST_GAP: Duration = Duration::from_millis(200);

/// The guard and the pages.
pub struct Office {
    guard: RwLock<Option<Guard<TauriPages>>>,
    started: watch::Sender<bool>,
    pages: TauriPages,
    passphrase: Passphrase,
}

impl Office {
    /// An office whose agent has not started yet; whoever asks for it waits.
    pub fn new(pages: TauriPages) -> Self {
        Self {
            guard: RwLock::new(None),
            started: watch::Sender::new(false),
            pages,
            passphrase: Passphrase::new(),
        }
    }

    /// Open the database and start the agent; tell the shell of each change, and the agent of each page's end.
    pub async fn start(
        &self,
        app: &AppHandle,
        config: Config,
        built_in: Bundles,
        mut signals: Signals,
    ) -> Result<watch::Receiver<OfficeView>, CannotStart> {
        // Not yet held: who closes the app while a passphrase is asked for does not wait for it.
        let data_dir = config.data_dir.clone();
        let key = self.passphrase.key(Keychain::os(), data_dir).await?;
        // Held until the agent is there: the process must not end under a start half done, because
        // OpenSSL is torn down first and crashes whoever is in it.
        let mut slot = self.guard.write().await;
        if *self.started.borrow() {
            drop(slot);
            // Already shutting down.
            return std::future::pending().await;
        }
        let idle_lock_ms = config.idle_lock_ms;
        let agent = Agent::start(AgentSetup {
            config,
            pages: Arc::new(self.pages.clone()),
            app_version: app.package_info().version.to_string(),
            built_in,
            key,
            clock: Clock::real(),
            space: Space::real(),
        })
        .await?;
        let guard = Guard::new(agent, idle_lock_ms);
        let views = guard.views();
        *slot = Some(guard);
        drop(slot);
        self.started.send_replace(true);

        tauri::async_runtime::spawn(tell_shell(app.clone(), views.clone()));
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            while let Some((sdr, signal)) = signals.recv().await {
                if let Some(guard) = app.state::<Self>().guard().await.as_ref() {
                    guard.page_signal(&sdr, signal);
                }
            }
        });
        Ok(views)
    }

    /// The webviews.
    pub fn pages(&self) -> &TauriPages {
        &self.pages
    }

    /// The way in before the agent starts.
    pub fn passphrase(&self) -> &Passphrase {
        &self.passphrase
    }

    /// Everything the window shows.
    pub async fn view(&self) -> OfficeView {
        if let Some(guard) = self.guard().await.as_ref() {
            return guard.views().borrow().clone();
        }
        // Shutting down: the window that asks is about to go.
        std::future::pending().await
    }

    /// Show e-mail and password; whose session is open now, if it is an SDR's.
    pub async fn sign_in(
        &self,
        email: &str,
        password: Secret<String>,
    ) -> Result<Option<SdrId>, Problem> {
        let holder = match self.guard().await.as_ref() {
            Some(guard) => guard.sign_in(email, password).await?,
            None => return Err(shutting_down()),
        };
        match holder {
            Holder::Sdr(sdr) => Ok(Some(sdr)),
            Holder::Manager(_) | Holder::Nobody => Ok(None),
        }
    }

    /// Show a PIN.
    pub async fn unlock(&self, sdr: &SdrId, pin: &str) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => {
                let begun = Instant::now();
                let unlocked = guard.unlock(sdr, pin).await;
                let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::info!(sdr.id = %sdr, unlock.took_ms = took_ms, "A PIN was looked at");
                unlocked
            }
            None => Err(shutting_down()),
        }
    }

    /// Choose a PIN.
    pub async fn choose_pin(&self, current: Option<&str>, new: &str) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.choose_pin(current, new).await,
            None => Err(shutting_down()),
        }
    }

    /// Stop or go on sending while whoever has the window is locked.
    pub async fn set_strict(&self, pin: &str, on: bool) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.set_strict(pin, on).await,
            None => Err(shutting_down()),
        }
    }

    /// Lock the window.
    pub async fn lock(&self, cause: LockCause) {
        if let Some(guard) = self.guard().await.as_ref() {
            guard.lock(cause).await;
        }
    }

    /// Somebody is at the window.
    pub async fn touch(&self) {
        if let Some(guard) = self.guard().await.as_ref() {
            guard.touch();
        }
    }

    /// Carry an order out.
    pub async fn order(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.order(sdr, order).await,
            None => Err(shutting_down()),
        }
    }

    /// Pause every SDR.
    pub async fn pause_all(&self) {
        if let Some(guard) = self.guard().await.as_ref() {
            guard.pause_all().await;
        }
    }

    /// Look for a new adapter pack.
    pub async fn look_for_packs(&self) {
        if let Some(guard) = self.guard().await.as_ref() {
            guard.look_for_packs();
        }
    }

    /// What waits for a person's decision.
    pub async fn review(&self, sdr: &SdrId) -> Result<Vec<ReviewView>, Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.review(sdr).await,
            None => Err(shutting_down()),
        }
    }

    /// Carry a decision out.
    pub async fn decide(
        &self,
        sdr: &SdrId,
        message: MessageId,
        generation: u32,
        decision: Decision,
    ) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.decide(sdr, message, generation, decision).await,
            None => Err(shutting_down()),
        }
    }

    /// Show a page, or none.
    pub async fn show_page(&self, sdr: Option<&SdrId>) -> Result<(), Problem> {
        match self.guard().await.as_ref() {
            Some(guard) => guard.show_page(sdr).await,
            None => Err(shutting_down()),
        }
    }

    /// Finish what was begun, a start too, and close the store.
    pub async fn shut_down(&self) {
        let guard = self.guard.write().await.take();
        self.started.send_replace(true);
        if let Some(guard) = guard {
            guard.shut_down().await;
        }
    }

    async fn guard(&self) -> RwLockReadGuard<'_, Option<Guard<TauriPages>>> {
        let mut started = self.started.subscribe();
        // The sender lives as long as `self`.
        let _ = started.wait_for(|started| *started).await;
        self.guard.read().await
    }
}

async fn tell_shell(app: AppHandle, views: watch::Receiver<OfficeView>) {
    // A lock waits for nothing.
    let urgent = |view: &OfficeView| view.guard.clone();
    let tell = |view| {
        if let Err(error) = OfficeChanged(view).emit_to(&app, SHELL) {
            tracing::warn!(%error, "The shell was not told of a change");
        }
    };
    tell_paced(views, LEAST_GAP, urgent, tell).await;
}

fn shutting_down() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "Hotdesk is closing. Nothing was lost. Do this again after the next start.",
    )
}
