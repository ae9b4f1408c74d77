//! What a message must be before it is begun.

use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::bridge::MAX_TEXT_BYTES;
use hotdesk_protocol::queue::ClaimedMessage;

/// Why this message can never be sent, if it cannot.
pub(crate) fn fault(message: &ClaimedMessage) -> Option<Problem> {
    if !is_e164(&message.phone) {
        Some(words::bad_phone())
    } else if message.text.trim().is_empty() {
        Some(words::empty_text())
    } else if message.text.len() > MAX_TEXT_BYTES {
        Some(words::long_text())
    } else {
        None
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
