//! `POST /api/sender/auth`.

use crate::app::App;
use crate::extract::Body;
use crate::openapi::Lk1Refusals;
use crate::problem::ApiError;
use crate::sign_in;
use crate::tokens::{hash_token, new_token};
use axum::Json;
use axum::extract::State;
use hotdesk_protocol::queue::{AuthAnswer, AuthRequest, Sdr};

/// Trades e-mail and password for a token.
#[utoipa::path(
    post,
    operation_id = "post_sender_auth",
    path = "/api/sender/auth",
    tag = "Sign-in",
    request_body = AuthRequest,
    security(()),
    responses(
        (status = 200, description = "The token", body = AuthAnswer),
        Lk1Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    Body(request): Body<AuthRequest>,
) -> Result<Json<AuthAnswer>, ApiError> {
    if let Some(desktop) = &request.desktop_id
        && (desktop.as_str().is_empty() || desktop.as_str().len() > 128)
    {
        return Err(ApiError::bad_request("A desktopId has 1 to 128 bytes."));
    }
    let person = sign_in::person(&app, &request.email, request.password).await?;
    let token = new_token().map_err(|error| ApiError::failed(&error))?;
    let desktop = request.desktop_id;
    app.store
        .add_token(hash_token(&token), person.id.clone(), desktop, app.now())
        .await?;
    app.hints.wake(&person.id);
    tracing::info!(sdr.id = %person.id, "signed in");
    let office = app.store.office().await?;
    Ok(Json(AuthAnswer {
        success: true,
        token,
        sdr: Sdr {
            id: person.id,
            email: person.email,
            name: person.name,
            role: person.role.as_str().to_owned(),
        },
        tenant: Some(office.tenant),
    }))
}
