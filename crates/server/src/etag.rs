//! Answers that a page asks for again and again: the same one is not sent twice.

use crate::problem::ApiError;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// JSON with its `ETag`; 304 to whoever has it. What is kept is kept by the page itself, in memory: the
/// answer is never stored on a disk (`no-store`, as of all calls).
pub fn tagged<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(value).map_err(|error| ApiError::failed(&error))?;
    let hash = hex::encode(Sha256::digest(&body));
    let tag = format!("\"{}\"", hash.get(..32).unwrap_or(&hash));
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);
    Ok(if known {
        (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response()
    } else {
        let head = [(ETAG, tag), (CONTENT_TYPE, "application/json".to_owned())];
        (head, body).into_response()
    })
}
