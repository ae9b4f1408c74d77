//! The real queue server, in process, with the sample office in it.

use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::QrRequest;
use hotdesk_protocol::session::MessageState;
use hotdesk_server::seed::{SampleOffice, sample_office};
use hotdesk_server::store::{MessageView, Which};
use hotdesk_server::{Clock, Options, PasswordCost, Running, start};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, interval};

/// The office's password.
pub const PASSWORD: &str = "hotdesk-demo";

pub struct Office {
    dir: TempDir,
    address: SocketAddr,
    lease_ms: u32,
    /// The server's time of day.
    clock: Clock,
    running: Option<Running>,
}

impl Office {
    /// Three SDRs and so many messages, without pacing.
    pub async fn open(messages: u32) -> Self {
        Self::leasing(60_000, messages).await
    }

    /// The same, with leases of so many milliseconds.
    pub async fn leasing(lease_ms: u32, messages: u32) -> Self {
        let office = Self::with_clock(lease_ms, Options::new("").clock).await;
        office.seed(messages).await;
        office
    }

    /// The same with a time of day of its own, and no messages.
    pub async fn with_clock(lease_ms: u32, clock: Clock) -> Self {
        let mut office = Self::closed(lease_ms, clock);
        office.reopen().await;
        office.seed(0).await;
        office
    }

    /// One that goes on where a copied data file ends.
    pub async fn from_copy(lease_ms: u32, database: &Path) -> Self {
        let mut office = Self::closed(lease_ms, Options::new("").clock);
        std::fs::copy(database, office.database()).unwrap();
        office.reopen().await;
        office
    }

    fn closed(lease_ms: u32, clock: Clock) -> Self {
        Self {
            dir: TempDir::new().unwrap(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            lease_ms,
            clock,
            running: None,
        }
    }

    /// Its data file.
    pub fn database(&self) -> PathBuf {
        self.dir.path().join("server.db")
    }

    pub async fn seed(&self, messages: u32) {
        let sample = SampleOffice {
            messages,
            gap_ms: 0,
            password_cost: PasswordCost::CHEAP,
            ..SampleOffice::default()
        };
        let now = Options::new("").clock;
        sample_office(self.server().store().as_ref(), sample, now())
            .await
            .unwrap();
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where an admin puts adapter packs.
    pub fn pack_dir(&self) -> PathBuf {
        self.dir.path().join("packs")
    }

    /// A bearer of this person's, as a desktop gets one.
    pub async fn bearer(&self, who: &str) -> String {
        let auth = json!({"email": format!("{who}@hotdesk.example"), "password": PASSWORD});
        let url = format!("{}/api/sender/auth", self.url());
        let request = reqwest::Client::new().post(url).json(&auth);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }

    /// The code to link with that the bearer's dashboard shows, if it shows one.
    pub async fn link_code(&self, bearer: &str) -> Option<QrRequest> {
        let url = format!("{}/api/sdr/whatsapp/qr", self.url());
        let request = reqwest::Client::new().get(url).bearer_auth(bearer);
        let answer = request.send().await.unwrap();
        match answer.status().as_u16() {
            200 => Some(answer.json().await.unwrap()),
            404 => None,
            other => panic!("the code: {other}"),
        }
    }

    pub fn server(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// The server goes away.
    pub async fn close(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// The server comes back under the same address, with the same data.
    pub async fn reopen(&mut self) {
        let mut options = Options::new(self.database());
        options.listen = self.address;
        options.adapter_pack_dir = Some(self.pack_dir());
        options.password_cost = PasswordCost::CHEAP;
        options.lease_ms = self.lease_ms;
        options.clock = Arc::clone(&self.clock);
        options.poll = Duration::from_millis(200);
        options.stop_within = Duration::from_secs(1);
        let running = start(options).await.unwrap();
        self.address = running.address();
        self.running = Some(running);
    }

    /// Every desktop is signed out.
    pub fn forget_tokens(&self) {
        let db = rusqlite::Connection::open(self.database()).unwrap();
        db.execute_batch("DELETE FROM desktop_tokens").unwrap();
    }

    /// What no server does: it tells of no blocked number any more.
    pub fn forget_opt_outs(&self) {
        let db = rusqlite::Connection::open(self.dir.path().join("server.db")).unwrap();
        db.execute_batch("DELETE FROM do_not_contact").unwrap();
    }

    pub async fn messages(&self, sdr: Option<&str>) -> Vec<MessageView> {
        let which = Which::Page {
            state: None,
            sdr_id: sdr.map(SdrId::from),
            after: 0,
            limit: 100,
        };
        self.server().store().messages(which).await.unwrap()
    }

    /// How many messages of an SDR nothing more is to be done about.
    pub async fn ended(&self, sdr: &str) -> usize {
        let open = |state| {
            matches!(
                state,
                MessageState::Queued
                    | MessageState::Leased
                    | MessageState::Begun
                    | MessageState::Sent
            )
        };
        let messages = self.messages(Some(sdr)).await;
        messages.iter().filter(|m| !open(m.state)).count()
    }

    /// Wait until the server shows these adapters with the SDR's session.
    pub async fn until_adapters(&self, sdr: &str, adapters: &str) {
        let by = Instant::now() + Duration::from_secs(30);
        let mut look = interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            let seen = self.server().store().session(sdr.into()).await.unwrap();
            let shown = seen.session.adapter_pack;
            if shown.as_deref() == Some(adapters) {
                return;
            }
            assert!(
                Instant::now() < by,
                "the server never showed {adapters}: {shown:?}"
            );
        }
    }

    /// Wait until so many messages of an SDR (or of all) stand at `state`.
    pub async fn until(&self, sdr: Option<&str>, state: MessageState, count: usize) {
        let by = Instant::now() + Duration::from_secs(30);
        let mut look = interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            let messages = self.messages(sdr).await;
            let there = messages.iter().filter(|m| m.state == state).count();
            if there == count {
                return;
            }
            let states: Vec<_> = messages.iter().map(|m| m.state).collect();
            assert!(
                Instant::now() < by,
                "the server never had {count} at {state:?}: {states:?}"
            );
        }
    }
}
