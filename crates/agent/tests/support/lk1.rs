//! The existing lead system, as the facts about it say: the token that opens nothing, no lease, and
//! acks refused outside of the working hours although the message has left.

use super::desk::{Desk, FakeAgent};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use hotdesk_agent::clock::Clock;
use jiff::Timestamp;
use jiff::civil::Weekday;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

pub const JOHN: &str = "0b1f6f3a-0000-4000-8000-000000000001";
pub const JANE: &str = "0b1f6f3a-0000-4000-8000-000000000002";
pub const PASSWORD: &str = "secret-of-the-lead-system";
pub const QUEUE: &str = "/api/sender/queue";
pub const MARK_SENT: &str = "/api/sender/mark-sent";
pub const MARK_FAILED: &str = "/api/sender/mark-failed";
pub const CONNECT: &str = "/api/sdr/whatsapp/connect";
pub const CONTROL: &str = "/api/sdr/sending/control";

#[derive(Clone, Debug)]
pub struct Contact {
    pub id: String,
    pub sdr: &'static str,
    pub phone: Value,
    pub message: Value,
    pub status: &'static str,
    pub sent_at: Option<String>,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub bearer: String,
    pub body: Value,
}

#[derive(Clone, Default)]
pub struct Session {
    pub connected: bool,
    pub phone: Option<String>,
    pub id: Option<String>,
    pub last_seen: Option<String>,
}

#[derive(Default)]
pub struct Inner {
    pub contacts: Vec<Contact>,
    pub sessions: BTreeMap<String, Session>,
    pub calls: Vec<Call>,
    /// A path answers with this instead.
    pub faults: BTreeMap<&'static str, (u16, String)>,
    /// Accepts acks and goes on offering the contact.
    pub forgets: bool,
    running: Option<String>,
}

#[derive(Clone)]
pub struct Lk1 {
    inner: Arc<Mutex<Inner>>,
    clock: Clock,
    pub url: String,
}

impl Lk1 {
    pub async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            inner: Arc::default(),
            clock,
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub fn add(
        &self,
        sdr: &'static str,
        phone: impl Into<Value>,
        message: impl Into<Value>,
    ) -> String {
        let mut inner = self.inner();
        let id = format!("c0ffee00-0000-4000-8000-{:012}", inner.contacts.len() + 1);
        inner.contacts.push(Contact {
            id: id.clone(),
            sdr,
            phone: phone.into(),
            message: message.into(),
            status: "pending",
            sent_at: None,
            error: None,
        });
        id
    }

    pub fn contact(&self, id: &str) -> Contact {
        let inner = self.inner();
        inner.contacts.iter().find(|c| c.id == id).unwrap().clone()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Contact)) {
        change(
            self.inner()
                .contacts
                .iter_mut()
                .find(|c| c.id == id)
                .unwrap(),
        );
    }

    pub fn count(&self, status: &str) -> usize {
        self.inner()
            .contacts
            .iter()
            .filter(|c| c.status == status)
            .count()
    }

    pub fn calls(&self, path: &str) -> Vec<Call> {
        let inner = self.inner();
        inner
            .calls
            .iter()
            .filter(|call| call.path == path)
            .cloned()
            .collect()
    }

    /// Every address that was called, without the server's own part.
    pub fn addresses(&self) -> Vec<String> {
        let address = |call: &Call| format!("{}?{}", call.path, call.query);
        self.inner().calls.iter().map(address).collect()
    }

    pub fn fail(&self, path: &'static str, status: u16, body: &str) {
        self.inner().faults.insert(path, (status, body.to_owned()));
    }

    pub fn heal(&self) {
        self.inner().faults.clear();
    }

    pub fn session(&self, sdr: &str) -> Session {
        self.inner().sessions.get(sdr).cloned().unwrap_or_default()
    }

    pub fn set_session(&self, sdr: &str, session: Session) {
        self.inner().sessions.insert(sdr.to_owned(), session);
    }

    fn now(&self) -> String {
        let now = self.clock.now().utc.0;
        Timestamp::from_millisecond(now).unwrap().to_string()
    }

    fn is_open(&self) -> bool {
        let now = self.clock.local(self.clock.now().utc);
        let weekend = matches!(now.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && (9..18).contains(&now.hour())
    }
}

