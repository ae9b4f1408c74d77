//! The file a message may carry.
//!
//! It is named by an id, never by an address: the desktop asks the queue server it is signed in to,
//! at `GET /api/sender/files/{id}?sdrId=`, so no message can send it anywhere else.

use crate::ids::FileId;
use serde::{Deserialize, Serialize};

/// Largest picture.
pub const MAX_IMAGE_BYTES: u32 = 16 * 1024 * 1024;
/// Largest document.
pub const MAX_DOCUMENT_BYTES: u32 = 64 * 1024 * 1024;
/// Longest file name.
pub const MAX_FILE_NAME_BYTES: usize = 200;
/// Longest text beside a file, in characters; WhatsApp cuts what is longer.
pub const MAX_CAPTION_CHARS: usize = 1_024;
/// Most bytes of a file that reach a page in one command: 256 KiB of base64.
pub const MAX_PART_BYTES: usize = 192 * 1024;

const IMAGE_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
const DOCUMENT_TYPES: [&str; 6] = [
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/plain",
    "text/csv",
];

/// What a file is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A picture, shown in the chat.
    Image,
    /// A file to be opened.
    Document,
}

impl FileKind {
    /// The largest such file.
    pub const fn max_bytes(self) -> u32 {
        match self {
            Self::Image => MAX_IMAGE_BYTES,
            Self::Document => MAX_DOCUMENT_BYTES,
        }
    }

    /// The MIME types of such files; no others are sent.
    pub const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &IMAGE_TYPES,
            Self::Document => &DOCUMENT_TYPES,
        }
    }
}

/// A file as the queue server describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Where its bytes are.
    pub file_id: FileId,
    /// What it is sent as.
    pub kind: FileKind,
    /// The name the lead sees. Content: not to be logged.
    pub file_name: String,
    /// One of [`FileKind::types`].
    pub mime_type: String,
    /// 1 to [`FileKind::max_bytes`].
    pub size_bytes: u32,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}
