//! `/api/webhooks`: which programs are told what. For admins.

use super::audit::note_of_one;
use crate::app::App;
use crate::cursor::page;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::store::webhooks::{Delivery, KINDS, Webhook, WebhookSecret, WebhookView};
use crate::webhooks::{check, shown};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::UtcMs;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MOST_WEBHOOKS: usize = 20;
const MAX_PAGE: u32 = 200;

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    url: String,
    #[schema(min_items = 1)]
    kinds: Vec<String>,
}

/// A webhook without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRow {
    id: String,
    url: String,
    kinds: Vec<String>,
    created_at_ms: UtcMs,
    waiting: u32,
    failed: u32,
}

impl From<WebhookView> for WebhookRow {
    fn from(view: WebhookView) -> Self {
        Self {
            id: view.webhook.id,
            url: view.webhook.url,
            kinds: view.webhook.kinds,
            created_at_ms: view.webhook.created_at_ms,
            waiting: view.waiting,
            failed: view.failed,
        }
    }
}

/// All of them, and what may be asked for.
#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    webhooks: Vec<WebhookRow>,
    kinds: &'static [&'static str],
}

/// What is told once: the secret is shown to nobody again.
#[derive(Serialize, ToSchema)]
pub struct Made {
    id: String,
    secret: String,
}

/// All webhooks, oldest first.
#[utoipa::path(
    get,
    operation_id = "get_webhooks",
    path = "/api/webhooks",
    tag = "Webhooks",
    responses(
        (status = 200, description = "All of them", body = Webhooks),
        Refusals
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Webhooks>, ApiError> {
    caller.must_administer()?;
    let found = app.store.webhooks(app.now()).await?;
    Ok(Json(Webhooks {
        webhooks: found.into_iter().map(WebhookRow::from).collect(),
        kinds: &KINDS,
    }))
}

/// Tells a program from now on. The secret is shown this once.
#[utoipa::path(
    post,
    operation_id = "post_webhooks",
    path = "/api/webhooks",
    tag = "Webhooks",
    request_body = NewWebhook,
    responses(
        (status = 201, description = "It is told from now on", body = Made),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewWebhook>,
) -> Result<(StatusCode, Json<Made>), ApiError> {
    caller.must_administer()?;
    let refused = |why: &str| ApiError::bad_request(format!("{why} Nothing was changed."));
    check(&new.url).map_err(refused)?;
    let mut kinds = new.kinds;
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        return Err(refused("Name at least one kind of event."));
    }
    if !kinds.iter().all(|kind| KINDS.contains(&kind.as_str())) {
        let all = KINDS.join(", ");
        return Err(refused(&format!("A kind is not known; there are {all}.")));
    }
    if app.store.webhooks(app.now()).await?.len() >= MOST_WEBHOOKS {
        return Err(refused("There are 20 webhooks already; remove one first."));
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| ApiError::failed(&error))?;
    let secret = WebhookSecret(secret);
    let made = Made {
        id: uuid::Uuid::now_v7().to_string(),
        secret: shown(&secret),
    };
    // Never the address: it may have a secret of the receiver's in it.
    note_of_one(&app, &caller, "webhook_added", &made.id).await?;
    let webhook = Webhook {
        id: made.id.clone(),
        url: new.url,
        secret,
        kinds,
        created_by: caller.id().clone(),
        created_at_ms: app.now(),
    };
    app.store.add_webhook(webhook).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Tells a program no more, and forgets its log; what waits is told no more either.
#[utoipa::path(
    delete,
    operation_id = "delete_webhooks_one",
    path = "/api/webhooks/{id}",
    tag = "Webhooks",
    params(("id" = String, Path, description = "Which webhook")),
    responses(
        (status = 204, description = "It is told no more"),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.must_administer()?;
    note_of_one(&app, &caller, "webhook_removed", &id).await?;
    found(app.store.remove_webhook(id).await?, "webhook")?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has that one told `webhook.test`.
#[utoipa::path(
    post,
    operation_id = "post_webhooks_one_test",
    path = "/api/webhooks/{id}/test",
    tag = "Webhooks",
    params(("id" = String, Path, description = "Which webhook")),
    responses(
        (status = 202, description = "It will be told"),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.must_administer()?;
    found(app.store.test_webhook(id, app.now()).await?, "webhook")?;
    Ok(StatusCode::ACCEPTED)
}

/// Which page of a log.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    before: Option<i64>,
    limit: Option<u32>,
}

/// A page of a log, newest first.
#[derive(Serialize, ToSchema)]
pub struct Log {
    deliveries: Vec<Delivery>,
    next: Option<i64>,
}

/// What that one was told, newest first.
#[utoipa::path(
    get,
    operation_id = "get_webhooks_one_deliveries",
    path = "/api/webhooks/{id}/deliveries",
    tag = "Webhooks",
    params(("id" = String, Path, description = "Which webhook"), LogParams),
    responses(
        (status = 200, description = "A page of its log, newest first", body = Log),
        Refusals
    )
)]
pub async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(params): Params<LogParams>,
) -> Result<Json<Log>, ApiError> {
    caller.must_administer()?;
    let limit = params.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let before = params.before.unwrap_or(i64::MAX);
    let deliveries = app.store.webhook_log(id, before, limit + 1).await?;
    let (deliveries, next) = page(deliveries, limit, |last| last.seq);
    Ok(Json(Log { deliveries, next }))
}

/// Has something told once more, under the same id.
#[utoipa::path(
    post,
    operation_id = "post_webhooks_deliveries_one_replay",
    path = "/api/webhooks/deliveries/{id}/replay",
    tag = "Webhooks",
    params(("id" = String, Path, description = "Which delivery")),
    responses(
        (status = 202, description = "It will be told once more"),
        (status = 404, description = "There is none", body = Problem),
        Refusals
    )
)]
pub async fn replay(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.must_administer()?;
    found(app.store.replay_webhook_delivery(id).await?, "delivery")?;
    Ok(StatusCode::ACCEPTED)
}

fn found(found: bool, what: &str) -> Result<(), ApiError> {
    if found {
        return Ok(());
    }
    Err(ApiError::not_found(format!(
        "There is no {what} with this id; nothing was changed."
    )))
}
