//! `/control/*`: what tests, demos and the phone page may do.

use crate::history::Row;
use crate::knobs::Knobs;
use crate::linking::Linking;
use crate::sim::{PendingCode, PendingPairing, Sim, Violation};
use crate::wire::{PageAction, Remembered, ToPage};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hotdesk_protocol::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::future::{Ready, ready};

/// The longest reply that can be had.
const MAX_REPLY_BYTES: usize = 32 * 1024 * 1024;

/// The routes below `/control`.
pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/control/scan", post(scan))
        .route("/control/pair", post(pair))
        .route("/control/passkey", post(passkey))
        .route("/control/remove", post(remove))
        .route("/control/reply", post(reply))
        .route("/control/knobs", post(turn_knobs).get(show_knobs))
        .route("/control/socket", post(socket))
        .route("/control/page", post(act))
        .route("/control/history", get(history))
        .route("/control/chats", get(chats))
        .route("/control/state", get(state))
}

struct Refused(Problem);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let statuses = [
            (ProblemCode::NotFound, StatusCode::NOT_FOUND),
            (ProblemCode::Forbidden, StatusCode::CONFLICT),
            (ProblemCode::StoreFailed, StatusCode::INTERNAL_SERVER_ERROR),
        ];
        let status = statuses
            .into_iter()
            .find(|(code, _)| *code == self.0.code)
            .map_or(StatusCode::BAD_REQUEST, |(_, status)| status);
        (status, Json(self.0)).into_response()
    }
}

type Answer = Ready<Result<Json<Value>, Refused>>;

/// A JSON body whose faults are told as a [`Problem`].
struct Body<T>(T);

impl<T, S> FromRequest<S> for Body<T>
where
    Json<T>: FromRequest<S, Rejection = JsonRejection>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Refused(Problem::new(
                ProblemCode::BadRequest,
                format!("{}. Nothing was changed.", rejection.body_text()),
            ))),
        }
    }
}

fn answer(result: Result<Value, Problem>) -> Answer {
    ready(result.map(Json).map_err(Refused))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    qr: String,
    phone: String,
    name: Option<String>,
}

fn scan(State(sim): State<Sim>, Body(body): Body<Scan>) -> Answer {
    let scanned = sim.scan(&body.qr, &body.phone, body.name.as_deref());
    answer(scanned.map(|linking| told(&body.phone, &linking)))
}

