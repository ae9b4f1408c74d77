//! What handlers take from a request; what is wrong with it is told as a problem.

use crate::app::App;
use crate::browser;
use crate::problem::{ApiError, Trespass};
use crate::store::{Holder, Person, Role, TokenHash};
use crate::tokens::hash_token;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use hotdesk_protocol::audit::AuditActor;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::{ProblemCode, UtcMs};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Most bytes of a body: the longest text, every byte of it escaped, and the rest.
pub const MAX_BODY_BYTES: usize = 512 * 1024;
/// Most bytes of a body that names the leads of a campaign.
pub const MAX_LEADS_BODY_BYTES: usize = 2 * 1024 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let bytes = tokio::time::timeout(app.patience.body, Bytes::from_request(request, app))
            .await
            .map_err(|_| {
                ApiError::new(
                    StatusCode::REQUEST_TIMEOUT,
                    ProblemCode::BadRequest,
                    "The body did not arrive in time; nothing was changed.",
                )
            })?
            .map_err(|rejection| {
                let message = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    "The body is longer than this call takes; nothing was changed.".to_owned()
                } else {
                    "The body could not be read; nothing was changed.".to_owned()
                };
                ApiError::new(rejection.status(), ProblemCode::BadRequest, message)
            })?;
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(ApiError::bad_request(
                "The body is not a JSON object; nothing was changed.",
            ));
        }
        serde_json::from_slice(&bytes)
            .or_else(|error| by_value(&bytes).ok_or(error))
            .map(Self)
            .map_err(|error| {
                ApiError::bad_request(format!(
                    "The body is not what this call takes ({error}); nothing was changed."
                ))
            })
    }
}

/// The body of a client that writes whole numbers as `1.0`, which are integers in JSON Schema and none
/// in serde.
fn by_value<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut body = serde_json::from_slice(bytes).ok()?;
    make_whole(&mut body).then_some(())?;
    serde_json::from_value(body).ok()
}

/// Whether any number was written so.
fn make_whole(value: &mut Value) -> bool {
    // Beyond this not every integer is a number of JSON.
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number
                .as_f64()
                .filter(|it| it.fract() == 0.0 && it.abs() <= LARGEST)
                .and_then(|it| format!("{it:.0}").parse::<i64>().ok());
            if let Some(whole) = whole {
                *value = whole.into();
            }
            whole.is_some()
        }
        Value::Array(items) => items
            .iter_mut()
            .map(make_whole)
            .fold(false, |any, it| any | it),
        Value::Object(fields) => fields
            .values_mut()
            .map(make_whole)
            .fold(false, |any, it| any | it),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The query of the address.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Query::from_request_parts(parts, app)
            .await
            .map(|Query(params)| Self(params))
            .map_err(|rejection| {
                ApiError::bad_request(format!(
                    "The address is not what this call takes: {}.",
                    rejection.body_text()
                ))
            })
    }
}

/// Who calls, known by a valid token: a bearer, or the cookie of a browser.
#[derive(Clone)]
pub struct Caller {
    holder: Holder,
    token: TokenHash,
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let cookie = browser::cookie(&parts.headers);
        let bearer = bearer(&parts.headers);
        let token = bearer.or_else(|| cookie.map(hash_token));
        let token = token.ok_or_else(ApiError::unauthorized)?;
        let holder = app.store.holder(token, app.now()).await?;
        let holder = holder.ok_or_else(ApiError::unauthorized)?;
        if let (None, Some(cookie)) = (bearer, cookie) {
            browser::must_be_ours(&parts.method, &parts.headers, cookie)?;
        }
        app.limits.count(&holder.person.id)?;
        Ok(Self { holder, token })
    }
}

/// The hash of the token a call carries, valid or not.
pub fn bearer(headers: &HeaderMap) -> Option<TokenHash> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| hash_token(token.trim()))
}

impl Caller {
    /// Who they are.
    pub fn person(&self) -> &Person {
        &self.holder.person
    }

    /// When their session at the dashboard ends, if it is one.
    pub fn session_ends_at(&self) -> Option<UtcMs> {
        self.holder.ends_at_ms
    }

    /// Their id.
    pub fn id(&self) -> &SdrId {
        &self.holder.person.id
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.holder.person.name
    }

    /// The hash of their token.
    pub fn token(&self) -> TokenHash {
        self.token
    }

    /// The SDR they are, if they are one; managers have no SDR of their own.
    pub fn own_sdr(&self) -> Option<&SdrId> {
        match self.holder.person.role {
            Role::Sdr => Some(self.id()),
            Role::Manager | Role::Admin => None,
        }
    }

    /// Only that SDR may.
    pub fn must_be(&self, sdr: &SdrId) -> Result<(), ApiError> {
        if self.own_sdr() == Some(sdr) {
            return Ok(());
        }
        let (actor, who) = match self.holder.person.role {
            Role::Sdr => (AuditActor::Sdr, self.id().to_string()),
            Role::Manager | Role::Admin => (AuditActor::Manager, self.name().to_owned()),
        };
        Err(ApiError::trespass(Trespass {
            caller: self.id().clone(),
            actor,
            who,
            of: sdr.clone(),
        }))
    }

    /// Only that SDR on that desktop may.
    pub fn must_be_on(&self, sdr: &SdrId, desktop: &DesktopId) -> Result<(), ApiError> {
        self.must_be(sdr)?;
        match &self.holder.desktop {
            Some(own) if own == desktop => Ok(()),
            Some(_) => Err(ApiError::forbidden(
                "This sign-in was given to another desktop. Sign in on this one.",
            )),
            None => Err(ApiError::forbidden(
                "This sign-in was given to no desktop, so it cannot send. Sign in with a desktopId.",
            )),
        }
    }

    /// That SDR or a manager may.
    pub fn must_see(&self, sdr: &SdrId) -> Result<(), ApiError> {
        match self.holder.person.role {
            Role::Sdr => self.must_be(sdr),
            Role::Manager | Role::Admin => Ok(()),
        }
    }

    /// Only an admin may.
    pub fn must_administer(&self) -> Result<(), ApiError> {
        match self.holder.person.role {
            Role::Sdr | Role::Manager => Err(ApiError::forbidden(
                "Only an admin may do this. Nothing was changed.",
            )),
            Role::Admin => Ok(()),
        }
    }

    /// Only a manager may.
    pub fn must_manage(&self) -> Result<(), ApiError> {
        match self.holder.person.role {
            Role::Sdr => Err(ApiError::forbidden(
                "Only a manager may do this. Nothing was changed.",
            )),
            Role::Manager | Role::Admin => Ok(()),
        }
    }
}
