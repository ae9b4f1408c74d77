//! Phone numbers, chat ids and the ids made of chance.

use sha2::{Digest, Sha256};

/// Whether `text` is an E.164 number with its plus.
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// The digits of an E.164 number.
pub fn digits(phone: &str) -> &str {
    phone.trim_start_matches('+')
}

/// The lid that belongs to a number: always the same one, and no number can be read from it.
pub fn lid_of(phone: &str) -> String {
    let hash = Sha256::digest(digits(phone).as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hash[..8]);
    (100_000_000_000_000 + u64::from_be_bytes(eight) % 800_000_000_000_000).to_string()
}

/// SHA-256 of a text, in hex.
pub fn text_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// A Brazilian mobile number in its other spelling: without its ninth digit, or with it.
pub fn other_brazilian_spelling(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("55")?;
    match (rest.len(), rest.get(2..3)) {
        (11, Some("9")) => Some(format!("55{}{}", &rest[..2], &rest[3..])),
        (10, Some(_)) => Some(format!("55{}9{}", &rest[..2], &rest[2..])),
        (_, Some(_) | None) => None,
    }
}

/// `bytes` random bytes in upper-case hex.
pub fn random_hex(bytes: usize) -> Result<String, getrandom::Error> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer)?;
    Ok(hex::encode_upper(buffer))
}

/// Now, in UTC milliseconds.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_e164_only_with_its_plus_and_8_to_15_digits() {
        assert!(is_e164("+5511970000001"), "a Brazilian mobile number");
        for wrong in [
            "5511970000001",
            "+0511970000001",
            "+12",
            "+55 11",
            "",
            "+1234567890123456",
        ] {
            assert!(!is_e164(wrong), "{wrong:?} is not E.164");
        }
    }

    #[test]
    fn a_brazilian_number_has_two_spellings_and_others_have_one() {
        assert_eq!(
            other_brazilian_spelling("5511970000001").as_deref(),
            Some("551170000001"),
            "without the ninth digit"
        );
        assert_eq!(
            other_brazilian_spelling("551170000001").as_deref(),
            Some("5511970000001"),
            "with it"
        );
        assert_eq!(
            other_brazilian_spelling("4915112345678"),
            None,
            "not Brazil"
        );
    }
}
