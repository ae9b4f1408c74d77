//! `POST /api/sender/audit`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::audit::{AuditAct, AuditEntry, AuditRequest, MOST_CHARS, MOST_ENTRIES};
use hotdesk_protocol::ids::{MessageId, SdrId};

/// Keeps what was done on a desktop, once per entry.
#[utoipa::path(
    post,
    operation_id = "post_sender_audit",
    path = "/api/sender/audit",
    tag = "Desktops",
    request_body = AuditRequest,
    responses(
        (status = 204, description = "It is kept"),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<AuditRequest>,
) -> Result<StatusCode, ApiError> {
    let AuditRequest {
        sdr_id,
        desktop_id,
        entries,
    } = request;
    caller.must_be_on(&sdr_id, &desktop_id)?;
    if entries.len() > MOST_ENTRIES {
        return Err(ApiError::bad_request(format!(
            "There are more than {MOST_ENTRIES} entries; nothing was kept."
        )));
    }
    if !entries.iter().all(fits) {
        return Err(ApiError::bad_request(format!(
            "An entry has an empty id or a field of more than {MOST_CHARS} characters; nothing was kept."
        )));
    }
    let others = |entry: &AuditEntry| entry.sdr_id.as_ref().is_some_and(|of| *of != sdr_id);
    if entries.iter().any(others) {
        return Err(ApiError::forbidden(
            "An entry is about another SDR than the one of this sign-in; nothing was kept.",
        ));
    }
    let told = app
        .store
        .put_audit(entries, Some(desktop_id), sdr_id, app.now());
    told.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn fits(entry: &AuditEntry) -> bool {
    let other = if let AuditAct::Other(word) = &entry.act {
        Some(word.as_str())
    } else {
        None
    };
    let fields = [
        Some(entry.id.as_str()),
        entry.sdr_id.as_ref().map(SdrId::as_str),
        entry.message_id.as_ref().map(MessageId::as_str),
        entry.who.as_deref(),
        entry.note.as_deref(),
        other,
    ];
    let short = |text: &str| !text.is_empty() && text.chars().count() <= MOST_CHARS;
    fields.into_iter().flatten().all(short)
}
