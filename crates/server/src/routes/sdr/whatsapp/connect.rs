//! `POST`, `PUT` and `DELETE /api/sdr/whatsapp/connect` in the words of lk1; the latter two also under
//! `/api/sdr/whatsapp/status`, since its documents name both.
//!
//! An lk1 server keeps one session id and nothing else: an id without a connection is a wish to link.
//! Where a desktop of ours is active the wish goes to it instead, and nobody writes over its session.

use super::{Whose, session::must_be_e164};
use crate::app::App;
use crate::extract::{Body, Caller, Params};
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use crate::routes::sdrs::whatsapp::wish;
use crate::store::Refusal;
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::Problem;
use hotdesk_protocol::dashboard::LiveKind;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{WhatsappSession, WishKind};
use hotdesk_protocol::session::SessionState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MAX_ID_BYTES: usize = 128;

/// How the session stands, as whoever holds it says.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    phone: Option<String>,
    connected: bool,
    session_id: String,
}

/// Whoever sends for the SDR is asked to link.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkAsked {
    /// Always true.
    success: bool,
    /// Who holds the session, or is asked to.
    session_id: Option<DesktopId>,
    /// What comes of it, for a person.
    message: &'static str,
    /// What a person does now.
    instructions: &'static str,
    /// Where WhatsApp's page is.
    whatsapp_web_url: &'static str,
}

/// What was kept.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// Always true.
    success: bool,
    /// Who holds the session.
    session_id: DesktopId,
    /// As it was told.
    connected: bool,
}

/// It was done.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    success: bool,
}

/// Asks whoever sends for the SDR to link a phone.
#[utoipa::path(
    post,
    operation_id = "post_sdr_whatsapp_connect",
    path = "/api/sdr/whatsapp/connect",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "Whoever sends is asked to link", body = LinkAsked),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "The desktop is not heard", body = Problem),
        Lk1Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<LinkAsked>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let seen = app.store.session(sdr.clone()).await?.session;
    let active = app.store.active_desktop(sdr.clone(), app.now()).await?;
    let (session_id, message) = match (seen.connected, active) {
        (true, _) => (seen.desktop_id, "WhatsApp is connected."),
        (false, Some(active)) => {
            wish(&app, &caller, sdr, WishKind::Link, None).await?;
            let message = "The desktop was asked to show a code.";
            (Some(active.desktop_id), message)
        }
        (false, None) => {
            let id = DesktopId(format!("link-{}", uuid::Uuid::new_v4()));
            keep(&app, unlinked(sdr, Some(id.clone()))).await?;
            (Some(id), "Whoever sends for this SDR is asked to link.")
        }
    };
    Ok(Json(LinkAsked {
        success: true,
        session_id,
        message,
        instructions: "Open Hotdesk, choose this SDR, and scan the code with WhatsApp: Settings, Linked devices, Link a device.",
        whatsapp_web_url: "https://web.whatsapp.com",
    }))
}

/// Keeps what an lk1 client says of the SDR's session.
#[utoipa::path(
    put,
    operation_id = "put_sdr_whatsapp_connect",
    path = "/api/sdr/whatsapp/connect",
    tag = "lk1",
    params(Whose),
    request_body = Connection,
    responses(
        (status = 200, description = "It is kept", body = Connected),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "Another desktop is active", body = Problem),
        Lk1Refusals
    )
)]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Body(told): Body<Connection>,
) -> Result<Json<Connected>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    caller.must_be(&sdr)?;
    must_be_e164(told.phone.as_deref())?;
    if told.session_id.is_empty() || told.session_id.len() > MAX_ID_BYTES {
        return Err(ApiError::bad_request(format!(
            "A sessionId has 1 to {MAX_ID_BYTES} bytes; nothing was changed."
        )));
    }
    let id = DesktopId(told.session_id);
    let active = app.store.active_desktop(sdr.clone(), app.now()).await?;
    if active.is_some_and(|active| active.desktop_id != id) {
        return Err(Refusal::OtherDesktop.into());
    }
    let session = WhatsappSession {
        phone: told.phone,
        connected: told.connected,
        state: if told.connected {
            SessionState::Connected
        } else {
            SessionState::Closed
        },
        ..unlinked(sdr, Some(id.clone()))
    };
    keep(&app, session).await?;
    Ok(Json(Connected {
        success: true,
        session_id: id,
        connected: told.connected,
    }))
}

/// Disconnects: the active desktop unlinks itself; where there is none the session is forgotten.
#[utoipa::path(
    delete,
    operation_id = "delete_sdr_whatsapp_connect",
    path = "/api/sdr/whatsapp/connect",
    tag = "lk1",
    params(Whose),
    responses(
        (status = 200, description = "It is, or will be, disconnected", body = Done),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "The desktop is not heard", body = Problem),
        Lk1Refusals
    )
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Params(whose): Params<Whose>,
) -> Result<Json<Done>, ApiError> {
    let sdr = whose.seen_by(&caller)?;
    let active = app.store.active_desktop(sdr.clone(), app.now()).await?;
    if active.is_some() {
        wish(&app, &caller, sdr, WishKind::Disconnect, None).await?;
    } else {
        keep(&app, unlinked(sdr, None)).await?;
    }
    Ok(Json(Done { success: true }))
}

fn unlinked(sdr_id: SdrId, session_id: Option<DesktopId>) -> WhatsappSession {
    WhatsappSession {
        sdr_id,
        desktop_id: session_id,
        connected: false,
        state: SessionState::Closed,
        phone: None,
        connected_at_ms: None,
        adapter: None,
        missing: Vec::new(),
        problem: None,
        adapter_pack: None,
    }
}

async fn keep(app: &App, session: WhatsappSession) -> Result<(), ApiError> {
    let sdr = session.sdr_id.clone();
    app.store.put_session(session, app.now()).await?;
    app.hints.tell(LiveKind::Sdr, &sdr);
    Ok(())
}
