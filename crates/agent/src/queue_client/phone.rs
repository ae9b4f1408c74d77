//! Phone numbers as people type them into lead systems.
//!
//! Without its plus a number is understood only where there is one way to read it: 12 or 13 digits
//! that begin with 55 and an area code are Brazilian with the country in front. `55 9 9999 9999` has
//! eleven, is a number of area code 55, and is left to a person.

/// What may stand between digits.
const BETWEEN: [char; 6] = [' ', '-', '.', '(', ')', '\u{a0}'];

/// E.164 where there is one way to read it; else as given, which no check lets pass.
pub(super) fn normalised(given: &str) -> String {
    let bare: String = given
        .trim()
        .chars()
        .filter(|c| !BETWEEN.contains(c))
        .collect();
    if bare.starts_with('+') {
        bare
    } else if is_brazilian(bare.as_bytes()) {
        format!("+{bare}")
    } else {
        given.to_owned()
    }
}

fn is_brazilian(bare: &[u8]) -> bool {
    if !bare.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let [b'5', b'5', area @ .., _, _, _, _, _, _, _, _] = bare else {
        return false;
    };
    match area {
        [a, b] | [a, b, b'9'] => *a != b'0' && *b != b'0',
        _ => false,
    }
}
