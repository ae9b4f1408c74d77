//! The queue server: its address, what it speaks, and how a call is made.
//!
//! A call names its SDR twice, by the bearer and by `?sdrId=`: the existing system reads the one
//! and documents the other.

use super::answer;
use super::dialect::Dialect;
use super::error::QueueError;
use super::{QueueClient, Token, lk1, lk2};
use crate::config::is_loopback;
use crate::secret::Secret;
use crate::server_ca::ServerCa;
use hotdesk_protocol::ProblemCode;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{AuthRequest, Sdr};
use reqwest::redirect::Policy;
use reqwest::tls::Version;
use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;
use zeroize::Zeroize;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The queue server, without a caller's identity.
#[derive(Clone)]
pub struct QueueServer {
    http: Client,
    base: Url,
    dialect: Arc<Mutex<Option<Dialect>>>,
}

/// Who signed in. Has no `Debug`: it holds a token.
pub struct SignedIn {
    /// The SDR.
    pub sdr: Sdr,
    /// Their bearer.
    pub token: Token,
    /// What the server speaks.
    pub dialect: Dialect,
}

impl QueueServer {
    /// A client for the server at `base`, which the configuration has found safe. With `ca` no other
    /// authority counts.
    pub fn new(base: Url, ca: Option<&ServerCa>, app_version: &str) -> Result<Self, QueueError> {
        let mut builder = Client::builder()
            .user_agent(format!("hotdesk/{app_version}"))
            .connect_timeout(CONNECT_TIMEOUT)
            .tls_version_min(Version::TLS_1_2)
            // A bearer stays at the address that a person has written down.
            .redirect(Policy::none());
        if let Some(ca) = ca {
            builder = builder.tls_certs_only(ca.certificates());
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| QueueError::Unreachable {
            what: "the system's TLS cannot be used",
        })?;
        Ok(Self {
            http,
            base,
            dialect: Arc::default(),
        })
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// What it speaks, if that is known.
    pub fn known_dialect(&self) -> Option<Dialect> {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It speaks this.
    pub fn set_dialect(&self, dialect: Dialect) {
        let mut known = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(dialect);
    }

    /// Until a sign-in has told, the desktop takes it for one of ours, which sends nothing that the
    /// server has not begun.
    pub(super) fn dialect(&self) -> Dialect {
        self.known_dialect().unwrap_or(Dialect::Native)
    }

    /// Sign in with e-mail and password, and find out what the server speaks. lk2 has no sign-in:
    /// there the service token stands in place of the password.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &Secret<String>,
        desktop: &DesktopId,
    ) -> Result<SignedIn, QueueError> {
        let known = self.known_dialect();
        if known == Some(Dialect::Lk2) {
            return lk2::sign_in(self, email, password).await;
        }
        let mut body = AuthRequest {
            email: email.to_owned(),
            password: password.expose().clone(),
            desktop_id: (known != Some(Dialect::Lk1)).then(|| desktop.clone()),
        };
        let request = self.request(Method::POST, "api/sender/auth")?.json(&body);
        body.password.zeroize();
        let answer: Map<String, Value> = match answer::json(request.send().await).await {
            Err(error) if known.is_none() && error.code() == ProblemCode::NotFound => {
                return lk2::sign_in(self, email, password).await;
            }
            answer => answer?,
        };
        match expect(known, &answer)? {
            Dialect::Native => super::native::signed_in(answer),
            Dialect::Lk1 => lk1::signed_in(answer),
            found @ Dialect::Lk2 => Err(QueueError::OtherDialect {
                known: Dialect::Native,
                found,
            }),
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, QueueError> {
        self.request_of(method, path.split('/'))
    }

    /// A call whose path has these parts; a slash within one is no new part.
    fn request_of<'a>(
        &self,
        method: Method,
        parts: impl Iterator<Item = &'a str>,
    ) -> Result<RequestBuilder, QueueError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| QueueError::Unreachable { what: "address" })?
            .pop_if_empty()
            .extend(parts);
        Ok(self.http.request(method, url).timeout(CALL_TIMEOUT))
    }
}

/// The dialect of an answer; another one than is known is told, and nothing is done with it.
pub(super) fn expect(
    known: Option<Dialect>,
    answer: &Map<String, Value>,
) -> Result<Dialect, QueueError> {
    match (known, Dialect::of(answer)) {
        (Some(known), Some(found)) if known != found => {
            Err(QueueError::OtherDialect { known, found })
        }
        (_, Some(found)) => Ok(found),
        (_, None) => Err(QueueError::BadAnswer {
            what: "it has none of the fields by which a queue server is known".to_owned(),
        }),
    }
}

/// The queue server with one SDR's bearer.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) server: QueueServer,
    pub(super) sdr: SdrId,
    pub(super) token: Token,
}

impl Wire {
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, QueueError> {
        answer::json(self.request(method, path)?.json(body).send().await).await
    }

    pub(super) async fn tell(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(), QueueError> {
        answer::nothing(self.request(method, path)?.json(body).send().await).await
    }

    /// A call whose 2xx is enough, unless its body says otherwise.
    pub(super) async fn acknowledged(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(), QueueError> {
        let request = self.request(Method::POST, path)?.json(body);
        answer::acknowledged(request.send().await).await
    }

    /// A `GET` whose answer must be of this dialect.
    pub(super) async fn look<T: DeserializeOwned>(
        &self,
        path: &str,
        limit: u32,
        dialect: Dialect,
    ) -> Result<T, QueueError> {
        let request = self.request(Method::GET, path)?.query(&[("limit", limit)]);
        let keys: Map<String, Value> = answer::json(request.send().await).await?;
        expect(Some(dialect), &keys)?;
        answer::value(Value::Object(keys))
    }

    pub(super) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, QueueError> {
        Ok(self.signed(self.server.request(method, path)?))
    }

    /// A call about one thing, whose id stands for `{id}` in the path and stays one part of it.
    pub(super) fn request_about(
        &self,
        method: Method,
        path: &str,
        id: &str,
    ) -> Result<RequestBuilder, QueueError> {
        // A `Url` leaves dots alone and line ends out, and would so call for another thing.
        if matches!(id, "" | "." | "..") || id.contains(char::is_control) {
            return Err(QueueError::BadAnswer {
                what: "it gave an id that no address can hold".to_owned(),
            });
        }
        let part = |part| if part == "{id}" { id } else { part };
        let request = self.server.request_of(method, path.split('/').map(part))?;
        Ok(self.signed(request))
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .query(&[("sdrId", self.sdr.as_str())])
            .bearer_auth(self.token.expose())
    }
}

impl QueueServer {
    /// The server as one SDR sees it, from this desk.
    pub fn of(&self, sdr: SdrId, token: Token, desk: super::Desk) -> QueueClient {
        let server = self.clone();
        QueueClient {
            wire: Wire { server, sdr, token },
            desk: Arc::new(desk),
            renewed: Arc::default(),
        }
    }
}
