//! A queue server that answers what a test wants, and remembers what it was asked.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{Instant, interval};

/// One call that was made.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub query: String,
    pub bearer: Option<String>,
    pub body: String,
}

/// One answer: status, headers, body.
#[derive(Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// Given only once this is notified.
    pub held: Option<Arc<Notify>>,
}

impl Answer {
    pub fn ok(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            body: body.into(),
            ..Self::default()
        }
    }

    pub fn status(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::ok(body)
        }
    }

    pub fn held(mut self, until: &Arc<Notify>) -> Self {
        self.held = Some(Arc::clone(until));
        self
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

#[derive(Default)]
struct Inner {
    answers: BTreeMap<String, Vec<Answer>>,
    calls: Vec<Call>,
}

#[derive(Clone)]
pub struct Stub {
    inner: Arc<Mutex<Inner>>,
    pub url: String,
}

impl Stub {
    pub async fn start() -> Self {
        Self::behind(TcpListener::bind("127.0.0.1:0").await.unwrap(), "http")
    }

    /// Behind a listener of whatever kind.
    pub fn behind<L>(listener: L, scheme: &str) -> Self
    where
        L: Listener<Addr = SocketAddr>,
    {
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let stub = Self {
            inner: Arc::default(),
            url,
        };
        let router = Router::new().fallback(answer).with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    /// Answer a path with these in turn; the last one stays.
    pub fn on(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        let answers = answers.into_iter().collect();
        self.inner
            .lock()
            .unwrap()
            .answers
            .insert(path.to_owned(), answers);
    }

    /// Let an SDR sign in.
    pub fn knows(&self, sdr: &str) {
        let body = serde_json::json!({
            "success": true, "token": format!("token-of-{sdr}"), "tenant": "stub",
            "sdr": {"id": sdr, "email": format!("{sdr}@hotdesk.example"), "name": sdr, "role": "sdr"},
        });
        self.on("/api/sender/auth", [Answer::ok(body.to_string())]);
        let beaten = r#"{"queued":0,"sentToday":0}"#;
        self.on("/api/sender/heartbeat", [Answer::ok(beaten)]);
    }

    pub fn calls(&self, path: &str) -> Vec<Call> {
        let inner = self.inner.lock().unwrap();
        inner
            .calls
            .iter()
            .filter(|call| call.path == path)
            .cloned()
            .collect()
    }

    /// Every address that was called, without the server's own part.
    pub fn addresses(&self) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let address = |call: &Call| format!("{}?{}", call.path, call.query);
        inner.calls.iter().map(address).collect()
    }

    /// Wait until a path was called so often.
    pub async fn until_called(&self, path: &str, times: usize) -> Vec<Call> {
        let by = Instant::now() + Duration::from_secs(30);
        let mut look = interval(Duration::from_millis(10));
        loop {
            look.tick().await;
            let calls = self.calls(path);
            if calls.len() >= times {
                return calls;
            }
            assert!(
                Instant::now() < by,
                "{path} was called only {} times",
                calls.len()
            );
        }
    }
}

async fn answer(State(stub): State<Stub>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let path = uri.path().to_owned();
    let answer = {
        let mut inner = stub.inner.lock().unwrap();
        inner.calls.push(Call {
            path: path.clone(),
            query: uri.query().unwrap_or_default().to_owned(),
            bearer: bearer.map(str::to_owned),
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        match inner.answers.get_mut(&path) {
            Some(answers) if answers.len() > 1 => Some(answers.remove(0)),
            Some(answers) => answers.first().cloned(),
            None => None,
        }
    };
    let answer = answer.unwrap_or_else(|| Answer::status(404, ""));
    if let Some(held) = &answer.held {
        held.notified().await;
    }
    let mut response = answer.body.into_response();
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
