//! `GET /api/health`.

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
