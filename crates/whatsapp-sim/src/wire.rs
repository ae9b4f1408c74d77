//! What a page and the server half say to each other over the WebSocket.

use crate::knobs::PageKnobs;
use serde::{Deserialize, Serialize};

/// From the page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum FromPage {
    /// The first words: either a linked device's token or the keys for a QR code.
    Hello {
        /// What the page kept from its linking.
        token: Option<String>,
        /// Public keys as they stand in the QR code.
        noise: String,
        /// See `noise`.
        identity: String,
        /// See `noise`.
        adv: String,
    },
    /// The six codes are used up and somebody asked for more.
    RefreshQr,
    /// Is this number on WhatsApp?
    QueryExists {
        /// Comes back in the answer.
        request: u32,
        /// Digits.
        user: String,
        /// `c.us` or `lid`.
        server: String,
    },
    /// A message to send.
    Message {
        /// The bare id.
        id: String,
        /// Where to, as `user@server`.
        chat: String,
        /// Its text, or the caption of its file.
        body: String,
        /// The file it carries; uploaded before.
        #[serde(default)]
        file: Option<FileSent>,
    },
    /// Eight characters to type on the phone, instead of a QR code to scan.
    PairingCode {
        /// Comes back in the answer.
        request: u32,
        /// Digits.
        phone: String,
    },
    /// Everything up to this stanza is in the page's storage.
    Received {
        /// The highest number.
        seq: u64,
    },
    /// Unlink this device.
    Logout,
}

/// What a message carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text alone.
    #[default]
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Any file, sent as it is.
    Document,
}

/// A page's word about the file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileSent {
    /// What it is sent as.
    pub kind: Kind,
    /// Its name.
    pub file_name: String,
    /// Its type.
    pub mime_type: String,
    /// The SHA-256 the upload answered, in hex.
    pub sha256: String,
}

/// A file that the server half has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileInfo {
    /// Its name.
    pub file_name: String,
    /// Its type.
    pub mime_type: String,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// A chat's message as the phone remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    /// The bare id.
    pub id: String,
    /// The other side, E.164.
    pub lead: String,
    /// The chat's id as pages know it.
    pub chat: String,
    /// The account's owner wrote it.
    pub from_me: bool,
    /// Its text, or the caption of its file.
    pub body: String,
    /// What it carries.
    #[serde(default)]
    pub kind: Kind,
    /// Its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileInfo>,
    /// When, in milliseconds.
    pub at_ms: i64,
    /// Its tick so far.
    pub ack: i8,
}

/// A number that is on WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The digits it resolves to.
    pub user: String,
    /// Its lid's digits.
    pub lid: String,
}

/// What a page is told to do by the control API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageAction {
    /// Reload at once.
    Reload,
    /// Say that an update waits.
    NeedsUpdate,
    /// Say that an update waits, and reload as soon as the page is hidden.
    ReloadWhenHidden,
    /// Behave as if opened elsewhere.
    Conflict,
}

/// Something a device must get sooner or later, online or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "stanza",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Stanza {
    /// A tick, or a refusal.
    Ack {
        /// The bare id.
        id: String,
        /// The chat.
        chat: String,
        /// The tick.
        ack: i8,
        /// The server's number for a refusal.
        code: Option<u16>,
    },
    /// A message from a lead, or from another device of the account.
    Message {
        /// The message.
        message: Remembered,
        /// The sender's name.
        name: String,
    },
}

/// To the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ToPage {
    /// A QR code to show.
    Qr {
        /// Its changing part.
        reference: String,
        /// What it says.
        value: String,
        /// Its picture.
        svg: String,
        /// 1 to 6.
        index: u32,
        /// How long it is good for.
        life_ms: u64,
    },
    /// The codes are used up.
    QrExpired,
    /// The answer to `PairingCode`.
    PairingCode {
        /// From the question.
        request: u32,
        /// None when the phone number cannot be one.
        code: Option<String>,
    },
    /// The phone wants a passkey's confirmation before it links.
    Passkey,
    /// The phone has scanned the code.
    Paired {
        /// To be kept.
        token: String,
        /// This device's number.
        device: u32,
        /// The account's digits.
        user: String,
        /// The account's lid digits.
        lid: String,
        /// The account's name.
        name: String,
        /// What the phone hands over.
        history: Vec<Remembered>,
    },
    /// A known device is connected; its queue follows.
    Welcome {
        /// The page's knobs.
        knobs: PageKnobs,
    },
    /// The device is no longer linked.
    Removed,
    /// The same device connected elsewhere.
    Conflict,
    /// The answer to `QueryExists`.
    Exists {
        /// From the question.
        request: u32,
        /// None when the number is not on WhatsApp.
        found: Option<Found>,
    },
    /// One stanza of the device's queue.
    Stanza {
        /// Its number.
        seq: u64,
        /// What it is.
        #[serde(flatten)]
        stanza: Stanza,
    },
    /// Knobs have been turned.
    Knobs {
        /// The ones in force now.
        knobs: PageKnobs,
    },
    /// The control API wants something.
    Act {
        /// What.
        action: PageAction,
    },
}
