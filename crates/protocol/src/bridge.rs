//! What the app and the script in a WhatsApp page say to each other.
//!
//! The app pulls. The script installs one frozen object under a name chosen at each launch, with
//! three synchronous functions that take and return JSON text:
//!
//! * `submit(json: SubmitRequest) -> Envelope<Submitted>`
//! * `drain(afterSeq: number) -> Envelope<Drain>`: the reports with `seq > afterSeq`; asking with N
//!   also acknowledges N, so a drain is repeatable until then
//! * `probe() -> Envelope<Probe>`
//!
//! The page never says which SDR it is: the app knows that from the webview's label.

use crate::file::FileKind;
use crate::ids::{ChatId, MessageId, PageGeneration, WaMessageId};
use crate::problem::Problem;
use crate::session::{Ack, SessionState};
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// Rises whenever a bridge built before would no longer be understood, or no longer understand, in what
/// this module says or in the line the app puts before the bundle. An adapter pack names the one it
/// was built for.
pub const BRIDGE_PROTOCOL: u32 = 1;
/// Most reports in one drain.
pub const MAX_REPORTS_PER_DRAIN: usize = 64;
/// Most bytes of JSON in one drain.
pub const MAX_DRAIN_BYTES: usize = 64 * 1024;
/// Longest message text.
pub const MAX_TEXT_BYTES: usize = 65_536;
/// Longest text that fits into WhatsApp's link to a chat.
pub const MAX_COMPOSE_BYTES: usize = 4_096;

/// Every answer of the script: `{"ok":true,"value":…}` or `{"ok":false,"problem":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Envelope<T> {
    /// The call worked.
    Value {
        /// Always true.
        ok: bool,
        /// The answer.
        value: T,
    },
    /// The call failed; nothing was submitted by it.
    Problem {
        /// Always false.
        ok: bool,
        /// Why.
        problem: Problem,
    },
}

/// One command, for one generation of the page; a page of another generation refuses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SubmitRequest {
    /// The generation the app last saw in a probe.
    pub generation: PageGeneration,
    /// What to do.
    pub command: BridgeCommand,
}

/// The command was taken; its outcome comes as a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Submitted {
    /// The generation that took it.
    pub generation: PageGeneration,
}

/// What the app may ask of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum BridgeCommand {
    /// Look the id up; if the page knows it, report its state and send nothing; else resolve the
    /// number and send with exactly this id.
    SendText {
        /// The queue's message.
        message_id: MessageId,
        /// The id to send with.
        wa_message_id: WaMessageId,
        /// E.164, with the plus.
        phone: String,
        /// What to send.
        text: String,
    },
    /// A piece of a file, kept in the page's script until the message that carries it is sent or
    /// looked up. Pieces come in order and without gaps; a piece at 0 begins anew. One file is kept
    /// at a time. Nothing is sent by this.
    FilePart {
        /// The queue's message.
        message_id: MessageId,
        /// SHA-256 of the whole file, 64 lower-case hexadecimal digits.
        sha256: String,
        /// Bytes of the whole file.
        size_bytes: u32,
        /// Where this piece begins.
        offset_bytes: u32,
        /// At most [`crate::file::MAX_PART_BYTES`] bytes, in base64 with padding.
        base64: String,
    },
    /// As `SendText`, with the file whose pieces the page's script has been given. The script lets
    /// go of the file with this command, whatever comes of it.
    SendFile {
        /// The queue's message.
        message_id: MessageId,
        /// The id to send with.
        wa_message_id: WaMessageId,
        /// E.164, with the plus.
        phone: String,
        /// The text beside it; may be empty.
        caption: String,
        /// What it is sent as.
        kind: FileKind,
        /// The name the lead sees.
        file_name: String,
        /// Its type.
        mime_type: String,
        /// Bytes of the whole file.
        size_bytes: u32,
        /// SHA-256 of the whole file.
        sha256: String,
    },
    /// Report whether the page has this id, and at which ack.
    LookUp {
        /// The queue's message.
        message_id: MessageId,
        /// The id to look for.
        wa_message_id: WaMessageId,
    },
    /// Write the marker into the page's storage, unless there is one.
    Mark {
        /// Random text, chosen by the app.
        marker: String,
    },
    /// Load the page by WhatsApp's own link to this number's chat, with the text in its box. Whether it
    /// is sent is for the person who looks at it; the page never presses Send.
    Compose {
        /// E.164, with the plus.
        phone: String,
        /// What to write into the box, at most [`MAX_COMPOSE_BYTES`].
        text: String,
    },
    /// Answer "open elsewhere" with "use here".
    UseHere,
    /// Ask for a fresh QR code after the last one has run out, or instead of a pairing code.
    RefreshQr,
    /// Ask WhatsApp for a pairing code for this number; refused by a page that is linked. The code comes
    /// with a probe. WhatsApp may unlink a device that this number has linked already.
    LinkByCode {
        /// E.164, with the plus.
        phone: String,
    },
    /// Unlink this device from the account.
    LogOut,
}

