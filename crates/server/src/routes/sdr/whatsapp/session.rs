//! `PUT` and `GET /api/sdr/whatsapp/session`.

use super::Whose;
use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Refusals;
use crate::phone::is_e164;
use crate::problem::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::queue::WhatsappSession;
use hotdesk_protocol::{Problem, ProblemCode};

/// Keeps how the session stands.
#[utoipa::path(
    put,
    operation_id = "put_sdr_whatsapp_session",
    path = "/api/sdr/whatsapp/session",
    tag = "Desktops",
    request_body = WhatsappSession,
    responses(
        (status = 204, description = "It is kept"),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "Another desktop is active", body = Problem),
        Refusals
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(session): Body<WhatsappSession>,
) -> Result<StatusCode, ApiError> {
    check(&app, &caller, &session)?;
    let sdr = session.sdr_id.clone();
    app.store.put_session(session, app.now()).await?;
    app.hints.tell(LiveKind::Sdr, &sdr);
    Ok(StatusCode::NO_CONTENT)
}

/// How the session stands.
#[utoipa::path(
    get,
    operation_id = "get_sdr_whatsapp_session",
    path = "/api/sdr/whatsapp/session",
    tag = "SDRs",
    params(Whose),
    responses(
        (status = 200, description = "The session", body = WhatsappSession),
        (status = 404, description = "There is no such SDR", body = Problem),
        Refusals
    )
)]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<WhatsappSession>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    Ok(Json(app.store.session(sdr).await?.session))
}

/// Checks a session that is told; a linked one needs no code any more.
pub fn check(app: &App, caller: &Caller, session: &WhatsappSession) -> Result<(), ApiError> {
    match &session.desktop_id {
        Some(desktop) => caller.must_be_on(&session.sdr_id, desktop)?,
        None => caller.must_be(&session.sdr_id)?,
    }
    must_be_e164(session.phone.as_deref())?;
    if session.connected {
        app.qr_codes.forget(&session.sdr_id);
    }
    Ok(())
}

/// Refuses a number that is not E.164.
pub(super) fn must_be_e164(phone: Option<&str>) -> Result<(), ApiError> {
    if phone.is_none_or(is_e164) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::BAD_REQUEST,
        ProblemCode::BadPhone,
        "The session's phone number is not E.164.",
    ))
}
