//! The audit: who unlocked, paused, sent, decided, exported and removed, and when. It names ids and
//! acts, never a lead, a text or a number.

use crate::ids::{DesktopId, MessageId, SdrId};
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// Most entries of one [`AuditRequest`].
pub const MOST_ENTRIES: usize = 200;
/// Most characters of a free field.
pub const MOST_CHARS: usize = 200;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    /// Whoever was at the locked window.
    Nobody,
    /// The SDR the entry is about, or the one whose id `who` has.
    Sdr,
    /// A manager; `who` has the name.
    Manager,
    /// The program by itself.
    Hotdesk,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditAct {
    /// The window was unlocked with e-mail and password.
    SignedIn,
    /// The window was unlocked with the PIN.
    Unlocked,
    /// A PIN was wrong.
    PinWrong,
    /// A PIN was chosen or changed.
    PinChosen,
    /// The window was locked; `note` says why.
    Locked,
    /// A session was paused.
    Paused,
    /// A session goes on.
    Resumed,
    /// A page was opened to stay open.
    Connected,
    /// A page was closed to stay closed.
    Disconnected,
    /// WhatsApp was asked to forget this desktop.
    Unlinked,
    /// An SDR was made active on this desktop.
    TookOver,
    /// A message left.
    Sent,
    /// A message was said to have been sent by hand.
    SentByHand,
    /// A message in review was said to have been sent.
    DecidedSent,
    /// A message in review was to be sent as new.
    DecidedResend,
    /// A message in review was withdrawn.
    DecidedCancel,
    /// From now on nothing is sent while the SDR is locked.
    StrictOn,
    /// From now on sending goes on while the SDR is locked.
    StrictOff,
    /// An SDR was removed from a desktop.
    Removed,
    /// The proof of a message was exported, at the server.
    Exported,
    /// Every sign-in of an SDR was ended, at the server.
    SignedOutEverywhere,
    /// The key that opens an SDR's closed data was given out, at the server.
    RecoveryKeyGiven,
    /// Leads were given to an SDR, or to nobody, at the server; `note` says how many.
    LeadsAssigned,
    /// Leads were taken from a file, at the server; `note` has the import's id and what came of it.
    LeadsImported,
    /// A number was put on the do-not-contact list by hand, at the server.
    NumberBlocked,
    /// A sign-in asked for what is another SDR's, at the server, and got nothing.
    Refused,
    /// An act of a later version.
    #[serde(untagged)]
    Other(String),
}

/// One entry. A desktop keeps it for good or until the server has it; told twice it is kept once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Chosen by whoever writes it; no other entry of that desktop has it.
    pub id: String,
    /// When, by the clock of whoever writes it.
    pub at_ms: UtcMs,
    /// About whose session; none where it is about the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdr_id: Option<SdrId>,
    /// Who did it.
    pub actor: AuditActor,
    /// A manager's name, or the id of another SDR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What was done.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub act: AuditAct,
    /// With which message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// In a word more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `POST /api/sender/audit`: what was done on a desktop, about the token's SDR or the window.
/// Repeatable; answered 204.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
    /// The token's desktop.
    pub desktop_id: DesktopId,
    /// At most [`MOST_ENTRIES`], oldest first.
    pub entries: Vec<AuditEntry>,
}

/// An entry as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeptAudit {
    /// Its number at the server, for paging.
    pub seq: i64,
    /// The entry.
    #[serde(flatten)]
    pub entry: AuditEntry,
    /// On which desktop; none where it was done at the server.
    pub desktop_id: Option<DesktopId>,
    /// Under whose sign-in it was told.
    pub told_by: SdrId,
    /// When the server heard of it.
    pub received_at_ms: UtcMs,
}

/// Answer to `GET /api/audit?sdrId=&before=&limit=`: newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditAnswer {
    /// What was done.
    pub entries: Vec<KeptAudit>,
    /// What to give as `before` for the next page; none on the last.
    pub next: Option<i64>,
}
