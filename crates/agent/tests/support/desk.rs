//! One desktop: its data directory, its keyring, its pages, and the agent that runs or does not.

use super::office::PASSWORD;
use super::pages::FakePages;
use hotdesk_agent::agent::{Agent, AgentSetup, StartError};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::config::Config;
use hotdesk_agent::keychain::Keychain;
use hotdesk_agent::views::{OfficeView, SdrView};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

pub struct Desk {
    dir: TempDir,
    pub pages: Arc<FakePages>,
    pub keyring: Arc<keyring_core::CredentialStore>,
    pub clock: Clock,
    server_url: String,
}

pub type FakeAgent = Agent<FakePages>;

impl Desk {
    pub fn new(server_url: &str) -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            pages: Arc::new(FakePages::default()),
            keyring: keyring_core::mock::Store::new().unwrap(),
            clock: Clock::real(),
            server_url: server_url.to_owned(),
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn config(&self, more: &str) -> Config {
        let text = format!(
            "server_url = {:?}\nwhatsapp_url = \"http://127.0.0.1:1\"\nrehearsal = true\ndata_dir = {:?}\n{more}",
            self.server_url,
            self.data_dir()
        );
        Config::parse(&text, "test.toml", |_| None).unwrap()
    }

    pub async fn try_start(&self) -> Result<FakeAgent, StartError> {
        self.start_with("").await
    }

    pub async fn start_with(&self, more: &str) -> Result<FakeAgent, StartError> {
        Agent::start(AgentSetup {
            config: self.config(more),
            pages: Arc::clone(&self.pages),
            app_version: "1.2.3".to_owned(),
            keychain: Keychain::with_store(Arc::clone(&self.keyring)),
            clock: self.clock.clone(),
        })
        .await
    }

    pub async fn start(&self) -> FakeAgent {
        self.try_start().await.unwrap()
    }

    /// Start, link and sign in these SDRs.
    pub async fn start_signed_in(&self, sdrs: &[&str]) -> FakeAgent {
        let agent = self.start().await;
        for (at, sdr) in sdrs.iter().enumerate() {
            self.pages.link(sdr, &format!("+551196000000{}", at + 1));
            sign_in(&agent, sdr).await;
        }
        agent
    }

    /// The database as somebody with the key sees it.
    pub fn open_database(&self) -> rusqlite::Connection {
        let note = std::fs::read_to_string(self.data_dir().join("hotdesk.key.json")).unwrap();
        let note: serde_json::Value = serde_json::from_str(&note).unwrap();
        let entry = self
            .keyring
            .build("hotdesk", note["entry"].as_str().unwrap(), None)
            .unwrap();
        let key = hex::encode(entry.get_secret().unwrap());
        let db = rusqlite::Connection::open(self.data_dir().join("hotdesk.db")).unwrap();
        db.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))
            .unwrap();
        db
    }

    /// The process dies without a word.
    pub fn kill(&self, agent: FakeAgent) {
        drop(agent);
        self.pages.die();
    }
}

pub async fn sign_in(agent: &FakeAgent, sdr: &str) {
    let email = format!("{sdr}@hotdesk.example");
    let id = agent.sign_in(&email, PASSWORD).await.unwrap();
    assert_eq!(id.as_str(), sdr, "the server says who signed in");
}

/// Wait until the window would show this.
pub async fn until(agent: &FakeAgent, what: &str, is: impl Fn(&OfficeView) -> bool) -> OfficeView {
    let mut views = agent.views();
    let seen = timeout(Duration::from_secs(30), views.wait_for(|view| is(view))).await;
    match seen {
        Ok(view) => view.unwrap().clone(),
        Err(_) => panic!(
            "never seen: {what}; last seen: {:#?}",
            agent.views().borrow().clone()
        ),
    }
}

/// Wait until an SDR's tile would show this.
pub async fn until_sdr(
    agent: &FakeAgent,
    sdr: &str,
    what: &str,
    is: impl Fn(&SdrView) -> bool,
) -> SdrView {
    let find = |view: &OfficeView| view.sdrs.iter().find(|s| s.id.as_str() == sdr).cloned();
    let office = until(agent, what, |view| find(view).is_some_and(|sdr| is(&sdr))).await;
    find(&office).unwrap()
}
