//! `POST`, `GET` and `DELETE /api/session`: a person at the dashboard.

use crate::app::App;
use crate::browser;
use crate::extract::{Body, Caller};
use crate::openapi::Refusals;
use crate::problem::ApiError;
use crate::sign_in;
use crate::store::{Person, Role};
use crate::tokens::{hash_token, new_token};
use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hotdesk_protocol::dashboard::{
    DashboardPerson, DashboardRole, DashboardSession, DashboardSignIn,
};

type WithCookie<T> = ([(HeaderName, HeaderValue); 1], T);

/// Trades e-mail and password for a cookie.
#[utoipa::path(
    post,
    operation_id = "post_session",
    path = "/api/session",
    tag = "Sign-in",
    request_body = DashboardSignIn,
    security(()),
    responses(
        (status = 200, description = "Signed in; the cookie comes with it", body = DashboardSession),
        Refusals
    )
)]
pub async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    Body(request): Body<DashboardSignIn>,
) -> Result<WithCookie<Json<DashboardSession>>, ApiError> {
    browser::must_be_same_origin(&headers)?;
    let person = sign_in::person(&app, &request.email, request.password).await?;
    let token = new_token().map_err(|error| ApiError::failed(&error))?;
    let now = app.now();
    let ends_at_ms = browser::ends_at(now);
    app.store
        .add_browser_token(hash_token(&token), person.id.clone(), ends_at_ms, now)
        .await?;
    tracing::info!(person.id = %person.id, "signed in at the dashboard");
    let session = DashboardSession {
        person: shown(&person),
        csrf_token: browser::csrf_token(&token),
        ends_at_ms,
    };
    Ok(([(SET_COOKIE, browser::keep(&token)?)], Json(session)))
}

/// The session of the cookie; a bearer has none.
#[utoipa::path(
    get,
    operation_id = "get_session",
    path = "/api/session",
    tag = "Sign-in",
    responses(
        (status = 200, description = "Who is signed in", body = DashboardSession),
        Refusals
    )
)]
pub async fn get(headers: HeaderMap, caller: Caller) -> Result<Json<DashboardSession>, ApiError> {
    let token = browser::cookie(&headers);
    let (token, ends_at_ms) = token
        .zip(caller.session_ends_at())
        .ok_or_else(ApiError::unauthorized)?;
    Ok(Json(DashboardSession {
        person: shown(caller.person()),
        csrf_token: browser::csrf_token(token),
        ends_at_ms,
    }))
}

/// Ends the session: 204, and the browser forgets the cookie.
#[utoipa::path(
    delete,
    operation_id = "delete_session",
    path = "/api/session",
    tag = "Sign-in",
    responses(
        (status = 204, description = "It has ended"),
        Refusals
    )
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
) -> Result<WithCookie<StatusCode>, ApiError> {
    caller
        .session_ends_at()
        .ok_or_else(ApiError::unauthorized)?;
    app.store.revoke_token(caller.token(), app.now()).await?;
    // Whatever waits under it looks again and ends.
    app.hints.wake(caller.id());
    Ok(([(SET_COOKIE, browser::forget()?)], StatusCode::NO_CONTENT))
}

fn shown(person: &Person) -> DashboardPerson {
    DashboardPerson {
        id: person.id.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        role: match person.role {
            Role::Sdr => DashboardRole::Sdr,
            Role::Manager => DashboardRole::Manager,
            Role::Admin => DashboardRole::Admin,
        },
    }
}
