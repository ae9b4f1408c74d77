//! The queue API as a client: one call each, no retry here.
//!
//! One face whatever the server speaks. Hotdesk's own server leases and fences; for the others
//! [`Desk`] keeps on this desktop what they lack.

mod answer;
mod certificate;
mod desk;
mod dialect;
mod error;
mod lease;
mod lk1;
mod lk2;
mod native;
mod phone;
mod seat;
mod server;

pub use desk::Desk;
pub use dialect::Dialect;
pub use error::{QueueError, Retry};
pub use server::{QueueServer, SignedIn};

use crate::secret::Secret;
use hotdesk_engine::effect::{OutboxRow, Stage};
use hotdesk_protocol::adapter_pack::AdapterPackAnswer;
use hotdesk_protocol::audit::AuditRequest;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::{
    ActiveDesktop, BeginRequest, ClaimAnswer, ClaimRequest, HeartbeatAnswer, HeartbeatRequest,
    LeaseAnswer, QrRequest, RenewRequest, ReplyRequest, ResultAnswer, ResultRequest,
    TakeOverRequest, WhatsappSession,
};
use hotdesk_protocol::review::{DecisionAnswer, DecisionRequest, ReviewItem};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use reqwest::Method;
use reqwest::header::IF_NONE_MATCH;
use server::Wire;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What lies behind so many messages of a review is seen once some of them are decided.
pub const REVIEW_MOST: usize = 2_000;

/// The largest document at 3 Mbit/s.
const FILE_TIMEOUT: Duration = Duration::from_secs(180);
/// Megabytes, over whatever line the office has.
const PACK_TIMEOUT: Duration = Duration::from_secs(120);

/// A bearer; its copies share one secret.
#[derive(Clone)]
pub struct Token(Arc<Secret<String>>);

impl Token {
    /// A token as the server gave it.
    pub fn new(text: String) -> Self {
        Self(Arc::new(Secret::new(text)))
    }

    /// The text, for the header and the encrypted store only.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// What the outbox knows of a message beyond its latest state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Past {
    /// When it left.
    pub left_at: Option<UtcMs>,
    /// The last state the server has confirmed.
    pub told: Option<MessageState>,
}

impl Past {
    /// As the row has it. A row that was closed before keeps only its intent and its last tick: then
    /// it left about when it was handed over.
    pub fn of(row: &OutboxRow) -> Self {
        let at = |wanted| {
            let mut stamps = row.at.iter().rev();
            stamps
                .find(|(stage, _)| *stage == wanted)
                .map(|(_, at)| *at)
        };
        let left_at = match row.stage {
            Stage::Sent | Stage::Delivered | Stage::Read => {
                at(Stage::Sent).or_else(|| at(Stage::Intent))
            }
            Stage::Intent | Stage::Submitted | Stage::Failed | Stage::Review => None,
        };
        Self {
            left_at,
            told: row.reported,
        }
    }

    /// The server knows that it left.
    pub fn told_sent(self) -> bool {
        match self.told {
            Some(MessageState::Sent | MessageState::Delivered | MessageState::Read) => true,
            Some(
                MessageState::Queued
                | MessageState::Leased
                | MessageState::Begun
                | MessageState::Failed
                | MessageState::Dead
                | MessageState::Cancelled
                | MessageState::Review,
            )
            | None => false,
        }
    }
}

/// What became of an answer of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replied {
    /// The server has it.
    Told,
    /// The server has no place for it.
    NoPlace,
}

/// What became of entries of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audited {
    /// The server has them.
    Told,
    /// The server has no place for them.
    NoPlace,
}

/// The queue server as one SDR sees it.
#[derive(Clone)]
pub struct QueueClient {
    wire: Wire,
    desk: Arc<Desk>,
    /// There is a client with a newer bearer.
    renewed: Arc<AtomicBool>,
}

