//! `GET /api/audit[?sdrId=&before=&limit=]`.

use crate::app::App;
use crate::cursor::page;
use crate::extract::{Caller, Params};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditAct, AuditActor, AuditAnswer, AuditEntry};
use hotdesk_protocol::ids::{MessageId, SdrId};
use serde::Deserialize;

const MAX_PAGE: u32 = 200;

/// Which page; an SDR sees what was done about their own session.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct AuditParams {
    sdr_id: Option<SdrId>,
    before: Option<i64>,
    limit: Option<u32>,
}

/// What people did, newest first.
#[utoipa::path(
    get,
    operation_id = "get_audit",
    path = "/api/audit",
    tag = "Audit",
    params(AuditParams),
    responses(
        (status = 200, description = "A page of it, newest first", body = AuditAnswer),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<AuditParams>,
) -> Result<Json<AuditAnswer>, ApiError> {
    let sdr_id = params.sdr_id.or_else(|| caller.own_sdr().cloned());
    if let Some(sdr) = &sdr_id {
        caller.must_see(sdr)?;
    }
    let limit = params.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let before = params.before.unwrap_or(i64::MAX);
    let entries = app.store.audit(sdr_id, before, limit + 1).await?;
    let (entries, next) = page(entries, limit, |last| last.seq);
    Ok(Json(AuditAnswer { entries, next }))
}

/// Keeps what a caller did at the server itself.
pub(super) async fn note(
    app: &App,
    caller: &Caller,
    act: AuditAct,
    sdr_id: SdrId,
    message_id: Option<MessageId>,
) -> Result<(), ApiError> {
    let now: UtcMs = app.now();
    let by_sdr = caller.own_sdr().is_some();
    let entry = AuditEntry {
        id: uuid::Uuid::new_v4().to_string(),
        at_ms: now,
        sdr_id: Some(sdr_id),
        actor: if by_sdr {
            AuditActor::Sdr
        } else {
            AuditActor::Manager
        },
        who: (!by_sdr).then(|| caller.name().to_owned()),
        act,
        message_id,
        note: None,
    };
    let told_by = caller.id().clone();
    app.store.put_audit(vec![entry], None, told_by, now).await?;
    Ok(())
}

/// Keeps what a manager did about the office as a whole.
pub(super) async fn note_of_office(
    app: &App,
    caller: &Caller,
    act: AuditAct,
    note: String,
) -> Result<(), ApiError> {
    let now = app.now();
    let entry = AuditEntry {
        id: uuid::Uuid::now_v7().to_string(),
        at_ms: now,
        sdr_id: None,
        actor: AuditActor::Manager,
        who: Some(caller.name().to_owned()),
        act,
        message_id: None,
        note: Some(note),
    };
    let told_by = caller.id().clone();
    app.store.put_audit(vec![entry], None, told_by, now).await?;
    Ok(())
}

/// Keeps what was done with one thing of the office, named by its id.
pub(super) async fn note_of_one(
    app: &App,
    caller: &Caller,
    act: &str,
    id: &str,
) -> Result<(), ApiError> {
    let act = AuditAct::Other(act.to_owned());
    let short: String = id.chars().take(64).collect();
    note_of_office(app, caller, act, short).await
}
