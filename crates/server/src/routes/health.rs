//! `GET /api/health`, `/healthz` and `/readyz`.

use crate::app::App;
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::ids::TenantId;
use serde::Serialize;
use utoipa::ToSchema;

/// The server answers.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// The office.
    tenant: TenantId,
    /// The server's version.
    version: &'static str,
}

/// How the server stands.
#[derive(Serialize, ToSchema)]
pub struct Standing {
    /// `alive` or `ready`.
    status: &'static str,
}

/// Whether the store answers, and which office this is.
#[utoipa::path(
    get,
    operation_id = "get_health",
    path = "/api/health",
    tag = "The server",
    security(()),
    responses(
        (status = 200, description = "The store answers", body = Health),
        Refusals
    )
)]
pub async fn get(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    let office = app.store.office().await?;
    Ok(Json(Health {
        status: "ok",
        tenant: office.tenant,
        version: env!("CARGO_PKG_VERSION"),
    }))
}

/// 200 while the process lives, whatever the store does: a restart mends no database.
#[utoipa::path(
    get,
    operation_id = "get_healthz",
    path = "/healthz",
    tag = "The server",
    security(()),
    responses(
        (status = 200, description = "The process lives", body = Standing),
        Refusals
    )
)]
pub async fn alive() -> Json<Standing> {
    Json(Standing { status: "alive" })
}

/// 200 while calls can be served: the store answers, and nobody asked the server to stop.
#[utoipa::path(
    get,
    operation_id = "get_readyz",
    path = "/readyz",
    tag = "The server",
    security(()),
    responses(
        (status = 200, description = "Calls can be served", body = Standing),
        Refusals
    )
)]
pub async fn ready(State(app): State<App>) -> Result<Json<Standing>, ApiError> {
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
    Ok(Json(Standing { status: "ready" }))
}
