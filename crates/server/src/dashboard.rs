//! The dashboard's files, which are part of this program.

use crate::problem::ApiError;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hotdesk_protocol::ProblemCode;

/// One file of the dashboard.
#[derive(Clone, Copy, Debug)]
pub struct DashboardFile {
    /// What it is asked for by, without a slash at its beginning.
    pub path: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

/// The dashboard that was built before this program; none where it was not.
pub const BUILT: &[DashboardFile] = include!(concat!(env!("OUT_DIR"), "/dashboard.rs"));

const INDEX: &str = "index.html";
/// Names in here change with what is in the files.
const HASHED: &str = "assets/";
/// Our own files and nothing else; a picture may be written out in a page.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Hotdesk</title><h1>The dashboard is not in this program</h1>\
    <p>The queue server runs, and its calls under <code>/api</code> work. To have the dashboard here, \
    build its files and then the server again:</p>\
    <pre>npm ci\nnpm run build\ncargo build --release -p hotdesk-server</pre></html>";

/// What is asked for outside of `/api`; a path that names no file is one of the dashboard's own pages.
pub async fn get(State(files): State<&'static [DashboardFile]>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::not_found("There is no such call.").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            ProblemCode::BadRequest,
            "This address does not take this method.",
        )
        .into_response();
    }
    let named = |name: &str| files.iter().find(|file| file.path == name);
    let name = path.trim_start_matches('/');
    match named(name).or_else(|| named(INDEX)) {
        // A script of an earlier build is not to be answered with a page.
        Some(file) if file.path != name && name.starts_with(HASHED) => {
            ApiError::not_found("There is no such file; load the page anew.").into_response()
        }
        Some(file) => answer(file.path, Bytes::from_static(file.bytes)),
        None => answer(INDEX, Bytes::from_static(NOT_BUILT.as_bytes())),
    }
}

fn answer(name: &str, bytes: Bytes) -> Response {
    let caching = if name == INDEX {
        "no-store"
    } else if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let head = [
        (CONTENT_TYPE, content_type(name)),
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
    ];
    (head, bytes).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What every answer says to a browser, unless it says otherwise itself: keep nothing, guess no type,
/// name this address to nobody, and take an answer of a call for no page.
pub async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    or_else(headers, CACHE_CONTROL, "no-store");
    or_else(
        headers,
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    or_else(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    or_else(headers, REFERRER_POLICY, "no-referrer");
    response
}

fn or_else(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
