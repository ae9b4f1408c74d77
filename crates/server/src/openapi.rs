//! The OpenAPI document: made of the handlers themselves, served at `GET /api/openapi.json`.

use crate::app::App;
use crate::browser;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::LeadSort;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

/// Where the document is.
const PATH: &str = "/api/openapi.json";

/// What every call may refuse.
const REFUSALS: [(u16, &str); 8] = [
    (400, "The call is not what is taken; nothing was changed"),
    (401, "Nobody is signed in, or no longer"),
    (403, "The caller may not see or do this"),
    (408, "The body did not arrive in time; nothing was changed"),
    (413, "The body is too long; nothing was changed"),
    (429, "Too many calls; `Retry-After` says when to try again"),
    (500, "The server failed; nothing is lost"),
    (
        503,
        "The server cannot answer right now; `Retry-After` says when to try again",
    ),
];

/// The document before the calls.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hotdesk queue server",
        description = "The queue that Hotdesk's desktops poll, and the dashboard around it. Times are UTC milliseconds, \
            durations milliseconds. Every refusal is a `Problem`; no call that was refused has changed anything.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, Lk1Problem, LeadSort)),
    modifiers(&WaysIn),
    security(("token" = []), ("browser" = [])),
)]
struct Frame;

/// The document before the calls.
pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// Serves the document.
pub fn route(document: utoipa::openapi::OpenApi) -> Router<App> {
    let document = serde_json::to_value(document).map(exact);
    let document = Arc::new(document.unwrap_or_default());
    let answer = move |headers: HeaderMap| {
        let document = Arc::clone(&document);
        async move { crate::etag::tagged(&headers, &*document) }
    };
    Router::new().route(PATH, get(answer))
}

/// How a caller is known.
struct WaysIn;

impl Modify for WaysIn {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("From `POST /api/sender/auth`"))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let words = "From `POST /api/session`. What changes something also carries its `csrfToken` as `X-CSRF-Token`";
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(browser::COOKIE_NAME, words));
        components.add_security_scheme("browser", SecurityScheme::ApiKey(cookie));
    }
}

/// A refusal in lk1's words as well.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `lk1_words` writes")]
struct Lk1Problem {
    #[schema(inline)]
    code: hotdesk_protocol::ProblemCode,
    message: String,
    /// The same as `message`.
    error: String,
    /// The same as `code`.
    details: String,
}

/// What every call may refuse.
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&Problem::name())
    }
}

/// What every call of lk1 may refuse.
pub struct Lk1Refusals;

impl IntoResponses for Lk1Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&Lk1Problem::name())
    }
}

fn refusals(schema: &str) -> BTreeMap<String, RefOr<Response>> {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .build();
    let refusal = |(status, words): (u16, &str)| {
        let mut response = ResponseBuilder::new()
            .description(words)
            .content("application/json", content.clone());
        if matches!(status, 429 | 503) {
            let wait = HeaderBuilder::new().description(Some("Seconds to wait"));
            response = response.header("Retry-After", wait.build());
        }
        (status.to_string(), RefOr::T(response.build()))
    };
    REFUSALS.into_iter().map(refusal).collect()
}

/// Says what the types of Rust imply and the derived schemas leave out: the bounds of numbers.
fn exact(mut document: Value) -> Value {
    walk(&mut document);
    document
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            bound(object);
            object.values_mut().for_each(walk);
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn bound(schema: &mut Map<String, Value>) {
    let (least, most) = match schema.get("format").and_then(Value::as_str) {
        Some("u-int16") => (0, i64::from(u16::MAX)),
        Some("u-int32") => (0, i64::from(u32::MAX)),
        Some("u-int64") => (0, i64::MAX),
        Some("int64") => (i64::MIN, i64::MAX),
        _ => return,
    };
    schema.entry("minimum").or_insert_with(|| json!(least));
    schema.entry("maximum").or_insert_with(|| json!(most));
}
