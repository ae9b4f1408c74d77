//! A running rehearsal and a page that speaks its WebSocket.
#![expect(clippy::unwrap_used, reason = "tests")]

use futures_util::{SinkExt, StreamExt};
use hotdesk_whatsapp_sim::{Options, Running, start};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub const JOHN: &str = "+5511960000001";
pub const LEAD: &str = "+5511970000001";
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Rehearsal {
    pub running: Running,
    pub folder: TempDir,
    http: reqwest::Client,
}

impl Rehearsal {
    pub async fn start(change: impl FnOnce(&mut Options)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change).await
    }

    pub async fn start_in(folder: TempDir, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::new(folder.path());
        options.knobs.ack_ms = 1;
        options.knobs.delivered_ms = 1;
        options.knobs.read_ms = 1;
        options.knobs.exists_ms = 0;
        change(&mut options);
        Self {
            running: start(options).await.unwrap(),
            folder,
            http: reqwest::Client::new(),
        }
    }

    /// Stops it and starts it again on the same data.
    pub async fn restart(self, change: impl FnOnce(&mut Options)) -> Self {
        self.running.stop().await.unwrap();
        Self::start_in(self.folder, change).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let url = format!("{}/control/{path}", self.running.base_url());
        self.http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/control/{path}", self.running.base_url());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn raw(
        &self,
        request: impl FnOnce(&reqwest::Client, &str) -> reqwest::RequestBuilder,
    ) -> reqwest::Response {
        request(&self.http, &self.running.base_url())
            .send()
            .await
            .unwrap()
    }

    pub async fn page(&self, token: Option<&str>) -> Page {
        let url = format!("ws://{}/ws", self.running.address());
        let (socket, _) = connect_async(url).await.unwrap();
        let mut page = Page { socket };
        page.say(
            json!({"type": "hello", "token": token, "noise": "n", "identity": "i", "adv": "a"}),
        )
        .await;
        page
    }

    /// A page that is linked to `phone`, and its token.
    pub async fn linked(&self, phone: &str) -> (Page, String) {
        let mut page = self.page(None).await;
        let code = page.hear("qr").await;
        let scanned = self
            .post("scan", json!({"qr": code["value"], "phone": phone}))
            .await;
        assert_eq!(scanned.0, 200, "the scan works: {}", scanned.1);
        let paired = page.hear("paired").await;
        page.hear("welcome").await;
        (page, paired["token"].as_str().unwrap().to_owned())
    }

    pub async fn rows(&self) -> Vec<Value> {
        self.get("history").await["messages"]
            .as_array()
            .unwrap()
            .clone()
    }
}

pub struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Page {
    pub async fn say(&mut self, word: Value) {
        self.socket
            .send(Message::text(word.to_string()))
            .await
            .unwrap();
    }

    pub async fn send(&mut self, id: &str, body: &str) {
        let chat = format!("{}@c.us", &LEAD[1..]);
        self.say(json!({"type": "message", "id": id, "chat": chat, "body": body}))
            .await;
    }

    /// The next word, or None when the server closed.
    pub async fn next(&mut self) -> Option<Value> {
        let frame = timeout(PATIENCE, self.socket.next())
            .await
            .expect("the server says something");
        match frame {
            Some(Ok(Message::Text(text))) => Some(serde_json::from_str(&text).unwrap()),
            _ => None,
        }
    }

    /// Waits until the server has heard everything said so far.
    pub async fn settle(&mut self) {
        self.say(json!({"type": "query_exists", "request": 99, "user": "1", "server": "c.us"}))
            .await;
        while self.hear("exists").await["request"] != 99 {}
    }

    /// Skips to the next word of this type.
    pub async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let word = self
                .next()
                .await
                .unwrap_or_else(|| panic!("closed before {kind}"));
            if word["type"] == kind {
                return word;
            }
        }
    }

    /// Skips to an ack of this message at this level.
    pub async fn hear_ack(&mut self, id: &str, ack: i64) -> Value {
        loop {
            let word = self.hear("stanza").await;
            if word["stanza"] == "ack" && word["id"] == id && word["ack"] == ack {
                return word;
            }
        }
    }
}
