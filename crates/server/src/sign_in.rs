//! E-mail and password, on a desktop or in a browser: the same check, behind the same guard.

use crate::app::App;
use crate::passwords::is_password;
use crate::problem::ApiError;
use crate::store::Person;
use axum::http::StatusCode;
use hotdesk_protocol::ProblemCode;
use std::sync::Arc;

const MAX_PASSWORD_BYTES: usize = 1_024;

/// Who signs in. The same refusal for an unknown e-mail as for a wrong password.
pub async fn person(app: &App, email: &str, password: String) -> Result<Person, ApiError> {
    if email.is_empty() || password.is_empty() {
        return Err(ApiError::bad_request("E-mail and password are needed."));
    }
    if let Some(seconds) = app.guard.must_wait(email, app.now()) {
        return Err(ApiError::too_many(
            seconds,
            format!("Too many wrong passwords. Try again in {seconds} s."),
        ));
    }
    let found = app.store.credentials(email.to_owned()).await?;
    let hash: Arc<str> = found.as_ref().map_or_else(
        || Arc::clone(&app.nobody),
        |it| it.password_hash.as_str().into(),
    );
    let right = check(app, password, hash).await?;
    let Some(found) = found.filter(|_| right) else {
        app.guard.was_wrong(email, app.now());
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            ProblemCode::WrongCredentials,
            "E-mail or password is wrong.",
        ));
    };
    app.guard.was_right(email);
    Ok(found.person)
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
