//! What a message must be before it is begun.

use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_protocol::file::{Attachment, MAX_CAPTION_CHARS, MAX_FILE_NAME_BYTES};
use hotdesk_protocol::queue::ClaimedMessage;

/// Why this message can never be sent, if it cannot.
pub(crate) fn fault(message: &ClaimedMessage) -> Option<Problem> {
    if !is_e164(&message.phone) {
        Some(words::bad_phone())
    } else if let Some(file) = &message.file {
        file_fault(file, &message.text)
    } else if message.text.trim().is_empty() {
        Some(words::empty_text())
    } else if message.text.len() > MAX_TEXT_BYTES {
        Some(words::long_text())
    } else {
        None
    }
}

fn file_fault(file: &Attachment, caption: &str) -> Option<Problem> {
    let size = 1..=file.kind.max_bytes();
    let is_name = |name: &str| {
        let bad = |letter: char| letter.is_control() || matches!(letter, '/' | '\\');
        (1..=MAX_FILE_NAME_BYTES).contains(&name.len()) && !name.contains(bad)
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let known = file.kind.types().contains(&file.mime_type.as_str())
        && is_name(&file.file_name)
        && file.sha256.len() == 64
        && file.sha256.bytes().all(is_digit);
    if !known {
        Some(words::bad_file())
    } else if !size.contains(&file.size_bytes) {
        Some(words::large_file())
    } else {
        (caption.chars().count() > MAX_CAPTION_CHARS).then(words::long_caption)
    }
}

/// A plus, a country code that does not begin with 0, 8 to 15 digits in all.
fn is_e164(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
