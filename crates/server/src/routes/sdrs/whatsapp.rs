//! `POST /api/sdrs/{id}/whatsapp/connect` and `DELETE /api/sdrs/{id}/whatsapp`: what is wanted of an
//! SDR's WhatsApp. Their desktop is told; the code to scan comes by `GET /api/sdr/whatsapp/qr`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::phone;
use crate::problem::ApiError;
use crate::routes::audit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::{LinkMethod, LinkRequest, LiveKind};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::{Wish, WishKind};
use hotdesk_protocol::session::SessionState;
use hotdesk_protocol::{Problem, ProblemCode};

/// Asks the SDR's desktop to show a code: 202; 409 while no desktop of theirs is heard.
#[utoipa::path(
    post,
    operation_id = "post_sdrs_one_whatsapp_connect",
    path = "/api/sdrs/{id}/whatsapp/connect",
    tag = "SDRs",
    params(("id" = SdrId, Path, description = "Which SDR")),
    request_body = LinkRequest,
    responses(
        (status = 202, description = "Their desktop is told"),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "No desktop of theirs is heard, or a code would end a link there is", body = Problem),
        Refusals
    )
)]
pub async fn connect(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<LinkRequest>,
) -> Result<StatusCode, ApiError> {
    let sdr = SdrId(id);
    let (kind, phone) = match request.method {
        LinkMethod::Qr => (WishKind::Link, None),
        LinkMethod::Code => {
            caller.must_see(&sdr)?;
            let phone = phone_to_link(&app, &sdr, request.phone).await?;
            (WishKind::LinkByCode, Some(phone))
        }
    };
    wish(&app, &caller, sdr, kind, phone).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The number to ask WhatsApp for a code for. WhatsApp was seen to unlink a device that the number had
/// linked before, once a code was asked for (OpenWA's issue 1653): such a number is refused.
async fn phone_to_link(
    app: &App,
    sdr: &SdrId,
    written: Option<String>,
) -> Result<String, ApiError> {
    let phone = written
        .and_then(|it| phone::normalise(&it, phone::HOME))
        .ok_or_else(|| {
            ApiError::bad_request(
                "A pairing code is for a phone number. Nothing was changed; write the number of the SDR's phone with its country code, as +55 11 97000-0001.",
            )
        })?;
    for row in app.store.sdrs(None, app.now()).await? {
        let Some(session) = row.session.filter(|it| is_linked(it.state)) else {
            continue;
        };
        let why = if row.id == *sdr {
            "A phone is linked already, and asking for a code could end that link. Nothing was changed; disconnect it first."
        } else if session.phone.as_ref() == Some(&phone) {
            "This number is linked as another SDR's WhatsApp, and asking for a code could end that link. Nothing was changed; write the number of this SDR's own phone."
        } else {
            continue;
        };
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            ProblemCode::BadRequest,
            why,
        ));
    }
    Ok(phone)
}

/// Whether a phone is linked, as far as the state tells.
fn is_linked(state: SessionState) -> bool {
    match state {
        SessionState::Syncing
        | SessionState::Connected
        | SessionState::Offline
        | SessionState::Conflict
        | SessionState::NeedsUpdate
        | SessionState::Hibernated => true,
        SessionState::Closed
        | SessionState::Starting
        | SessionState::Qr
        | SessionState::PairingCode
        | SessionState::Passkey
        | SessionState::LoggedOut
        | SessionState::Crashed
        | SessionState::Stopped => false,
    }
}

/// Asks the SDR's desktop to pause and to unlink itself at WhatsApp: 202; 409 while none is heard.
#[utoipa::path(
    delete,
    operation_id = "delete_sdrs_one_whatsapp",
    path = "/api/sdrs/{id}/whatsapp",
    tag = "SDRs",
    params(("id" = SdrId, Path, description = "Which SDR")),
    responses(
        (status = 202, description = "Their desktop is told"),
        (status = 404, description = "There is no such SDR", body = Problem),
        (status = 409, description = "No desktop of theirs is heard", body = Problem),
        Refusals
    )
)]
pub async fn disconnect(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    wish(&app, &caller, SdrId(id), WishKind::Disconnect, None).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Keeps a wish, tells the desktop and the dashboards, and writes down who asked.
pub(in crate::routes) async fn wish(
    app: &App,
    caller: &Caller,
    sdr: SdrId,
    kind: WishKind,
    phone: Option<String>,
) -> Result<(), ApiError> {
    caller.must_see(&sdr)?;
    let wanted = Wish {
        kind,
        phone,
        asked_at_ms: app.now(),
    };
    app.store.put_wish(sdr.clone(), wanted).await?;
    app.hints.wake(&sdr);
    app.hints.tell(LiveKind::Sdr, &sdr);
    let act = match kind {
        WishKind::Link | WishKind::LinkByCode => AuditAct::Connected,
        WishKind::Disconnect | WishKind::Unknown => AuditAct::Unlinked,
    };
    tracing::info!(sdr.id = %sdr, caller.id = %caller.id(), ?kind, "wanted of an SDR's WhatsApp");
    audit::note(app, caller, act, sdr, None).await
}
