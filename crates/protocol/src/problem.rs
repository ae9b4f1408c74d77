//! What went wrong, in the one form that crosses a boundary.

use serde::{Deserialize, Serialize};

/// A failure as told to another program or to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Problem {
    /// What somebody may branch on.
    pub code: ProblemCode,
    /// What happened, what was not lost, and what to do next: for a person.
    pub message: String,
}

impl Problem {
    /// A problem with its words.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// A code exists only if somebody branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request is malformed, or a field is missing or out of bounds.
    BadRequest,
    /// Wrong e-mail or password.
    WrongCredentials,
    /// Wrong PIN of this machine, or one that no longer opens anything.
    WrongPin,
    /// Only whoever unlocks it may see or do this.
    Locked,
    /// The token is unknown, expired or revoked: sign in again.
    Unauthorized,
    /// The caller may not see or touch this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The lease is another's, or gone; the message is not to be sent by this desktop.
    Fenced,
    /// The message was cancelled, or its lead opted out, before it was begun.
    Cancelled,
    /// The number was blocked before the message left this desktop.
    OptedOut,
    /// Outside of the sending hours, or a cap is reached. Nothing is lost; it goes on later.
    NotNow,
    /// Too many requests; `Retry-After` says when.
    TooManyRequests,
    /// The server failed; nothing is lost.
    ServerError,
    /// The server does not answer.
    Unreachable,
    /// The answer is not what the queue API says.
    BadAnswer,
    /// The queue offered a message of another SDR; refused.
    WrongSdr,
    /// The phone number is not E.164.
    BadPhone,
    /// The text is empty or longer than 65,536 bytes.
    BadText,
    /// The file is of a kind, size or content that is not sent.
    BadFile,
    /// The number is not on WhatsApp.
    NotOnWhatsapp,
    /// WhatsApp answered the message with an error (ack -1).
    WhatsappRefused,
    /// WhatsApp has not confirmed the message for too long (ack 0).
    AckStuck,
    /// Nobody can tell whether the message left; a person must look.
    FateUnknown,
    /// The page lacks a module the bridge needs.
    SelfTestFailed,
    /// The same, and another way into the page is being tried; nobody has to do anything yet.
    TryingOtherWay,
    /// The page takes long to load; it is loaded anew by itself.
    PageSlow,
    /// The page does not load or does not answer.
    PageUnresponsive,
    /// The page's process ended again and again.
    PageCrashed,
    /// The session's WhatsApp account is not the one this SDR linked before.
    WrongAccount,
    /// The desktop's database cannot be written.
    StoreFailed,
    /// The OS keyring does not give the key.
    KeychainFailed,
    /// The configuration has an unknown key or a bad value.
    BadConfig,
    /// An adapter pack was offered and not taken.
    PackRefused,
    /// An adapter pack did not work here and was taken back.
    PackFailed,
    /// Another desktop holds this SDR's session.
    OtherDesktop,
    /// A code of a newer version.
    #[serde(other)]
    Unknown,
}
