//! A server of the second kind: one queue, one service token, its own pace and hours.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

pub const TOKEN: &str = "service-token-of-lk2";

#[derive(Default)]
pub struct Inner {
    pub config: Value,
    pub pending: Vec<Value>,
    pub calls: Vec<(String, Value)>,
    /// Every address that was called, without the server's own part.
    pub addresses: Vec<String>,
    /// Answers the queue in lk1's words.
    pub turned: bool,
}

#[derive(Clone)]
pub struct Lk2 {
    inner: Arc<Mutex<Inner>>,
    pub url: String,
}

impl Lk2 {
    /// Working from 09:00 to 18:00, 10 to 20 s between messages.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = json!({
            "working_start": "09:00", "working_end": "18:00", "delay_min_sec": 10,
            "delay_max_sec": 20, "daily_hint": null,
        });
        let server = Self {
            inner: Arc::new(Mutex::new(Inner {
                config,
                ..Inner::default()
            })),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub fn add(&self, send_id: impl Into<Value>, phone: &str, text: &str) {
        self.inner().pending.push(json!({
            "send_id": send_id.into(), "lead_id": 7, "phone": phone, "contact_name": "Ana",
            "business_name": "Acme", "message_text": text, "created_at": "2026-11-20T10:00:00Z",
        }));
    }

    pub fn calls(&self, path: &str) -> Vec<Value> {
        let inner = self.inner();
        let calls = inner.calls.iter().filter(|(called, _)| called == path);
        calls.map(|(_, body)| body.clone()).collect()
    }
}

async fn answer(
    State(server): State<Lk2>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut inner = server.inner();
    inner.calls.push((uri.path().to_owned(), body.clone()));
    inner.addresses.push(uri.to_string());
    let right = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|v| *v == *format!("Bearer {TOKEN}"));
    let (status, answer) = match (method.as_str(), uri.path()) {
        ("GET", "/api/health") => (200, json!({"ok": true})),
        (_, "/api/sender/auth") => (404, Value::Null),
        _ if !right => (401, json!({"error": "Invalid token"})),
        ("GET", "/api/sender/queue") if inner.turned => {
            (200, json!({"contacts": [], "count": 0, "total": 0}))
        }
        ("GET", "/api/sender/queue") => (
            200,
            json!({"config": inner.config, "pending": inner.pending}),
        ),
        ("POST", "/api/sender/mark-sent" | "/api/sender/mark-failed") => {
            inner.pending.retain(|p| p["send_id"] != body["send_id"]);
            (200, json!({"ok": true}))
        }
        ("POST", "/api/sender/reply") => (200, json!({"ok": true})),
        _ => (404, Value::Null),
    };
    drop(inner);
    let mut response = answer.to_string().into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}
