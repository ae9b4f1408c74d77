//! The queue API as a client: one call each, no retry here.
//!
//! A call names its SDR twice, by the bearer and by `?sdrId=`: the existing system reads the one
//! and documents the other.

mod answer;
mod error;

pub use error::{QueueError, Retry};

use crate::config::is_loopback;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{
    AuthAnswer, AuthRequest, BeginRequest, ClaimAnswer, ClaimRequest, HeartbeatAnswer,
    HeartbeatRequest, LeaseAnswer, QrRequest, RenewRequest, ReplyRequest, ResultAnswer,
    ResultRequest, WhatsappSession,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest document at 3 Mbit/s.
const FILE_TIMEOUT: Duration = Duration::from_secs(180);
const MOST_REDIRECTS: usize = 3;

/// A bearer. Cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as the server gave it.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the header and the encrypted store only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// The queue server, without a caller's identity.
#[derive(Clone)]
pub struct QueueServer {
    http: Client,
    base: Url,
}

impl QueueServer {
    /// A client for the server at `base`, which the configuration has found safe.
    pub fn new(base: Url, app_version: &str) -> Result<Self, QueueError> {
        let mut builder = Client::builder()
            .user_agent(format!("hotdesk/{app_version}"))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::custom(|attempt| {
                let from = attempt.previous().first().map(Url::origin);
                let same = from.is_some_and(|from| from == attempt.url().origin());
                if same && attempt.previous().len() <= MOST_REDIRECTS {
                    attempt.follow()
                } else {
                    attempt.stop()
                }
            }));
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| QueueError::Unreachable {
            what: "the system's TLS cannot be used",
        })?;
        Ok(Self { http, base })
    }

    /// Sign in with e-mail and password.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        desktop: &DesktopId,
    ) -> Result<AuthAnswer, QueueError> {
        let body = AuthRequest {
            email: email.to_owned(),
            password: password.to_owned(),
            desktop_id: Some(desktop.clone()),
        };
        let request = self.request(Method::POST, "api/sender/auth")?.json(&body);
        answer::json(request.send().await).await
    }

    /// The server as one SDR sees it.
    pub fn of(&self, sdr: SdrId, token: Token) -> QueueClient {
        QueueClient {
            server: self.clone(),
            sdr,
            token,
        }
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, QueueError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| QueueError::Unreachable { what: "address" })?
            .pop_if_empty()
            .extend(path.split('/'));
        Ok(self.http.request(method, url).timeout(CALL_TIMEOUT))
    }
}

/// The queue server as one SDR sees it.
#[derive(Clone)]
pub struct QueueClient {
    server: QueueServer,
    sdr: SdrId,
    token: Token,
}

impl QueueClient {
    /// Long-poll for messages.
    pub async fn claim(&self, body: &ClaimRequest) -> Result<ClaimAnswer, QueueError> {
        let patience = CALL_TIMEOUT + Duration::from_secs(body.wait_seconds.into());
        let request = self
            .request(Method::POST, "api/sender/claim")?
            .timeout(patience);
        answer::json(request.json(body).send().await).await
    }

    /// Pin a message to this desktop.
    pub async fn begin(&self, body: &BeginRequest) -> Result<LeaseAnswer, QueueError> {
        self.call(Method::POST, "api/sender/begin", body).await
    }

    /// Fetch the bytes of a file; of a longer one than told no more than one byte more.
    pub async fn file(&self, file: &Attachment) -> Result<Vec<u8>, QueueError> {
        let path = format!("api/sender/files/{}", file.file_id);
        let request = self.request(Method::GET, &path)?.timeout(FILE_TIMEOUT);
        let most = usize::try_from(file.size_bytes).unwrap_or(usize::MAX - 1);
        answer::bytes(request.send().await, most).await
    }

    /// Hand back a message that was not begun.
    pub async fn release(&self, body: &RenewRequest) -> Result<(), QueueError> {
        self.tell(Method::POST, "api/sender/release", body).await
    }

    /// Tell what became of a message.
    pub async fn result(&self, body: &ResultRequest) -> Result<ResultAnswer, QueueError> {
        self.call(Method::POST, "api/sender/result", body).await
    }

    /// Tell what a lead answered.
    pub async fn reply(&self, body: &ReplyRequest) -> Result<(), QueueError> {
        self.tell(Method::POST, "api/sender/reply", body).await
    }

    /// Tell how the desktop and the session stand.
    pub async fn heartbeat(&self, body: &HeartbeatRequest) -> Result<HeartbeatAnswer, QueueError> {
        self.call(Method::POST, "api/sender/heartbeat", body).await
    }

    /// Tell how the session stands.
    pub async fn session(&self, body: &WhatsappSession) -> Result<(), QueueError> {
        self.tell(Method::PUT, "api/sdr/whatsapp/session", body)
            .await
    }

    /// Relay the QR code.
    pub async fn qr(&self, body: &QrRequest) -> Result<(), QueueError> {
        self.tell(Method::POST, "api/sdr/whatsapp/qr", body).await
    }

    /// Revoke the token.
    pub async fn sign_out(&self) -> Result<(), QueueError> {
        let body = serde_json::json!({ "sdrId": self.sdr });
        self.tell(Method::POST, "api/sender/sign-out", &body).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, QueueError> {
        answer::json(self.request(method, path)?.json(body).send().await).await
    }

    async fn tell(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(), QueueError> {
        answer::nothing(self.request(method, path)?.json(body).send().await).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, QueueError> {
        Ok(self
            .server
            .request(method, path)?
            .query(&[("sdrId", self.sdr.as_str())])
            .bearer_auth(self.token.expose()))
    }
}