impl QueueClient {
    /// The same with a new bearer; calls that are under way go on with the old one.
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.renewed.store(true, Ordering::Relaxed);
        let mut renewed = self.clone();
        renewed.wire.token = token;
        renewed.renewed = Arc::default();
        renewed
    }

    /// Whether there is a newer bearer than this client's.
    pub(crate) fn is_renewed(&self) -> bool {
        self.renewed.load(Ordering::Relaxed)
    }

    /// A person wants this desktop to send, also after another took over.
    pub fn forgive(&self) {
        self.desk.forgive();
    }

    /// Wait for messages.
    pub async fn claim(&self, body: &ClaimRequest) -> Result<ClaimAnswer, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => native::claim(&self.wire, body).await,
            other @ (Dialect::Lk1 | Dialect::Lk2) => self.desk.claim(&self.wire, other, body).await,
        }
    }

    /// Pin a message to this desktop.
    pub async fn begin(&self, body: &BeginRequest) -> Result<LeaseAnswer, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => self.wire.call(Method::POST, "api/sender/begin", body).await,
            other @ (Dialect::Lk1 | Dialect::Lk2) => self.desk.begin(&self.wire, other, body).await,
        }
    }

    /// Fetch the bytes of a file; of a longer one than told no more than one byte more.
    pub async fn file(&self, file: &Attachment) -> Result<Vec<u8>, QueueError> {
        let (path, id) = ("api/sender/files/{id}", file.file_id.as_str());
        let request = self.wire.request_about(Method::GET, path, id)?;
        let request = request.timeout(FILE_TIMEOUT);
        let most = usize::try_from(file.size_bytes).unwrap_or(usize::MAX - 1);
        answer::bytes(request.send().await, most).await
    }

    /// Hand back a message that was not begun.
    pub async fn release(&self, body: &RenewRequest) -> Result<(), QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/sender/release";
                self.wire.tell(Method::POST, path, body).await
            }
            Dialect::Lk1 | Dialect::Lk2 => {
                self.desk.release(body);
                Ok(())
            }
        }
    }

    /// Tell what became of a message.
    pub async fn result(
        &self,
        body: &ResultRequest,
        past: Past,
    ) -> Result<ResultAnswer, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                self.wire
                    .call(Method::POST, "api/sender/result", body)
                    .await
            }
            other @ (Dialect::Lk1 | Dialect::Lk2) => {
                self.desk.result(&self.wire, other, body, past).await
            }
        }
    }

    /// Tell what a lead answered.
    pub async fn reply(&self, body: &ReplyRequest) -> Result<Replied, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let told = self.wire.tell(Method::POST, "api/sender/reply", body).await;
                told.map(|()| Replied::Told)
            }
            other @ (Dialect::Lk1 | Dialect::Lk2) => self.desk.reply(&self.wire, other, body).await,
        }
    }

    /// Tell what was done on this desktop; harmless to repeat.
    pub async fn audit(&self, body: &AuditRequest) -> Result<Audited, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let told = self.wire.tell(Method::POST, "api/sender/audit", body).await;
                match told {
                    Ok(()) => Ok(Audited::Told),
                    // A server of an earlier version.
                    Err(error) if error.code() == ProblemCode::NotFound => Ok(Audited::NoPlace),
                    Err(error) => Err(error),
                }
            }
            Dialect::Lk1 | Dialect::Lk2 => Ok(Audited::NoPlace),
        }
    }

    /// Tell how the desktop and the session stand.
    pub async fn heartbeat(&self, body: &HeartbeatRequest) -> Result<HeartbeatAnswer, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/sender/heartbeat";
                self.wire.call(Method::POST, path, body).await
            }
            other @ (Dialect::Lk1 | Dialect::Lk2) => {
                self.desk.heartbeat(&self.wire, other, body).await
            }
        }
    }

    /// Make the SDR active on this desktop.
    pub async fn take_over(&self, body: &TakeOverRequest) -> Result<ActiveDesktop, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/sdr/desktop/take-over";
                self.wire.call(Method::POST, path, body).await
            }
            // They never say where an SDR is active, so nobody asks.
            Dialect::Lk1 | Dialect::Lk2 => Err(QueueError::Refused {
                problem: Problem::new(
                    ProblemCode::NotFound,
                    "This queue server cannot hand an SDR over. Nothing was changed.",
                ),
            }),
        }
    }

    /// This SDR's messages that wait for a person, the oldest [`REVIEW_MOST`]; `None` where the server keeps no review.
    pub async fn review(&self) -> Result<Option<Vec<ReviewItem>>, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => native::review(&self.wire).await,
            Dialect::Lk1 | Dialect::Lk2 => Ok(None),
        }
    }

    /// Tell what a person decided about a message in review, harmless to repeat; `None` where the
    /// server keeps no review.
    pub async fn decide(
        &self,
        id: &MessageId,
        body: &DecisionRequest,
    ) -> Result<Option<DecisionAnswer>, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/messages/{id}/decision";
                let request = self.wire.request_about(Method::POST, path, id.as_str())?;
                answer::json(request.json(body).send().await)
                    .await
                    .map(Some)
            }
            Dialect::Lk1 | Dialect::Lk2 => Ok(None),
        }
    }

    /// Tell how the session stands.
    pub async fn session(&self, body: &WhatsappSession) -> Result<(), QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/sdr/whatsapp/session";
                self.wire.tell(Method::PUT, path, body).await
            }
            // The heartbeat has told it.
            Dialect::Lk1 | Dialect::Lk2 => Ok(()),
        }
    }

    /// Relay the QR code; the others have no place for it.
    pub async fn qr(&self, body: &QrRequest) -> Result<(), QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let path = "api/sdr/whatsapp/qr";
                self.wire.tell(Method::POST, path, body).await
            }
            Dialect::Lk1 | Dialect::Lk2 => Ok(()),
        }
    }

    /// The newest adapter pack, unless its number is the known one; only our own server has any.
    pub async fn adapter_pack(&self, known: u32) -> Result<Option<AdapterPackAnswer>, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let request = self.wire.request(Method::GET, "api/adapter-pack")?;
                let request = request.header(IF_NONE_MATCH, format!("\"{known}\""));
                answer::changed(request.timeout(PACK_TIMEOUT).send().await).await
            }
            Dialect::Lk1 | Dialect::Lk2 => Ok(None),
        }
    }

    /// What the server keeps to open this SDR's data, in hex; `None` where it keeps nothing.
    pub async fn recovery_key(&self) -> Result<Option<Secret<String>>, QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => native::recovery_key(&self.wire).await,
            Dialect::Lk1 | Dialect::Lk2 => Ok(None),
        }
    }

    /// Revoke the token, or give the SDR free for another desktop.
    pub async fn sign_out(&self) -> Result<(), QueueError> {
        match self.wire.server.dialect() {
            Dialect::Native => {
                let body = serde_json::json!({ "sdrId": self.wire.sdr });
                self.wire
                    .tell(Method::POST, "api/sender/sign-out", &body)
                    .await
            }
            other @ (Dialect::Lk1 | Dialect::Lk2) => self.desk.sign_out(&self.wire, other).await,
        }
    }

    /// Why this SDR may not sign in here: another desktop sends for them, and the server cannot keep
    /// two apart.
    pub async fn occupied(&self) -> Result<Option<Problem>, QueueError> {
        self.desk
            .occupied(&self.wire, self.wire.server.dialect())
            .await
    }
}
