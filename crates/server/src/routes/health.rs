//! `GET /api/health`, `/healthz` and `/readyz`.

use crate::app::App;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// 200 while the store answers.
pub async fn get(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let office = app.store.office().await?;
    Ok(Json(json!({
        "status": "ok",
        "tenant": office.tenant,
        "version": env!("CARGO_PKG_VERSION"),
    })))
}

/// 200 while the process lives, whatever the store does: a restart mends no database.
pub async fn alive() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// 200 while calls can be served: the store answers, and nobody asked the server to stop.
pub async fn ready(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    if *app.stopping.borrow() {
        return Err(ApiError::unavailable(
            1,
            "The queue server is stopping. Nothing is lost; another one, or this one after its start, answers.",
        ));
    }
    if let Err(error) = app.store.office().await {
        tracing::warn!(%error, "not ready: the store does not answer");
        return Err(ApiError::unavailable(
            1,
            "The queue server's database does not answer. Nothing is lost; it is tried again with every call.",
        ));
    }
    Ok(Json(json!({"status": "ready"})))
}
