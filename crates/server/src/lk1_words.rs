//! What is wrong, also in the words of dialect lk1: `error` and `details` beside a problem's own keys.

use axum::Json;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use hotdesk_protocol::Problem;
use serde_json::json;

/// Leaves every answer that is no problem as it is.
pub async fn say(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Some(problem) = parts.extensions.remove::<Problem>() else {
        return Response::from_parts(parts, body);
    };
    parts.headers.remove(CONTENT_LENGTH);
    let both = json!({
        "code": problem.code,
        "message": problem.message,
        "error": problem.message,
        "details": problem.code,
    });
    let (_, body) = Json(both).into_response().into_parts();
    Response::from_parts(parts, body)
}