/// Sign in as somebody of the lead system, linked to a phone.
pub async fn sign_in(desk: &Desk, agent: &FakeAgent, sdr: &'static str) {
    let name = if sdr == JOHN { "john" } else { "jane" };
    let last = if sdr == JOHN { 1 } else { 2 };
    desk.pages.link(sdr, &format!("+551196000000{last}"));
    let email = format!("{name}@leads.example");
    let id = agent.sign_in(&email, PASSWORD).await.unwrap();
    assert_eq!(id.as_str(), sdr, "the server says who signed in");
}

fn reply(status: u16, body: Value) -> (u16, String) {
    (status, body.to_string())
}

fn error(status: u16, words: &str) -> (u16, String) {
    reply(status, json!({"error": words, "details": null}))
}

async fn answer(
    State(server): State<Lk1>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let bearer = headers.get(header::AUTHORIZATION);
    let bearer = bearer.and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let call = Call {
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        bearer: bearer.unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let mut inner = server.inner();
    inner.calls.push(call.clone());
    let fault = inner.faults.get(call.path.as_str()).cloned();
    let (status, body) = fault.unwrap_or_else(|| server.carry_out(&mut inner, &call));
    drop(inner);
    let mut response = body.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

impl Lk1 {
    fn carry_out(&self, inner: &mut Inner, call: &Call) -> (u16, String) {
        if call.path == "/api/sender/auth" {
            return auth(&call.body);
        }
        let sdr = call.bearer.as_str();
        if ![JOHN, JANE].contains(&sdr) {
            return error(401, "Unauthorized");
        }
        match (call.method.as_str(), call.path.as_str()) {
            ("GET", QUEUE) => self.queue(inner, sdr, &call.query),
            ("POST", MARK_SENT) => self.mark_sent(inner, sdr, &call.body),
            ("POST", MARK_FAILED) => self.mark_failed(inner, sdr, &call.body),
            ("GET", "/api/sdr/whatsapp/status") => status(inner, sdr),
            ("POST" | "PUT" | "DELETE", CONNECT) => self.connect(inner, sdr, call),
            ("GET" | "POST", CONTROL) => control(inner, sdr, &call.body),
            ("GET", "/api/sdr/sending/queue") => {
                let pending = inner
                    .contacts
                    .iter()
                    .filter(|c| c.status == "pending")
                    .count();
                reply(200, json!({"success": true, "pending": pending}))
            }
            _ => (404, "<html>Not found</html>".to_owned()),
        }
    }

    fn queue(&self, inner: &Inner, sdr: &str, query: &str) -> (u16, String) {
        if !self.is_open() {
            let body = json!({
                "contacts": [], "count": 0, "total": 0,
                "message": "Queue blocked: outside working hours",
                "currentTime": self.now(), "workingHours": "Mon-Fri 09:00-18:00",
            });
            return reply(200, body);
        }
        let limit = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("limit="));
        let limit = limit.map_or(50, |limit| limit.parse().unwrap());
        let mine = |c: &&Contact| c.sdr == sdr && c.status == "pending";
        let all: Vec<_> = inner.contacts.iter().filter(mine).collect();
        let contacts: Vec<_> = all
            .iter()
            .take(limit)
            .map(|c| {
                json!({
                    "contactId": c.id, "phone": c.phone, "nome": "Ana", "empresa": "Acme",
                    "cargo": null, "site": null, "dor_especifica": null, "message": c.message,
                })
            })
            .collect();
        let (count, total) = (contacts.len(), all.len());
        reply(
            200,
            json!({"contacts": contacts, "count": count, "total": total}),
        )
    }

    /// The contact a mark is about, or why it is refused.
    fn marked<'a>(
        &self,
        inner: &'a mut Inner,
        sdr: &str,
        body: &Value,
    ) -> Result<&'a mut Contact, (u16, String)> {
        let id = body["contactId"].as_str();
        let id = id.ok_or_else(|| error(400, "contactId is required"))?;
        let contact = inner.contacts.iter_mut().find(|c| c.id == id);
        let contact = contact.ok_or_else(|| error(404, "Contact not found"))?;
        if contact.sdr != sdr {
            return Err(error(403, "Contact is not assigned to you"));
        }
        if !self.is_open() {
            return Err(error(403, "Outside working hours"));
        }
        Ok(contact)
    }

    fn mark_sent(&self, inner: &mut Inner, sdr: &str, body: &Value) -> (u16, String) {
        let forgets = inner.forgets;
        let at = body["sentAt"].as_str().unwrap_or_default();
        if !at.ends_with('Z') || at.parse::<Timestamp>().is_err() {
            return error(400, "sentAt must be ISO 8601 in UTC");
        }
        match self.marked(inner, sdr, body) {
            Err(refused) => refused,
            Ok(contact) => {
                contact.sent_at = Some(at.to_owned());
                if !forgets {
                    contact.status = "sent";
                }
                reply(
                    200,
                    json!({"success": true, "contactId": contact.id, "status": "sent"}),
                )
            }
        }
    }

    fn mark_failed(&self, inner: &mut Inner, sdr: &str, body: &Value) -> (u16, String) {
        let why = body["error"].as_str().unwrap_or_default();
        if !(1..=500).contains(&why.chars().count()) {
            return error(400, "error must have 1 to 500 characters");
        }
        match self.marked(inner, sdr, body) {
            Err(refused) => refused,
            Ok(contact) => {
                contact.status = "failed";
                contact.error = Some(why.to_owned());
                reply(
                    200,
                    json!({"success": true, "contactId": contact.id, "status": "failed"}),
                )
            }
        }
    }

    fn connect(&self, inner: &mut Inner, sdr: &str, call: &Call) -> (u16, String) {
        let session = inner.sessions.entry(sdr.to_owned()).or_default();
        match call.method.as_str() {
            "POST" => {
                *session = Session {
                    id: Some("web-1".to_owned()),
                    ..Session::default()
                };
                let body = json!({
                    "success": true, "sessionId": "web-1", "message": "Scan the code",
                    "instructions": [], "whatsappWebUrl": "https://web.whatsapp.com",
                });
                return reply(200, body);
            }
            "PUT" => {
                *session = Session {
                    connected: call.body["connected"].as_bool().unwrap(),
                    phone: call.body["phone"].as_str().map(str::to_owned),
                    id: Some(call.body["sessionId"].as_str().unwrap().to_owned()),
                    last_seen: Some(self.now()),
                };
            }
            _ => *session = Session::default(),
        }
        reply(200, json!({"success": true}))
    }
}

