//! Bytes of a file, as text, as they come in.

use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};

/// So many bytes with other letters than ASCII are looked at before it is decided what they are.
const ENOUGH: usize = 64 * 1024;

/// Decides by the file's mark, or else by the first letters that are not ASCII: UTF-8 if they are
/// that, Windows-1252 if not, which every byte may be.
pub struct Text {
    /// What is not decided yet: less than a mark, or letters that are not ASCII.
    held: Vec<u8>,
    begun: bool,
    decided: Option<Decoder>,
}

impl Text {
    pub fn new() -> Self {
        Self {
            held: Vec::new(),
            begun: false,
            decided: None,
        }
    }

    /// Adds the bytes, as text, to `text`; what is no letter becomes U+FFFD. `last` is the end.
    pub fn push(&mut self, bytes: &[u8], last: bool, text: &mut String) {
        if let Some(decoder) = &mut self.decided {
            return decode(decoder, bytes, last, text);
        }
        self.held.extend_from_slice(bytes);
        if !self.begun {
            if self.held.len() < 3 && !last {
                return;
            }
            self.begun = true;
            if let Some((encoding, mark)) = Encoding::for_bom(&self.held) {
                let mut decoder = encoding.new_decoder_without_bom_handling();
                decode(&mut decoder, &self.held[mark..], last, text);
                self.held.clear();
                self.decided = Some(decoder);
                return;
            }
        }
        if self.held.is_ascii() {
            text.push_str(&String::from_utf8_lossy(&self.held));
            self.held.clear();
        } else if last || self.held.len() >= ENOUGH {
            let is_utf8 = match std::str::from_utf8(&self.held) {
                Ok(_) => true,
                // Only its last letter is not whole yet.
                Err(error) => error.error_len().is_none() && !last,
            };
            let encoding = if is_utf8 { UTF_8 } else { WINDOWS_1252 };
            let mut decoder = encoding.new_decoder_without_bom_handling();
            decode(&mut decoder, &self.held, last, text);
            self.held.clear();
            self.decided = Some(decoder);
        }
    }

    /// What the letters turned out to be; UTF-8 as long as there is nothing but ASCII.
    pub fn name(&self) -> String {
        let decided = self.decided.as_ref().map(Decoder::encoding);
        decided.unwrap_or(UTF_8).name().to_lowercase()
    }
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool, text: &mut String) {
    let most = decoder.max_utf8_buffer_length(bytes.len());
    text.reserve(most.unwrap_or(bytes.len().saturating_mul(3)));
    // With so much room nothing of the bytes is left.
    let _ = decoder.decode_to_string(bytes, text, last);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], piece: usize) -> (String, String) {
        let (mut text, mut read) = (Text::new(), String::new());
        for part in bytes.chunks(piece) {
            text.push(part, false, &mut read);
        }
        text.push(&[], true, &mut read);
        (read, text.name())
    }

    #[test]
    fn the_same_words_are_read_from_every_encoding_however_they_come_in() {
        let words = "João;Ação\n";
        let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin = WINDOWS_1252.encode(words).0.into_owned();
        for (bytes, name) in [
            (words.as_bytes().to_vec(), "utf-8"),
            ([b"\xef\xbb\xbf", words.as_bytes()].concat(), "utf-8"),
            (latin, "windows-1252"),
            ([vec![0xff, 0xfe], utf16].concat(), "utf-16le"),
        ] {
            for piece in 1..=bytes.len() {
                let expected = (words.to_owned(), name.to_owned());
                assert_eq!(read(&bytes, piece), expected, "in pieces of {piece}");
            }
        }
    }

    #[test]
    fn what_is_decided_late_is_decided_by_what_comes_late() {
        let mut bytes = vec![b'a'; 3 * ENOUGH];
        bytes.push(0xe3);
        bytes.push(b'o');
        let (text, name) = read(&bytes, 1000);
        assert_eq!((&text[3 * ENOUGH..], name.as_str()), ("ão", "windows-1252"));
    }

    #[test]
    fn a_byte_that_fits_nowhere_is_told() {
        let mut bytes = "ã".repeat(ENOUGH).into_bytes();
        bytes.extend(b"x\xff\n");
        assert!(read(&bytes, 4096).0.ends_with("x\u{fffd}\n"));
    }
}
