//! `GET /api/sdr/whatsapp/status`: the session in the words of lk1.

use super::Whose;
use crate::app::App;
use crate::extract::{Caller, Params};
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::UtcMs;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Connected or not, which number, since when.
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Value>, ApiError> {
    let seen = app.store.session(whose.seen_by(&caller)?).await?;
    Ok(Json(json!({
        "success": true,
        "connected": seen.session.connected,
        "phone": seen.session.phone,
        "connectedAt": seen.session.connected_at_ms.and_then(iso),
        "lastSeen": seen.last_seen_ms.and_then(iso),
        "sessionId": seen.session.desktop_id,
    })))
}

fn iso(at: UtcMs) -> Option<String> {
    Timestamp::from_millisecond(at.0)
        .ok()
        .map(|at| at.to_string())
}