/// A question or notice the page shows over itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PageDialog {
    /// The number whose chat was to be opened is not on WhatsApp.
    NotOnWhatsapp,
    /// WhatsApp Web is open elsewhere; it can be used here instead.
    UseHere,
    /// Anything else.
    Other,
}

/// What the page can do, found out by the script's self-test at each page generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Tell the session's state.
    State,
    /// Tell the QR code's value.
    Qr,
    /// Resolve a number.
    Exists,
    /// Send a text with a chosen id.
    SendText,
    /// Tell ack changes.
    Acks,
    /// Tell incoming messages.
    Incoming,
    /// Find a message by id.
    LookUp,
    /// Send a file with a chosen id. Without it texts still leave.
    SendFile,
}

/// The account a page is linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OwnAccount {
    /// E.164, with the plus.
    pub phone: String,
    /// The number of this linked device.
    pub device: u32,
    /// The account's `@lid`, once it has one.
    pub lid: Option<ChatId>,
}

/// A code to type on the phone that is to be linked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PairingCode {
    /// Eight letters and digits. A secret: printed without it.
    pub value: String,
    /// How long it is still good for.
    pub expires_in_ms: u32,
}

impl std::fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PairingCode(good for {} ms)", self.expires_in_ms)
    }
}

/// How a page stands right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// This load of the page; new at every load.
    pub generation: PageGeneration,
    /// Which adapter serves: `modules`.
    pub adapter: String,
    /// WhatsApp Web's own version, where it tells one.
    pub page_version: Option<String>,
    /// One of: starting, qr, pairing_code, passkey, syncing, connected, offline, conflict,
    /// needs_update, logged_out. The others are for the app to know.
    pub state: SessionState,
    /// What it asks or says over everything else, if it does.
    pub dialog: Option<PageDialog>,
    /// What the QR code says, while one is shown.
    pub qr: Option<String>,
    /// The codes have run out; a person or [`BridgeCommand::RefreshQr`] must ask for more.
    pub qr_expired: bool,
    /// The pairing code, while one is good.
    #[serde(default)]
    pub pairing_code: Option<PairingCode>,
    /// The linked account.
    pub account: Option<OwnAccount>,
    /// The marker found in the page's storage.
    pub marker: Option<String>,
    /// Capabilities the self-test found missing; empty is healthy. While the page still registers
    /// its modules (`starting`) nothing is reported missing.
    pub missing: Vec<Capability>,
    /// How long no message or chat has been added, since the page was connected.
    pub quiet_ms: u32,
    /// The highest report number so far; 0 for none.
    pub last_seq: u32,
}

/// Reports in order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Drain {
    /// The generation these come from.
    pub generation: PageGeneration,
    /// At most [`MAX_REPORTS_PER_DRAIN`].
    pub reports: Vec<BridgeReport>,
    /// There is more to fetch at once.
    pub more: bool,
}

/// One thing that happened in a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BridgeReport {
    /// Counts from 1 in each generation, without gaps.
    pub seq: u32,
    /// What happened.
    pub event: BridgeEvent,
}

/// What a page tells of its own accord or in answer to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum BridgeEvent {
    /// The page now has the message (or had it already). Not yet a send: that is ack >= server.
    InPage {
        /// The queue's message.
        message_id: MessageId,
        /// The id in the page.
        wa_message_id: WaMessageId,
        /// Where it went.
        chat_id: ChatId,
        /// The same person's other id where the page knows it: the lid of a number, the number of a
        /// lid. An answer may come under either.
        other_chat_id: Option<ChatId>,
        /// Its ack so far.
        ack: Ack,
        /// It was there before this command; nothing was sent by it.
        already_there: bool,
    },
    /// The number is not on WhatsApp; nothing was sent.
    NotOnWhatsapp {
        /// The queue's message.
        message_id: MessageId,
    },
    /// The command failed before anything was handed to WhatsApp; nothing was sent.
    NotSubmitted {
        /// The queue's message.
        message_id: MessageId,
        /// Why.
        problem: Problem,
    },
    /// The command failed after the message was handed to WhatsApp, or nobody can tell.
    Unclear {
        /// The queue's message.
        message_id: MessageId,
        /// What the page threw.
        problem: Problem,
    },
    /// Answer to a look-up that found nothing.
    Absent {
        /// The queue's message.
        message_id: MessageId,
        /// The id looked for.
        wa_message_id: WaMessageId,
    },
    /// A message of ours changed its tick. Matched by the bare id only.
    Ack {
        /// The id in the page.
        wa_message_id: WaMessageId,
        /// The new tick.
        ack: Ack,
    },
    /// A message came in.
    Incoming {
        /// Its id.
        wa_message_id: WaMessageId,
        /// The chat it is in.
        chat_id: ChatId,
        /// The sender's number where the page knows it. E.164, with the plus.
        phone: Option<String>,
        /// Its text.
        text: String,
        /// When it was sent.
        at_ms: UtcMs,
    },
}
