//! A program that a webhook tells: answers as a test wants, and keeps what it was told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// What was told.
#[derive(Debug)]
pub struct Told {
    pub headers: HeaderMap,
    pub text: String,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn kind(&self) -> String {
        self.body()["type"].as_str().unwrap().to_owned()
    }
}

pub struct Receiver {
    pub url: String,
    status: Arc<AtomicU16>,
    told: UnboundedReceiver<Told>,
}

type Shared = (Arc<AtomicU16>, UnboundedSender<Told>);

impl Receiver {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(204));
        let (tell, told) = unbounded_channel();
        let shared: Shared = (Arc::clone(&status), tell);
        let router = Router::new().route("/hook", post(hear)).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, status, told }
    }

    /// What it answers from now on.
    pub fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What it is told next.
    pub async fn next(&mut self) -> Told {
        let told = timeout(Duration::from_secs(30), self.told.recv()).await;
        told.expect("the webhook is told").unwrap()
    }

    /// What it was told until now and nobody has looked at.
    pub fn rest(&mut self) -> Vec<Told> {
        std::iter::from_fn(|| self.told.try_recv().ok()).collect()
    }
}

async fn hear(State((status, tell)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = String::from_utf8(body.to_vec()).unwrap();
    // A test that has ended listens no more.
    let _ = tell.send(Told { headers, text });
    StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap()
}
