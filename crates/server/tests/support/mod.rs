//! A sample office behind a real server on a free port, with a clock that stands still; on SQLite, or
//! on PostgreSQL where `HOTDESK_STORE` is `postgres`.

pub mod browser;
pub mod postgres;
pub mod receiver;

use hotdesk_protocol::UtcMs;
use hotdesk_server::seed::{PASSWORD, SampleOffice, sample_office};
use hotdesk_server::{Options, PasswordCost, Running, start};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;

use postgres::cluster;

/// 2026-03-04 15:00:00 UTC, noon in São Paulo.
pub const NOON: i64 = 1_772_636_400_000;
pub const LEASE_MS: i64 = 60_000;

pub struct Office {
    pub running: Running,
    pub http: Client,
    clock: Arc<AtomicI64>,
    asked: Arc<watch::Sender<u64>>,
    folder: TempDir,
    /// The name of the database, if it is one of PostgreSQL.
    pub on_postgres: Option<String>,
}

/// An answer, read.
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u32>,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "the call should work: {} {}",
            self.status,
            self.body
        );
        self.body
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "every refusal is a problem with its code: {}",
            self.body
        );
        assert!(
            self.body["message"]
                .as_str()
                .is_some_and(|it| !it.is_empty()),
            "a problem has words for a person"
        );
    }
}

/// One signed-in caller.
#[derive(Clone)]
pub struct Seat {
    base: String,
    http: Client,
    pub token: String,
    pub sdr: String,
    pub desktop: String,
}

fn sample(messages: u32) -> SampleOffice {
    SampleOffice {
        messages,
        password_cost: PasswordCost::CHEAP,
        ..SampleOffice::default()
    }
}

impl Office {
    /// John, Jane and Bob with no messages.
    pub async fn open() -> Self {
        Self::with(0, |_| ()).await
    }

    pub async fn with(messages: u32, change: impl FnOnce(&mut Options)) -> Self {
        Self::of(sample(messages), change).await
    }

    /// As [`Office::open`], in a data file whatever the others are in.
    pub async fn in_a_file() -> Self {
        Self::kept(sample(0), None, |_| ()).await
    }

    pub async fn of(sample: SampleOffice, change: impl FnOnce(&mut Options)) -> Self {
        let on_postgres = std::env::var("HOTDESK_STORE").is_ok_and(|it| it == "postgres");
        let name = on_postgres.then(|| cluster().fresh());
        Self::kept(sample, name, change).await
    }

    async fn kept(
        sample: SampleOffice,
        on_postgres: Option<String>,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOON));
        let mut options = Options::new(folder.path().join("queue.sqlite"));
        if let Some(name) = &on_postgres {
            options.database = cluster().url(name).as_str().into();
            options.files_dir = Some(folder.path().join("queue.sqlite-files"));
        }
        let ticks = Arc::clone(&clock);
        let asked = Arc::new(watch::Sender::new(0_u64));
        let counter = Arc::clone(&asked);
        options.clock = Arc::new(move || {
            counter.send_modify(|count| *count += 1);
            UtcMs(ticks.load(Ordering::SeqCst))
        });
        options.password_cost = PasswordCost::CHEAP;
        change(&mut options);
        let running = start(options).await.unwrap();
        sample_office(&**running.store(), sample, UtcMs(NOON))
            .await
            .unwrap();
        Self {
            running,
            http: Client::builder()
                .timeout(Duration::from_secs(40))
                .build()
                .unwrap(),
            clock,
            asked,
            folder,
            on_postgres,
        }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("queue.sqlite")
    }

    pub fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    /// Starts a claim and waits until the server has it in hand.
    pub async fn waiting_claim(&self, seat: &Seat) -> tokio::task::JoinHandle<Answer> {
        let mut asked = self.asked.subscribe();
        let before = *asked.borrow();
        let seat = seat.clone();
        let claim = tokio::spawn(async move { seat.claim_waiting(1, 25, &[]).await });
        // Whose token it is, and the first look.
        asked.wait_for(|asked| *asked >= before + 2).await.unwrap();
        claim
    }

    /// Changes the office's settings behind the server's back.
    pub async fn settle(&self, change: impl FnOnce(&mut hotdesk_server::store::Office)) {
        let store = self.running.store();
        let mut office = store.office().await.unwrap();
        change(&mut office);
        store.put_office(office).await.unwrap();
    }

    /// Waits until the server has asked for the time so often.
    pub async fn asked_for_the_time(&self, times: u64) {
        let mut asked = self.asked.subscribe();
        let before = *asked.borrow();
        asked
            .wait_for(|asked| *asked >= before + times)
            .await
            .unwrap();
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub async fn auth(&self, email: &str, password: &str, desktop: Option<&str>) -> Answer {
        let mut body = json!({"email": email, "password": password});
        if let Some(desktop) = desktop {
            body["desktopId"] = json!(desktop);
        }
        let url = format!("{}/api/sender/auth", self.running.url());
        send(self.http.post(url).json(&body)).await
    }

    /// Signs an SDR in on a desktop.
    pub async fn seat(&self, sdr: &str, desktop: &str) -> Seat {
        let email = format!("{sdr}@hotdesk.example");
        let answer = self.auth(&email, PASSWORD, Some(desktop)).await.ok();
        Seat {
            base: self.running.url(),
            http: self.http.clone(),
            token: answer["token"].as_str().unwrap().to_owned(),
            sdr: sdr.to_owned(),
            desktop: desktop.to_owned(),
        }
    }

    pub async fn admin(&self) -> Seat {
        self.seat("admin", "browser").await
    }

    pub async fn manager(&self) -> Seat {
        self.seat("manager", "browser").await
    }

    /// Queues a message for John to a phone.
    pub async fn queue(&self, id: &str, sdr: &str, phone: &str) {
        let body = message(id, sdr, phone);
        let manager = self.manager().await;
        manager.post("/api/messages", body).await.ok();
    }

    pub async fn state(&self, id: &str) -> String {
        let manager = self.manager().await;
        let found = manager.get(&format!("/api/messages/{id}")).await.ok();
        found["state"].as_str().unwrap().to_owned()
    }
}