/// The token is written down nowhere.
fn auth(body: &Value) -> (u16, String) {
    let (Some(email), Some(password)) = (body["email"].as_str(), body["password"].as_str()) else {
        return error(400, "email and password are required");
    };
    let id = match email {
        "john@leads.example" => JOHN,
        "jane@leads.example" => JANE,
        _ => return error(401, "Invalid credentials"),
    };
    if password != PASSWORD {
        return error(401, "Invalid credentials");
    }
    let name = email.split('@').next();
    let sdr = json!({"id": id, "email": email, "name": name, "role": "sdr"});
    reply(
        200,
        json!({"success": true, "token": "opens-nothing", "sdr": sdr}),
    )
}

fn status(inner: &Inner, sdr: &str) -> (u16, String) {
    let session = inner.sessions.get(sdr).cloned().unwrap_or_default();
    let body = json!({
        "success": true, "connected": session.connected, "phone": session.phone,
        "connectedAt": null, "lastSeen": session.last_seen, "sessionId": session.id,
    });
    reply(200, body)
}

/// One for the whole company: who starts stops everybody else from starting.
fn control(inner: &mut Inner, sdr: &str, body: &Value) -> (u16, String) {
    match body["action"].as_str() {
        Some("start" | "resume") => {
            if inner
                .running
                .as_deref()
                .is_some_and(|running| running != sdr)
            {
                return error(409, "Another SDR is running");
            }
            inner.running = Some(sdr.to_owned());
        }
        Some(_) => inner.running = None,
        None => {}
    }
    reply(200, json!({"success": true, "running": inner.running}))
}
