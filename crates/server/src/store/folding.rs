//! Letters as people search for them: in lower case and without accents. PostgreSQL has the same as
//! `hotdesk_queue.fold`.

use unicode_normalization::UnicodeNormalization;

/// `João` and `JOAO` are both `joao`.
pub fn fold(words: &str) -> String {
    if words.is_ascii() {
        return words.to_ascii_lowercase();
    }
    let accent = |letter: &char| ('\u{300}'..='\u{36f}').contains(letter);
    let bare: String = words.nfkd().filter(|letter| !accent(letter)).collect();
    bare.to_lowercase()
}
