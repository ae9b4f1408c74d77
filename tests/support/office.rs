//! The queue server and the rehearsal WhatsApp, with what a manager, an SDR's phone and the judge
//! ask of them.

use super::desk::Desk;
use super::process::{Process, program};
use super::until;
use super::wait::{until_within, within};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

/// The sample office's password.
pub const PASSWORD: &str = "hotdesk-demo";

/// One of the sample office's SDRs.
#[derive(Clone, Copy)]
pub struct Person {
    /// The id at the server.
    pub id: &'static str,
    /// What they sign in with.
    pub email: &'static str,
    /// The account their phone has.
    pub phone: &'static str,
}

/// John.
pub const JOHN: Person = Person {
    id: "john",
    email: "john@hotdesk.example",
    phone: "+5511960000001",
};
/// Jane.
pub const JANE: Person = Person {
    id: "jane",
    email: "jane@hotdesk.example",
    phone: "+5511960000002",
};

/// One message that really left, by the rehearsal WhatsApp's history.
#[derive(Debug, Clone)]
pub struct Departure {
    /// From which account.
    pub account: String,
    /// To which lead.
    pub to: String,
    /// SHA-256 of its text.
    pub text_hash: String,
    /// The highest tick so far.
    pub ack: i64,
}

/// A message a test has queued.
#[derive(Debug, Clone)]
pub struct Queued {
    /// Its id at the server.
    pub id: String,
    /// Its lead's number.
    pub phone: String,
    /// SHA-256 of its text.
    pub text_hash: String,
}

/// Both servers, at a desk.
pub struct Office {
    /// The queue server's address; stays the same over restarts.
    pub server_url: String,
    /// The rehearsal WhatsApp's address.
    pub sim_url: String,
    server: Option<Process>,
    _sim: Process,
    http: Client,
    tokens: Mutex<HashMap<String, String>>,
    /// The desk they and the app run at; the last to go.
    pub desk: Desk,
}

impl Office {
    /// An office with the sample people and an empty queue.
    pub async fn open() -> Self {
        let mut office = Self::closed(&[]).await;
        office.start_server().await;
        office
    }

