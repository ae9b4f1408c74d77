//! `POST /api/sender/auth`.

use crate::app::App;
use crate::extract::Body;
use crate::passwords::is_password;
use crate::problem::ApiError;
use crate::tokens::{hash_token, new_token};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::queue::{AuthAnswer, AuthRequest, Sdr};
use std::sync::Arc;

const MAX_PASSWORD_BYTES: usize = 1_024;

/// Trades e-mail and password for a token. The same for an unknown e-mail as for a wrong password.
pub async fn post(
    State(app): State<App>,
    Body(request): Body<AuthRequest>,
) -> Result<Json<AuthAnswer>, ApiError> {
    if request.email.is_empty() || request.password.is_empty() {
        return Err(ApiError::bad_request("E-mail and password are needed."));
    }
    if let Some(desktop) = &request.desktop_id
        && (desktop.as_str().is_empty() || desktop.as_str().len() > 128)
    {
        return Err(ApiError::bad_request("A desktopId has 1 to 128 bytes."));
    }
    if let Some(seconds) = app.guard.must_wait(&request.email, app.now()) {
        return Err(ApiError::too_many(
            seconds,
            format!("Too many wrong passwords. Try again in {seconds} s."),
        ));
    }
    let found = app.store.credentials(request.email.clone()).await?;
    let hash: Arc<str> = found.as_ref().map_or_else(
        || Arc::clone(&app.nobody),
        |it| it.password_hash.as_str().into(),
    );
    let right = check(&app, request.password, hash).await?;
    let Some(found) = found.filter(|_| right) else {
        app.guard.was_wrong(&request.email, app.now());
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            ProblemCode::WrongCredentials,
            "E-mail or password is wrong.",
        ));
    };
    app.guard.was_right(&request.email);
    let person = found.person;
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

async fn check(app: &App, password: String, hash: Arc<str>) -> Result<bool, ApiError> {
    if password.len() > MAX_PASSWORD_BYTES {
        return Ok(false);
    }
    let turn = Arc::clone(&app.passwords).acquire_owned().await;
    let turn = turn.map_err(|error| ApiError::failed(&error))?;
    tokio::task::spawn_blocking(move || {
        let right = is_password(&password, &hash);
        drop(turn);
        right
    })
    .await
    .map_err(|error| ApiError::failed(&error))
}