pub fn message(id: &str, sdr: &str, phone: &str) -> Value {
    json!({
        "messageId": id, "sdrId": sdr, "text": format!("hello from {sdr}"),
        "lead": {"name": "Ana", "phone": phone, "consent": "asked on the form"},
    })
}

impl Seat {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    pub async fn post_text(&self, path: &str, body: String) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// Sends a plain body.
    pub async fn send(&self, method: Method, path: &str, body: String) -> Answer {
        let request = self.request(method, path);
        send(request.header("content-type", "text/plain").body(body)).await
    }

    /// Uploads a file; `query` follows the question mark.
    pub async fn upload(&self, query: &str, mime_type: &str, bytes: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, &format!("/api/files?{query}"));
        send(request.header("content-type", mime_type).body(bytes)).await
    }

    /// Imports a file of leads; `query` follows the question mark.
    pub async fn import(&self, query: &str, file: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(Method::POST, &format!("/api/leads/import?{query}"));
        send(request.header("content-type", "text/csv").body(file)).await
    }

    /// Fetches bytes: the status and the body.
    pub async fn fetch(&self, path: &str) -> (u16, Vec<u8>) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.bytes().await.unwrap().to_vec())
    }

    /// Claims without waiting.
    pub async fn claim(&self, limit: u32) -> Value {
        self.claim_waiting(limit, 0, &[]).await.ok()
    }

    pub async fn claim_waiting(&self, limit: u32, seconds: u32, holding: &[&str]) -> Answer {
        let body = json!({
            "sdrId": self.sdr, "desktopId": self.desktop, "limit": limit,
            "waitSeconds": seconds, "holding": holding,
        });
        self.post("/api/sender/claim", body).await
    }

    /// Makes this desktop the SDR's active one.
    pub async fn take_over(&self) -> Value {
        let body = json!({"sdrId": self.sdr, "desktopId": self.desktop});
        self.post("/api/sdr/desktop/take-over", body).await.ok()
    }

    /// A heartbeat of a connected session.
    pub async fn beat(&self) -> Answer {
        self.post("/api/sender/heartbeat", self.beat_body()).await
    }

    pub fn beat_body(&self) -> Value {
        json!({
            "session": {
                "sdrId": self.sdr, "desktopId": self.desktop, "connected": true,
                "state": "connected", "phone": "+5511960000001", "connectedAtMs": null,
                "adapter": "modules", "missing": [], "problem": null,
            },
            "paused": false, "inFlight": 2, "appVersion": "0.1.0",
        })
    }

    /// Claims exactly one message and gives its lease.
    pub async fn lease(&self) -> Lease {
        let answer = self.claim(1).await;
        let first = &answer["messages"][0];
        Lease {
            seat: self.clone(),
            message: first["messageId"]
                .as_str()
                .expect("a message is offered")
                .to_owned(),
            token: first["leaseToken"].as_str().unwrap().to_owned(),
        }
    }

    pub async fn result(&self, message: &str, state: &str, at_ms: i64) -> Answer {
        let body = json!({
            "sdrId": self.sdr, "desktopId": self.desktop, "messageId": message,
            "state": state, "atMs": at_ms, "waMessageId": "3EB0AA", "chatId": "5511@c.us",
            "problem": null,
        });
        self.post("/api/sender/result", body).await
    }
}

/// A message one seat holds.
#[derive(Clone)]
pub struct Lease {
    pub seat: Seat,
    pub message: String,
    pub token: String,
}

impl Lease {
    pub fn body(&self) -> Value {
        json!({
            "sdrId": self.seat.sdr, "desktopId": self.seat.desktop,
            "messageId": self.message, "leaseToken": self.token,
        })
    }

    pub async fn begin(&self) -> Answer {
        self.begin_through("epoch-1").await
    }

    pub async fn begin_through(&self, epoch: &str) -> Answer {
        let mut body = self.body();
        body["profileEpoch"] = json!(epoch);
        self.seat.post("/api/sender/begin", body).await
    }

    pub async fn renew(&self) -> Answer {
        self.seat.post("/api/sender/renew", self.body()).await
    }

    pub async fn release(&self) -> Answer {
        self.seat.post("/api/sender/release", self.body()).await
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    read(request.send().await.unwrap()).await
}

/// The whole of an answer.
pub async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get("retry-after")
        .map(|it| it.to_str().unwrap().parse().unwrap());
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).expect("every body is JSON")
    };
    Answer {
        status,
        retry_after,
        body,
    }
}

/// The ids of the messages in a claim's or a list's answer.
pub fn ids(answer: &Value) -> Vec<String> {
    let messages = answer["messages"].as_array().unwrap();
    let id = |it: &Value| it["messageId"].as_str().unwrap().to_owned();
    messages.iter().map(id).collect()
}
