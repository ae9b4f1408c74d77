//! One desktop: its data directory, its keyring, its pages, and the agent that runs or does not.

use super::office::PASSWORD;
use super::pages::{FakePages, Mood};
use hotdesk_agent::adapter_pack::Bundles;
use hotdesk_agent::agent::{Agent, AgentSetup, StartError};
use hotdesk_agent::clock::Clock;
use hotdesk_agent::config::Config;
use hotdesk_agent::keychain::{DatabaseKey, Keychain, KeychainError, Opening};
use hotdesk_agent::space::Space;
use hotdesk_agent::store::Store;
use hotdesk_agent::views::{OfficeView, SdrView};
use hotdesk_protocol::session::SessionState;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

pub struct Desk {
    data_dir: PathBuf,
    _dir: Option<TempDir>,
    pub pages: Arc<FakePages>,
    pub keyring: Arc<keyring_core::CredentialStore>,
    pub clock: Clock,
    pub space: Space,
    server_url: String,
}

pub type FakeAgent = Agent<FakePages>;

impl Desk {
    pub fn new(server_url: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let mut desk = Self::at(dir.path().join("data"), server_url);
        desk._dir = Some(dir);
        desk
    }

    /// With a data directory that is somebody else's to keep.
    pub fn at(data_dir: PathBuf, server_url: &str) -> Self {
        Self {
            data_dir,
            _dir: None,
            pages: Arc::new(FakePages::default()),
            keyring: keyring_core::mock::Store::new().unwrap(),
            clock: Clock::real(),
            space: Space::real(),
            server_url: server_url.to_owned(),
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
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

    /// How the database is opened here, asked of this keychain.
    pub fn open(&self, keychain: &Keychain) -> Result<Opening, KeychainError> {
        let data_dir = self.data_dir();
        keychain.open(&data_dir, Store::exists(&data_dir))
    }

    /// Why it is not opened here.
    pub fn refused(&self) -> KeychainError {
        let keychain = Keychain::with_store(Arc::clone(&self.keyring));
        self.open(&keychain).err().expect("it must not start")
    }

    /// Start, or the words of whatever keeps it from starting.
    pub async fn start_or_words(&self) -> Result<FakeAgent, String> {
        let keychain = Keychain::with_store(Arc::clone(&self.keyring));
        match self.open(&keychain) {
            Ok(Opening::Key(key)) => {
                let started = self.start_opened(key, "").await;
                started.map_err(|error| error.to_string())
            }
            Ok(Opening::Passphrase(_)) => panic!("this desk has a keyring"),
            Err(error) => Err(error.to_string()),
        }
    }

    pub async fn start_with(&self, more: &str) -> Result<FakeAgent, StartError> {
        let keychain = Keychain::with_store(Arc::clone(&self.keyring));
        match self.open(&keychain) {
            Ok(Opening::Key(key)) => self.start_opened(key, more).await,
            Ok(Opening::Passphrase(_)) => panic!("this desk has a keyring"),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn start_opened(
        &self,
        key: DatabaseKey,
        more: &str,
    ) -> Result<FakeAgent, StartError> {
        Agent::start(AgentSetup {
            config: self.config(more),
            pages: Arc::clone(&self.pages),
            app_version: "1.2.3".to_owned(),
            built_in: Bundles::built_in(r#"{"number":5,"name":"2026.11.5"}"#, "built in", "wa-js")
                .unwrap(),
            key,
            clock: self.clock.clone(),
            space: self.space.clone(),
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
        self.open_file("hotdesk.db")
    }

    /// The name of the database's key in the keyring.
    pub fn entry(&self) -> String {
        let note = std::fs::read_to_string(self.data_dir().join("hotdesk.key.json")).unwrap();
        let note: serde_json::Value = serde_json::from_str(&note).unwrap();
        note["entry"].as_str().unwrap().to_owned()
    }

    /// The database's key.
    pub fn key(&self) -> Vec<u8> {
        let entry = self.keyring.build("hotdesk", &self.entry(), None);
        entry.unwrap().get_secret().unwrap()
    }

    /// The keyring holds this key already.
    pub fn keep_key(&self, entry: &str, key: &[u8]) {
        let entry = self.keyring.build("hotdesk", entry, None).unwrap();
        entry.set_secret(key).unwrap();
    }

    /// A file of the data directory as somebody with the key sees it.
    pub fn open_file(&self, name: &str) -> rusqlite::Connection {
        let key = hex::encode(self.key());
        let db = rusqlite::Connection::open(self.data_dir().join(name)).unwrap();
        db.execute_batch(&format!("PRAGMA key = \"x'{key}'\""))
            .unwrap();
        db
    }

    /// A start that lasts until its copy of the database is made.
    pub async fn start_and_stop(&self) {
        let copy = self.data_dir().join("hotdesk.backup.db");
        let made = || copy.metadata().and_then(|copy| copy.modified()).ok();
        let before = made();
        let agent = self.start().await;
        let mut look = tokio::time::interval(Duration::from_millis(5));
        while made().is_none() || made() == before {
            look.tick().await;
        }
        agent.shut_down().await;
        self.until_closed().await;
    }

    /// The store of an agent that has ended has closed its file.
    pub async fn until_closed(&self) {
        let log = self.data_dir().join("hotdesk.db-wal");
        let mut look = tokio::time::interval(Duration::from_millis(5));
        while log.exists() {
            look.tick().await;
        }
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

/// The app dies while John's page has a message in hand, the phone unlinks it, and `phone` links anew.
pub async fn relinked_after_a_crash(desk: &Desk, phone: &str) -> FakeAgent {
    desk.pages.set_mood("john", Mood::SwallowsSubmits);
    let agent = desk.start_signed_in(&["john"]).await;
    while desk.pages.submits() == 0 {
        tokio::task::yield_now().await;
    }
    desk.kill(agent);
    desk.pages.unlink("john");
    desk.pages.set_mood("john", Mood::Works);
    let agent = desk.start().await;
    until_sdr(&agent, "john", "the phone has unlinked it", |sdr| {
        sdr.state == SessionState::Qr
    })
    .await;
    desk.pages.link("john", phone);
    agent
}