fn told(phone: &str, linking: &Linking) -> Value {
    match linking {
        Linking::Linked(device) => json!({"phone": phone, "device": device.number}),
        Linking::Passkey => json!({"phone": phone, "device": null, "passkey": true}),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    phone: String,
    code: String,
    name: Option<String>,
}

fn pair(State(sim): State<Sim>, Body(body): Body<Pair>) -> Answer {
    let paired = sim.pair(&body.phone, &body.code, body.name.as_deref());
    answer(paired.map(|linking| told(&body.phone, &linking)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passkey {
    phone: String,
    confirm: bool,
}

fn passkey(State(sim): State<Sim>, Body(body): Body<Passkey>) -> Answer {
    let answered = sim.passkey(&body.phone, body.confirm);
    answer(
        answered.map(|device| json!({"phone": body.phone, "device": device.map(|it| it.number)})),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    phone: String,
    device: Option<u32>,
}

fn remove(State(sim): State<Sim>, Body(body): Body<Remove>) -> Answer {
    let removed = sim.remove(&body.phone, body.device);
    answer(removed.map(|count| json!({"removed": count})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    phone: String,
    from: String,
    text: String,
    /// The text so many times over: for texts too long to be sent here.
    repeat: Option<usize>,
}

fn reply(State(sim): State<Sim>, Body(body): Body<Reply>) -> Answer {
    let times = body.repeat.unwrap_or(1);
    if body.text.len().saturating_mul(times) > MAX_REPLY_BYTES {
        return answer(Err(Problem::new(
            ProblemCode::BadText,
            "The reply is longer than 32 MB. Nothing was sent.",
        )));
    }
    let replied = sim.reply(&body.phone, &body.from, &body.text.repeat(times));
    answer(replied.map(|id| json!({"waMessageId": id})))
}

fn turn_knobs(State(sim): State<Sim>, Body(mut patch): Body<Map<String, Value>>) -> Answer {
    let phone = match patch.remove("phone") {
        Some(Value::String(phone)) => Some(phone),
        _ => None,
    };
    if let Some(wait_ms) = patch.remove("deviceMs") {
        patch.insert("deliveredMs".to_owned(), wait_ms);
    }
    if let Some(never) = patch.remove("neverAck") {
        let mode = if never == true { "lost_ack" } else { "normal" };
        patch.insert("ack".to_owned(), json!(mode));
    }
    answer(
        sim.turn_knobs(phone.as_deref(), patch)
            .map(|knobs| json!(knobs)),
    )
}

#[derive(Deserialize)]
struct Whose {
    #[serde(alias = "account")]
    phone: Option<String>,
}

fn show_knobs(State(sim): State<Sim>, Query(whose): Query<Whose>) -> Answer {
    answer(Ok(json!(sim.world().knobs.of(whose.phone.as_deref()))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Socket {
    phone: Option<String>,
    device: Option<u32>,
    online: bool,
}

fn socket(State(sim): State<Sim>, Body(body): Body<Socket>) -> Answer {
    let devices = sim.set_online(body.phone.as_deref(), body.device, body.online);
    answer(Ok(json!({"devices": devices})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    phone: Option<String>,
    action: PageAction,
}

fn act(State(sim): State<Sim>, Body(body): Body<Act>) -> Answer {
    let pages = sim.tell_pages(body.phone.as_deref(), body.action);
    answer(Ok(json!({"pages": pages})))
}

fn history(State(sim): State<Sim>, Query(whose): Query<Whose>) -> Answer {
    let world = sim.world();
    let rows: Vec<&Row> = world
        .history
        .rows()
        .iter()
        .filter(|row| {
            whose
                .phone
                .as_ref()
                .is_none_or(|phone| *phone == row.account)
        })
        .collect();
    answer(Ok(json!({"messages": rows})))
}

fn chats(State(sim): State<Sim>, Query(whose): Query<Whose>) -> Answer {
    let world = sim.world();
    let messages: &[Remembered] = whose
        .phone
        .as_deref()
        .map_or(&[], |phone| world.phones.chats(phone));
    answer(Ok(json!({"messages": messages})))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceView {
    device: u32,
    linked_at_ms: i64,
    online: bool,
    cut_off: bool,
    waiting: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView {
    phone: String,
    name: String,
    lid: String,
    left: usize,
    devices: Vec<DeviceView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StateView {
    accounts: Vec<AccountView>,
    qr: Vec<PendingCode>,
    pairing: Vec<PendingPairing>,
    passkey: Vec<String>,
    connections: usize,
    page_loads: u64,
    messages_left: usize,
    csp_violations: usize,
    violations: Vec<Violation>,
}

fn state(State(sim): State<Sim>) -> Answer {
    let qr = sim.pending_codes();
    let pairing = sim.pending_pairings();
    let world = sim.world();
    let accounts = world.phones.accounts().map(|account| AccountView {
        phone: account.phone.clone(),
        name: account.name.clone(),
        lid: account.lid.clone(),
        left: world
            .history
            .rows()
            .iter()
            .filter(|row| row.account == account.phone)
            .count(),
        devices: account
            .devices
            .iter()
            .map(|device| DeviceView {
                device: device.number,
                linked_at_ms: device.linked_at_ms,
                online: world.online(&device.token).is_some(),
                cut_off: world.cut_off.contains(&device.token),
                waiting: world
                    .mailboxes
                    .get(&device.token)
                    .map_or(0, |mailbox| mailbox.waiting.len()),
            })
            .collect(),
    });
    answer(Ok(json!(StateView {
        accounts: accounts.collect(),
        qr,
        pairing,
        passkey: world
            .connections
            .values()
            .filter_map(|it| Some(it.passkey.as_ref()?.phone.clone()))
            .collect(),
        connections: world.connections.len(),
        page_loads: world.page_loads,
        messages_left: world.history.rows().len(),
        csp_violations: world.violations.len(),
        violations: world.violations.clone(),
    })))
}

impl Sim {
    /// Turns knobs for one account or for everybody; pages that are open learn of it at once.
    pub fn turn_knobs(
        &self,
        phone: Option<&str>,
        patch: Map<String, Value>,
    ) -> Result<Knobs, Problem> {
        let mut strangers = Vec::new();
        let now = {
            let mut world = self.world();
            let was_muted = world.knobs.of(None).qr_muted;
            world.knobs.turn(phone, patch).map_err(|error| {
                Problem::new(
                    ProblemCode::BadRequest,
                    format!("Not a knob: {error}. Nothing was changed."),
                )
            })?;
            for (id, connection) in &world.connections {
                let knobs = world.knobs_of(*id).for_page();
                connection.say(ToPage::Knobs { knobs });
                if connection.linked.is_none() && connection.keys.is_some() {
                    strangers.push(*id);
                }
            }
            let now = world.knobs.of(phone);
            if !was_muted || world.knobs.of(None).qr_muted {
                strangers.clear();
            }
            now
        };
        for connection in strangers {
            self.begin_codes(connection);
        }
        Ok(now)
    }

    /// Cuts devices off from the server half, or lets them back; returns how many.
    pub fn set_online(&self, phone: Option<&str>, device: Option<u32>, online: bool) -> usize {
        let mut world = self.world();
        let tokens: Vec<String> = world
            .phones
            .accounts()
            .filter(|account| phone.is_none_or(|phone| phone == account.phone))
            .flat_map(|account| &account.devices)
            .filter(|it| device.is_none_or(|number| number == it.number))
            .map(|it| it.token.clone())
            .collect();
        for token in &tokens {
            if online {
                world.cut_off.remove(token);
            } else {
                world.cut_off.insert(token.clone());
                if let Some((id, connection)) = world.online(token) {
                    connection.close();
                    world.connections.remove(&id);
                }
            }
        }
        tokens.len()
    }

    /// Has pages do something; returns how many were told. Without a phone: all pages.
    pub fn tell_pages(&self, phone: Option<&str>, action: PageAction) -> usize {
        let world = self.world();
        let told = world.connections.values().filter(|connection| {
            let own = connection
                .linked
                .as_ref()
                .map(|linked| linked.phone.as_str());
            phone.is_none_or(|phone| own == Some(phone))
        });
        told.map(|connection| connection.say(ToPage::Act { action }))
            .count()
    }
}
