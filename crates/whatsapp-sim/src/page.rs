//! The page and its files, with a content policy as strict as WhatsApp's.

use crate::knobs::Weight;
use crate::media::token_of;
use crate::sim::{Sim, Violation};
use crate::weight;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use std::future::{Ready, ready};

/// More reports than this are counted as one.
const MAX_VIOLATIONS: usize = 10_000;

macro_rules! assets {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../page/", $name)))),*]
    };
}

/// The page's script files in the order in which they register their modules.
const SCRIPTS: &[(&str, &str)] = assets![
    "registry.js",
    "observable.js",
    "ids.js",
    "constants.js",
    "storage.js",
    "account.js",
    "connection.js",
    "contacts.js",
    "chats.js",
    "messages.js",
    "link.js",
    "login.js",
    "media.js",
    "pairing.js",
    "send.js",
    "empty-rooms.js",
    "gatherings.js",
    "view-parts.js",
    "view-qr.js",
    "view-chats.js",
    "view-chat.js",
    "weight.js",
    "main.js",
];

const OTHERS: &[(&str, &str)] = assets!["page.css", "loader.js", "phone.js", "phone.css"];
const INDEX: &str = include_str!("../page/index.html");
const PHONE: &str = include_str!("../page/phone.html");

/// The page, the phone page and their files.
pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/", get(index))
        .route("/send", get(index))
        .route("/phone", get(phone))
        .route("/assets/{name}", get(asset))
        .route("/csp-report", post(report))
}

fn policy(host: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; media-src 'self' blob:; connect-src 'self' ws://{host}; worker-src 'self' blob:; \
         object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; report-uri /csp-report"
    )
}

fn html(headers: &HeaderMap, text: String) -> Response {
    let host: String = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("127.0.0.1")
        .chars()
        .filter(|it| it.is_ascii_alphanumeric() || ".:-[]".contains(*it))
        .collect();
    let head = [
        (CONTENT_SECURITY_POLICY, policy(&host)),
        (CACHE_CONTROL, "no-store".to_owned()),
        (REFERRER_POLICY, "same-origin".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (head, Html(text)).into_response()
}

fn index(State(sim): State<Sim>, headers: HeaderMap) -> Ready<Response> {
    let mut world = sim.world();
    world.page_loads += 1;
    let account = token_of(&headers)
        .and_then(|token| world.phones.device_of(token))
        .map(|(account, _)| account.phone.as_str());
    let knobs = world.knobs.of(account);
    let setup = serde_json::json!({
        "scripts": scripts(knobs.weight),
        "knobs": knobs.for_page(),
    });
    let setup = setup
        .to_string()
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    ready(html(&headers, INDEX.replace("{{setup}}", &setup)))
}

/// The script files in their order; the weight comes last but one.
fn scripts(weight: Weight) -> Vec<String> {
    let mut names: Vec<String> = SCRIPTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    match weight {
        Weight::Light => {}
        Weight::Heavy => {
            let last = names.len().saturating_sub(1);
            names.splice(last..last, weight::names());
        }
    }
    names
}

fn phone(headers: HeaderMap) -> Ready<Response> {
    ready(html(&headers, PHONE.to_owned()))
}

fn asset(Path(name): Path<String>) -> Ready<Response> {
    let found = SCRIPTS
        .iter()
        .chain(OTHERS)
        .find(|(known, _)| *known == name);
    ready(match found {
        Some((_, text)) => {
            let kind = if name.ends_with(".css") {
                "text/css; charset=utf-8"
            } else {
                "text/javascript; charset=utf-8"
            };
            ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], *text).into_response()
        }
        None => match weight::text(&name) {
            Some(text) => {
                let head = [
                    (CONTENT_TYPE, "text/javascript; charset=utf-8"),
                    (CACHE_CONTROL, "max-age=31536000, immutable"),
                ];
                (head, text).into_response()
            }
            None => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
        },
    })
}

fn report(State(sim): State<Sim>, body: Bytes) -> Ready<StatusCode> {
    let report: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let report = report.get("csp-report").unwrap_or(&report);
    let word = |key: &str| {
        let value = report.get(key).and_then(serde_json::Value::as_str);
        value.unwrap_or_default().chars().take(200).collect()
    };
    let mut world = sim.world();
    if world.violations.len() < MAX_VIOLATIONS {
        world.violations.push(Violation {
            directive: word("violated-directive"),
            blocked: word("blocked-uri"),
        });
    }
    ready(StatusCode::NO_CONTENT)
}
