//! What a browser's session rests on: a cookie that no script can read and no other site can have sent,
//! and, for all that changes something, a second token that only our own pages know.
//!
//! The second one is derived from the first, so that nothing more is kept: SHA-256 gives no way back.

use crate::problem::ApiError;
use crate::tokens::hash_token;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};
use hotdesk_protocol::UtcMs;
use sha2::{Digest, Sha256};

/// `__Host-`: browsers take it only with `Secure`, for this host alone and for all of it.
pub const COOKIE_NAME: &str = "__Host-hotdesk";
/// How long a session lasts.
const SECONDS: i64 = 12 * 60 * 60;
const CSRF: &str = "x-csrf-token";

/// When a session ends that begins now.
pub fn ends_at(now: UtcMs) -> UtcMs {
    UtcMs(now.0.saturating_add(SECONDS * 1_000))
}

/// The token of a request's cookie.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, token)| token)
}

/// `Set-Cookie` with this token.
pub fn keep(token: &str) -> Result<HeaderValue, ApiError> {
    header(token, SECONDS)
}

/// `Set-Cookie` that makes the browser forget it.
pub fn forget() -> Result<HeaderValue, ApiError> {
    header("", 0)
}

fn header(token: &str, seconds: i64) -> Result<HeaderValue, ApiError> {
    let cookie = format!(
        "{COOKIE_NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}"
    );
    HeaderValue::try_from(cookie).map_err(|error| ApiError::failed(&error))
}

/// The second token of a session.
pub fn csrf_token(token: &str) -> String {
    hex::encode(Sha256::digest(format!("hotdesk csrf|{token}")))
}

/// Refuses a request that changes something and was not made by our own pages.
pub fn must_be_ours(method: &Method, headers: &HeaderMap, token: &str) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    must_be_same_origin(headers)?;
    let given = headers.get(CSRF).and_then(|value| value.to_str().ok());
    // Hashes are compared, so that the time it takes says nothing of the token.
    let right = given.is_some_and(|given| hash_token(given) == hash_token(&csrf_token(token)));
    if right {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "The call does not carry this session's X-CSRF-Token. Nothing was changed; load the page anew.",
    ))
}

/// Refuses a request of a browser that another site has made: by `Sec-Fetch-Site`, and by `Origin` where
/// a browser does not say that. Programs send neither. As Go's `http.CrossOriginProtection` does.
pub fn must_be_same_origin(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| text(HOST.as_str()).is_some_and(|host| same(from, host))),
        (None, None) => true,
    };
    if ours {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "The call was made by a page of another site. Nothing was changed.",
    ))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