    /// The same, with further arguments for the rehearsal WhatsApp, and the server not yet started.
    pub async fn closed(sim_args: &[&str]) -> Self {
        let desk = Desk::set_up().await;
        let mut sim = desk.start(
            "whatsapp-sim",
            Command::new(program("whatsapp-sim"))
                .args(["--listen", "127.0.0.1:0", "--data"])
                .arg(desk.dir().join("whatsapp"))
                .args(sim_args),
            None,
        );
        let sim_url = sim.line_with("whatsapp-sim listening on ").await;
        let office = Self {
            server_url: format!("http://127.0.0.1:{}", free_port()),
            sim_url,
            server: None,
            _sim: sim,
            http: Client::new(),
            tokens: Mutex::default(),
            desk,
        };
        let seeded = Command::new(program("hotdesk-server"))
            .args(["seed", "--sample-office", "--messages", "0", "--database"])
            .arg(office.database())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&seeded.stderr);
        assert!(seeded.status.success(), "the office can be seeded: {said}");
        office
    }

    fn database(&self) -> PathBuf {
        self.desk.dir().join("server.db")
    }

    /// Where an admin puts adapter packs.
    pub fn pack_dir(&self) -> PathBuf {
        self.desk.dir().join("packs")
    }

    /// Starts the queue server, on the same port each time.
    pub async fn start_server(&mut self) {
        let listen = self.server_url.trim_start_matches("http://");
        let mut server = self.desk.start(
            "hotdesk-server",
            Command::new(program("hotdesk-server"))
                .args(["serve", "--listen", listen, "--database"])
                .arg(self.database())
                .arg("--adapter-pack-dir")
                .arg(self.pack_dir()),
            None,
        );
        server.line_with("hotdesk-server listening on ").await;
        self.server = Some(server);
    }

    /// Ends the queue server at once, as a crash would.
    pub async fn crash_server(&mut self) {
        self.server.take().unwrap().kill().await;
    }

    /// A bearer token, got once.
    async fn token(&self, email: &str) -> String {
        if let Some(token) = self.tokens.lock().unwrap().get(email) {
            return token.clone();
        }
        let body = json!({"email": email, "password": PASSWORD});
        let (status, answer) = self
            .ask(
                &self.server_url,
                Method::POST,
                "/api/sender/auth",
                None,
                Some(body),
            )
            .await;
        assert_eq!(status, StatusCode::OK, "{email} can sign in: {answer}");
        let token = answer["token"].as_str().unwrap().to_owned();
        let mut tokens = self.tokens.lock().unwrap();
        tokens.insert(email.to_owned(), token.clone());
        token
    }

    /// Queues `count` messages for an SDR, each to a lead of its own, as a manager does.
    pub async fn queue(&self, sdr: Person, count: usize) -> Vec<Queued> {
        let token = self.token("manager@hotdesk.example").await;
        let mut all = Vec::new();
        for n in 0..count {
            let serial =
                u64::from_str_radix(&sha256(&format!("{} {n} {count}", sdr.id))[..8], 16).unwrap();
            let phone = format!("+55219{:08}", serial % 100_000_000);
            let text = format!("Hello number {n} from {}", sdr.id);
            let body = json!({
                "sdrId": sdr.id,
                "lead": {"name": format!("Lead {n}"), "phone": phone, "consent": "asked for it in a test"},
                "text": text,
            });
            let (status, answer) = self
                .ask(
                    &self.server_url,
                    Method::POST,
                    "/api/messages",
                    Some(&token),
                    Some(body),
                )
                .await;
            assert!(
                status.is_success(),
                "a manager can queue: {status} {answer}"
            );
            all.push(Queued {
                id: answer["messageId"].as_str().unwrap().to_owned(),
                phone,
                text_hash: sha256(&text),
            });
        }
        all
    }

    /// Where a message stands at the server.
    pub async fn state(&self, message: &Queued) -> String {
        let token = self.token("manager@hotdesk.example").await;
        let (status, answer) = self
            .ask(
                &self.server_url,
                Method::GET,
                "/api/messages",
                Some(&token),
                None,
            )
            .await;
        assert_eq!(
            status,
            StatusCode::OK,
            "a manager sees the messages: {answer}"
        );
        let found = answer["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["messageId"] == message.id.as_str());
        found.unwrap()["state"].as_str().unwrap().to_owned()
    }

    /// Waits until the server knows each of these as delivered or read.
    pub async fn until_known_delivered(&self, messages: &[Queued]) {
        for message in messages {
            let last = Mutex::new(String::new());
            let wanted = async || {
                let state = self.state(message).await;
                let there = ["delivered", "read"].contains(&state.as_str());
                *last.lock().unwrap() = state;
                there.then_some(())
            };
            let there = within(60, wanted).await;
            let last = last.into_inner().unwrap();
            assert!(
                there.is_some(),
                "the server knows it as delivered, not as {last}: {message:?}"
            );
        }
    }

    /// The SDR's WhatsApp session as the server knows it.
    pub async fn session(&self, sdr: Person) -> Value {
        let token = self.token(sdr.email).await;
        let path = format!("/api/sender/queue?sdrId={}", sdr.id);
        let (status, answer) = self
            .ask(&self.server_url, Method::GET, &path, Some(&token), None)
            .await;
        assert_eq!(status, StatusCode::OK, "an SDR sees their queue: {answer}");
        answer["session"].clone()
    }

    /// Waits until the server knows the SDR's session to be in `state`.
    pub async fn until_session(&self, sdr: Person, state: &str) {
        until(
            &format!("the session of {} is {state}", sdr.id),
            async || (self.session(sdr).await["state"] == state).then_some(()),
        )
        .await;
    }

    /// Waits for the SDR's QR code as relayed to the server.
    pub async fn qr(&self, sdr: Person) -> String {
        let token = self.token(sdr.email).await;
        let path = format!("/api/sdr/whatsapp/qr?sdrId={}", sdr.id);
        until(&format!("{} has a QR code", sdr.id), async || {
            let (status, answer) = self
                .ask(&self.server_url, Method::GET, &path, Some(&token), None)
                .await;
            (status == StatusCode::OK).then(|| answer["value"].as_str().unwrap().to_owned())
        })
        .await
    }

    /// Asks for a pairing code for the SDR's phone, as a manager does in the dashboard, and waits for it.
    pub async fn pairing_code(&self, sdr: Person) -> String {
        let token = self.token("manager@hotdesk.example").await;
        let path = format!("/api/sdrs/{}/whatsapp/connect", sdr.id);
        let body = json!({"method": "code", "phone": sdr.phone});
        let (status, answer) = self
            .ask(
                &self.server_url,
                Method::POST,
                &path,
                Some(&token),
                Some(body),
            )
            .await;
        assert_eq!(status, StatusCode::ACCEPTED, "it is asked for: {answer}");
        let path = format!("/api/sdr/whatsapp/qr?sdrId={}", sdr.id);
        until(&format!("{} has a pairing code", sdr.id), async || {
            let (_, answer) = self
                .ask(&self.server_url, Method::GET, &path, Some(&token), None)
                .await;
            (answer["method"] == "code").then(|| answer["value"].as_str().unwrap().to_owned())
        })
        .await
    }

    /// Scans a QR code with the SDR's phone.
    pub async fn scan(&self, sdr: Person, qr: &str) {
        self.control("scan", json!({"qr": qr, "phone": sdr.phone}))
            .await;
    }

    /// Waits for the QR code, scans it and waits until the server sees the SDR connected.
    pub async fn link(&self, sdr: Person) {
        let qr = self.qr(sdr).await;
        self.scan(sdr, &qr).await;
        self.until_session(sdr, "connected").await;
    }

    /// One call of the rehearsal WhatsApp's control API.
    pub async fn control(&self, what: &str, body: Value) -> Value {
        let path = format!("/control/{what}");
        let (status, answer) = self
            .ask(&self.sim_url, Method::POST, &path, None, Some(body))
            .await;
        assert!(
            status.is_success(),
            "the control call {what} works: {status} {answer}"
        );
        answer
    }

    /// Everything that really left.
    pub async fn departures(&self) -> Vec<Departure> {
        let (_, answer) = self
            .ask(&self.sim_url, Method::GET, "/control/history", None, None)
            .await;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        let rows = answer["messages"].as_array().unwrap().iter();
        rows.map(|row| Departure {
            account: text(row, "account"),
            to: text(row, "to"),
            text_hash: text(row, "textHash"),
            ack: row["acks"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tick| tick["ack"].as_i64().unwrap())
                .max()
                .unwrap_or(0),
        })
        .collect()
    }

    /// Waits until at least `count` messages have left.
    pub async fn until_left(&self, count: usize) {
        until_within(120, &format!("{count} messages have left"), async || {
            (self.departures().await.len() >= count).then_some(())
        })
        .await;
    }

    /// Waits until the leads' phones have raised each of these to at least this tick.
    pub async fn until_ticks(&self, messages: &[Queued], ack: i64) {
        until(
            &format!("WhatsApp has ticked the messages {ack}"),
            async || {
                let departures = self.departures().await;
                let ticked = departures.iter().filter(|row| row.ack >= ack).count();
                (ticked >= messages.len()).then_some(())
            },
        )
        .await;
    }

    /// Asserts that exactly these have left, each once, through the SDR's own account.
    pub async fn assert_left_once(&self, sdr: Person, messages: &[Queued]) {
        let departures = self.departures().await;
        for message in messages {
            let rows: Vec<_> = departures
                .iter()
                .filter(|row| row.to == message.phone && row.text_hash == message.text_hash)
                .collect();
            assert_eq!(rows.len(), 1, "each message leaves exactly once: {rows:?}");
            assert_eq!(
                rows[0].account, sdr.phone,
                "it leaves through its own SDR's account"
            );
        }
        assert_eq!(
            departures.len(),
            messages.len(),
            "nothing else leaves: {departures:?}"
        );
    }

    async fn ask(
        &self,
        base: &str,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = self.http.request(method, format!("{base}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

/// A port nobody listens on right now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
