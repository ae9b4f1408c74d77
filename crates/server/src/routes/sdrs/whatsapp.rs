//! `POST /api/sdrs/{id}/whatsapp/connect` and `DELETE /api/sdrs/{id}/whatsapp`: what is wanted of an
//! SDR's WhatsApp. Their desktop is told; the code to scan comes by `GET /api/sdr/whatsapp/qr`.

use crate::app::App;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::routes::audit;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_protocol::Problem;
use hotdesk_protocol::audit::AuditAct;
use hotdesk_protocol::dashboard::{LinkMethod, LinkRequest, LiveKind};
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::WishKind;

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
        (status = 409, description = "No desktop of theirs is heard", body = Problem),
        Refusals
    )
)]
pub async fn connect(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<LinkRequest>,
) -> Result<StatusCode, ApiError> {
    match request.method {
        LinkMethod::Qr => {}
        LinkMethod::Code => {
            return Err(ApiError::bad_request(
                "No desktop can ask WhatsApp for a pairing code yet. Nothing was changed; link with the QR code.",
            ));
        }
    }
    wish(&app, &caller, SdrId(id), WishKind::Link).await?;
    Ok(StatusCode::ACCEPTED)
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
    wish(&app, &caller, SdrId(id), WishKind::Disconnect).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Keeps a wish, tells the desktop and the dashboards, and writes down who asked.
pub(in crate::routes) async fn wish(
    app: &App,
    caller: &Caller,
    sdr: SdrId,
    kind: WishKind,
) -> Result<(), ApiError> {
    caller.must_see(&sdr)?;
    app.store.put_wish(sdr.clone(), kind, app.now()).await?;
    app.hints.wake(&sdr);
    app.hints.tell(LiveKind::Sdr, &sdr);
    let act = match kind {
        WishKind::Link => AuditAct::Connected,
        WishKind::Disconnect | WishKind::Unknown => AuditAct::Unlinked,
    };
    tracing::info!(sdr.id = %sdr, caller.id = %caller.id(), ?kind, "wanted of an SDR's WhatsApp");
    audit::note(app, caller, act, sdr, None).await
}
