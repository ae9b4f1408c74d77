//! What a [`Session`](crate::Session) asks for. Every effect but `Release` and `Qr` is answered by
//! exactly one [`Input`](crate::Input) of the matching name.
//!
//! Of each kind at most one is unanswered at a time; only `Begin`, `Report` and `Reply`, whose
//! answers carry an id, may run side by side. The runner retries nothing. It holds the bytes of a
//! file for as long as [`Session::needs_file`](crate::Session::needs_file) says so.

use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{
    ChatId, LeadId, LeaseToken, MessageId, PageGeneration, ProfileEpoch, TenantId, WaMessageId,
};
use hotdesk_protocol::queue::{
    BeginRequest, ClaimRequest, HeartbeatRequest, QrRequest, ReplyRequest, ResultRequest,
    TakeOverRequest,
};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, UtcMs};
use serde::{Deserialize, Serialize};

/// One thing for the runner to do.
#[derive(Clone)]
pub enum Effect {
    /// Create the page, or bring it back under the same profile.
    OpenPage,
    /// Load the page anew.
    ReloadPage,
    /// Close the page; its storage stays.
    ClosePage,
    /// Ask the page how it stands.
    Probe,
    /// Put the library wa-js into the page and have the bridge take it into service.
    Adopt,
    /// Fetch reports with a number above this.
    Drain(u32),
    /// Hand a command to the page, once, without any retry.
    Submit(PageGeneration, BridgeCommand),
    /// Long-poll for messages.
    Claim(ClaimRequest),
    /// Fetch the bytes of a message's file and compare them with what is said of it.
    FetchFile(MessageId, Attachment),
    /// Put those bytes into the page's script, piece by piece, without any retry.
    PutFile(PageGeneration, MessageId, Attachment),
    /// Pin a message to this desktop.
    Begin(BeginRequest),
    /// Make the SDR active on this desktop.
    TakeOver(TakeOverRequest),
    /// Hand a message back that was not begun (answered by nothing).
    Release(MessageId, LeaseToken),
    /// Write these to disk in one transaction: all of them durably, or none.
    Record(Vec<Record>),
    /// Tell the server what became of a message.
    Report(ResultRequest),
    /// Tell the server what a lead answered.
    Reply(ReplyRequest),
    /// Tell the server how the session stands.
    Heartbeat(HeartbeatRequest),
    /// Relay the QR code (answered by nothing).
    Qr(QrRequest),
}

/// One thing to be written. Holds content: has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Record {
    /// Insert or replace a row of the outbox.
    Outbox(Box<OutboxRow>),
    /// The row's end is reported: keep the row, drop its text (`Setup::finished` brings it back).
    Finished(MessageId),
    /// It is proven that the message did not leave and the server no longer lets this desktop
    /// send it: delete the row, it may be offered again.
    Dropped(MessageId),
    /// Messages whose end was reported long ago: delete their finished rows (never one that is in
    /// flight again).
    Forgotten(Vec<MessageId>),
    /// What a lead answered: kept before the page is told that it may forget it.
    Reply(Box<ReplyRequest>),
    /// The server has this answer, or will never take it: delete it, text and all.
    ReplyDone(WaMessageId),
    /// Numbers the server has blocked, and the cursor up to which they are now known.
    Blocked {
        /// E.164, with the plus.
        numbers: Vec<String>,
        /// For the next `opt_outs_since`.
        cursor: i64,
    },
    /// The marker to be written into the profile, before it is written there.
    Marker(String),
    /// The number this profile is linked to.
    Account(String),
}

/// A message in flight, as the desktop remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The message.
    pub message_id: MessageId,
    /// The office.
    pub tenant: TenantId,
    /// Who it is for.
    pub lead_id: LeadId,
    /// The lead's name.
    pub lead_name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// What to send; the caption where there is a file.
    pub text: String,
    /// The file to send, until the message has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Rises only when a person says "send as new".
    pub generation: u32,
    /// The one id it may leave with.
    pub wa_message_id: WaMessageId,
    /// Proof of the lease it was begun under.
    pub lease_token: LeaseToken,
    /// The profile it was to leave through.
    pub profile_epoch: ProfileEpoch,
    /// The operating system's start it was written in; empty if nobody knows what became of it since.
    pub boot_id: String,
    /// SHA-256 of the text and the sum of the file, hex.
    pub body_hash: String,
    /// How far it got.
    pub stage: Stage,
    /// The chat, once the page has said it.
    pub chat_id: Option<ChatId>,
    /// The lead's other id, of the two that one account has (number and lid), once known.
    #[serde(default)]
    pub other_chat_id: Option<ChatId>,
    /// When it reached each stage, oldest first.
    pub at: Vec<(Stage, UtcMs)>,
    /// The last state the server has confirmed.
    pub reported: Option<MessageState>,
    /// Why it failed or waits for a person.
    pub problem: Option<Problem>,
    /// A person was to press Send: it has another id in WhatsApp than `wa_message_id`.
    #[serde(default)]
    pub assisted: bool,
    /// It was in review, and a person has decided: only a tick can still change it.
    #[serde(default)]
    pub decided: bool,
}

impl OutboxRow {
    /// Takes note of an id the lead's chat goes by. True if it was news.
    pub(crate) fn learn_chat(&mut self, id: ChatId) -> bool {
        if self.is_chat(&id) {
            return false;
        }
        match self.chat_id {
            Some(_) => self.other_chat_id = Some(id),
            None => self.chat_id = Some(id),
        }
        true
    }

    /// Whether the lead's chat goes by this id.
    pub(crate) fn is_chat(&self, id: &ChatId) -> bool {
        self.chat_id.as_ref() == Some(id) || self.other_chat_id.as_ref() == Some(id)
    }
}

/// How far a message got on this desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// On disk before the submit; after a restart it is reconciled.
    Intent,
    /// The page has it, at ack 0.
    Submitted,
    /// Ack 1.
    Sent,
    /// Ack 2.
    Delivered,
    /// Ack 3 or 4.
    Read,
    /// Failed for good.
    Failed,
    /// Parked: a person decides.
    Review,
}

impl Stage {
    /// It has left: WhatsApp or a person said so.
    pub(crate) fn has_left(self) -> bool {
        match self {
            Self::Sent | Self::Delivered | Self::Read => true,
            Self::Intent | Self::Submitted | Self::Failed | Self::Review => false,
        }
    }
}
