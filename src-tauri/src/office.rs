//! The agent behind the window: absent until it has started, gone once the app shuts down.

use crate::events::OfficeChanged;
use crate::pages::{Signals, TauriPages};
use crate::window::SHELL;
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::agent::{Agent, AgentSetup, Order, StartError};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::config::Config;
use hotdesk_agent::keychain::Keychain;
use hotdesk_agent::review::{Decision, ReviewView};
use hotdesk_agent::space::Space;
use hotdesk_agent::views::OfficeView;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::{Problem, ProblemCode};
use std::sync::Arc;
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_specta::Event;
use tokio::sync::{RwLock, RwLockReadGuard, watch};

/// A burst of changes reaches the shell as one.
const LEAST_GAP: Duration = Duration::from_millis(50);

/// The agent and its pages.
pub struct Office {
    agent: RwLock<Option<Agent<TauriPages>>>,
    started: watch::Sender<bool>,
    pages: TauriPages,
}

impl Office {
    /// An office whose agent has not started yet; whoever asks for it waits.
    pub fn new(pages: TauriPages) -> Self {
        Self {
            agent: RwLock::new(None),
            started: watch::Sender::new(false),
            pages,
        }
    }

    /// Start the agent; tell the shell of each change, and the agent of each page's end.
    pub async fn start(
        &self,
        app: &AppHandle,
        config: Config,
        built_in: Bundles,
        mut signals: Signals,
    ) -> Result<watch::Receiver<OfficeView>, StartError> {
        // Held until the agent is there: the process must not end under a start half done, because
        // OpenSSL is torn down first and crashes whoever is in it.
        let mut slot = self.agent.write().await;
        if *self.started.borrow() {
            drop(slot);
            // Already shutting down.
            return std::future::pending().await;
        }
        let agent = Agent::start(AgentSetup {
            config,
            pages: Arc::new(self.pages.clone()),
            app_version: app.package_info().version.to_string(),
            built_in,
            keychain: Keychain::os(),
            clock: Clock::real(),
            space: Space::real(),
        })
        .await?;
        let views = agent.views();
        *slot = Some(agent);
        drop(slot);
        self.started.send_replace(true);

        tauri::async_runtime::spawn(tell_shell(app.clone(), views.clone()));
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            while let Some((sdr, signal)) = signals.recv().await {
                if let Some(agent) = app.state::<Self>().agent().await.as_ref() {
                    agent.page_signal(&sdr, signal);
                }
            }
        });
        Ok(views)
    }

    /// The webviews.
    pub fn pages(&self) -> &TauriPages {
        &self.pages
    }

    /// Everything the window shows.
    pub async fn view(&self) -> OfficeView {
        if let Some(agent) = self.agent().await.as_ref() {
            return agent.views().borrow().clone();
        }
        // Shutting down: the window that asks is about to go.
        std::future::pending().await
    }

    /// Sign an SDR in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SdrId, Problem> {
        match self.agent().await.as_ref() {
            Some(agent) => agent.sign_in(email, password).await,
            None => Err(shutting_down()),
        }
    }

    /// Carry an order out.
    pub async fn order(&self, sdr: &SdrId, order: Order) -> Result<(), Problem> {
        match self.agent().await.as_ref() {
            Some(agent) => agent.order(sdr, order).await,
            None => Err(shutting_down()),
        }
    }

    /// Pause every SDR.
    pub async fn pause_all(&self) {
        if let Some(agent) = self.agent().await.as_ref() {
            agent.pause_all().await;
        }
    }

    /// Look for a new adapter pack.
    pub async fn look_for_packs(&self) {
        if let Some(agent) = self.agent().await.as_ref() {
            agent.look_for_packs();
        }
    }

    /// What waits for a person's decision.
    pub async fn review(&self, sdr: &SdrId) -> Result<Vec<ReviewView>, Problem> {
        match self.agent().await.as_ref() {
            Some(agent) => agent.review(sdr).await,
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
        match self.agent().await.as_ref() {
            Some(agent) => agent.decide(sdr, message, generation, decision).await,
            None => Err(shutting_down()),
        }
    }

    /// Finish what was begun, a start too, and close the store.
    pub async fn shut_down(&self) {
        let agent = self.agent.write().await.take();
        self.started.send_replace(true);
        if let Some(agent) = agent {
            agent.shut_down().await;
        }
    }

    async fn agent(&self) -> RwLockReadGuard<'_, Option<Agent<TauriPages>>> {
        let mut started = self.started.subscribe();
        // The sender lives as long as `self`.
        let _ = started.wait_for(|started| *started).await;
        self.agent.read().await
    }
}

async fn tell_shell(app: AppHandle, mut views: watch::Receiver<OfficeView>) {
    while views.changed().await.is_ok() {
        let view = views.borrow_and_update().clone();
        if let Err(error) = OfficeChanged(view).emit_to(&app, SHELL) {
            tracing::warn!(%error, "The shell was not told of a change");
        }
        tokio::time::sleep(LEAST_GAP).await;
    }
}

fn shutting_down() -> Problem {
    Problem::new(
        ProblemCode::NotNow,
        "Hotdesk is closing. Nothing was lost. Do this again after the next start.",
    )
}
