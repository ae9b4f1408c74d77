//! What is done about the key, given what is there: the whole of it in one place.

use super::error::KeychainError;
use std::path::Path;

/// How the key was kept, by the note beside the database.
#[derive(Clone, Copy)]
pub(super) enum Kept<'a, L> {
    /// There is no note.
    Unknown,
    /// In the keyring of this name.
    Keyring(&'a str),
    /// In somebody's head; this tells the right passphrase.
    Passphrase(L),
}

/// What the keyring says now.
pub(super) enum Keyring<'a, K> {
    /// There is none, and why.
    Unreachable(String),
    /// The one of this name answers.
    Answers(&'a str, Answer<K>),
}

/// What it says of the entry that the note names; a locked one says that there is none.
pub(super) enum Answer<K> {
    Absent,
    Refuses(String),
    /// It has a key, and not the note's.
    Another,
    Ours(K),
}

/// How the key is had.
pub(super) enum Decision<K, L> {
    /// It is this one.
    Use(K),
    /// Nothing is there yet: make one and give it to the keyring.
    Make,
    /// Nothing is there yet, nor a keyring, because of this: have a passphrase chosen.
    Choose(String),
    /// Have the passphrase typed.
    Enter(L),
}

/// While a database is there, its key is never made anew, nor looked for anywhere but where it was
/// kept.
pub(super) fn decide<K, L>(
    kept: Kept<'_, L>,
    database_exists: bool,
    keyring: Keyring<'_, K>,
    data_dir: &Path,
) -> Result<Decision<K, L>, KeychainError> {
    let data_dir = || data_dir.display().to_string();
    match (kept, database_exists, keyring) {
        (Kept::Passphrase(lock), true, _) => Ok(Decision::Enter(lock)),
        (Kept::Unknown, true, _) => Err(KeychainError::NoteMissing {
            data_dir: data_dir(),
        }),
        (Kept::Keyring(was), true, Keyring::Unreachable(reason)) => Err(KeychainError::NoKeyring {
            reason,
            backend: was.to_owned(),
        }),
        // The fingerprint says that it is the one, whatever the keyring is called now.
        (Kept::Keyring(_), _, Keyring::Answers(_, Answer::Ours(key))) => Ok(Decision::Use(key)),
        (Kept::Keyring(was), true, Keyring::Answers(now, _)) if was != now => {
            Err(KeychainError::ChangedBackend {
                was: was.to_owned(),
                now: now.to_owned(),
                data_dir: data_dir(),
            })
        }
        (Kept::Keyring(_), _, Keyring::Answers(_, Answer::Refuses(reason))) => {
            Err(KeychainError::Refused { reason })
        }
        (Kept::Keyring(_), true, Keyring::Answers(now, Answer::Absent)) => {
            Err(KeychainError::KeyMissing {
                backend: now.to_owned(),
                data_dir: data_dir(),
            })
        }
        (Kept::Keyring(_), true, Keyring::Answers(_, Answer::Another)) => {
            Err(KeychainError::WrongKey {
                data_dir: data_dir(),
            })
        }
        (_, false, Keyring::Unreachable(reason)) => Ok(Decision::Choose(reason)),
        (_, false, Keyring::Answers(_, _)) => Ok(Decision::Make),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Decision, Kept, Keyring, decide};
    use crate::keychain::KeychainError;
    use std::path::Path;

    const NOW: &str = "the keyring";
    const BEFORE: &str = "another keyring";
    const TYPED: Kept<'static, ()> = Kept::Passphrase(());

    fn keyrings() -> [(&'static str, Keyring<'static, ()>); 5] {
        let answers = |answer| Keyring::Answers(NOW, answer);
        [
            ("unreachable", Keyring::Unreachable("it is off".to_owned())),
            ("absent", answers(Answer::Absent)),
            ("refuses", answers(Answer::Refuses("no".to_owned()))),
            ("another key", answers(Answer::Another)),
            ("our key", answers(Answer::Ours(()))),
        ]
    }

    fn name(decision: &Result<Decision<(), ()>, KeychainError>) -> &'static str {
        match decision {
            Ok(Decision::Use(())) => "use",
            Ok(Decision::Make) => "make",
            Ok(Decision::Choose(_)) => "choose",
            Ok(Decision::Enter(())) => "enter",
            Err(KeychainError::NoKeyring { .. }) => "no keyring",
            Err(KeychainError::Refused { .. }) => "refused",
            Err(KeychainError::KeyMissing { .. }) => "key missing",
            Err(KeychainError::WrongKey { .. }) => "wrong key",
            Err(KeychainError::ChangedBackend { .. }) => "changed",
            Err(KeychainError::NoteMissing { .. }) => "note missing",
            Err(KeychainError::Note(_)) => "note",
        }
    }

    #[test]
    fn every_row_of_the_decision_table_is_as_written_here() {
        let kept = |name| Kept::Keyring(name);
        #[rustfmt::skip]
        let table = [
            // The keyring:                 unreachable   absent        refuses    another key  our key
            ("no note",   Kept::Unknown,    false, ["choose",     "make",        "make",    "make",      "make"]),
            ("same",      kept(NOW),        false, ["choose",     "make",        "refused", "make",      "use"]),
            ("other",     kept(BEFORE),     false, ["choose",     "make",        "refused", "make",      "use"]),
            ("typed",     TYPED,           false, ["choose",     "make",        "make",    "make",      "make"]),
            ("no note",   Kept::Unknown,    true,  ["note missing"; 5]),
            ("same",      kept(NOW),        true,  ["no keyring", "key missing", "refused", "wrong key", "use"]),
            ("other",     kept(BEFORE),     true,  ["no keyring", "changed",     "changed", "changed",   "use"]),
            ("typed",     TYPED,           true,  ["enter"; 5]),
        ];
        for (row, kept, database, expected) in table {
            for ((column, keyring), expected) in keyrings().into_iter().zip(expected) {
                let decided = decide(kept, database, keyring, Path::new("/data"));
                assert_eq!(
                    name(&decided),
                    expected,
                    "note: {row}, database: {database}, keyring: {column}"
                );
            }
        }
    }

    #[test]
    fn a_changed_backend_is_told_by_both_names() {
        let keyring: Keyring<'_, ()> = Keyring::Answers(NOW, Answer::Absent);
        let decided = decide::<_, ()>(Kept::Keyring(BEFORE), true, keyring, Path::new("/data"));
        let words = decided.err().map(|error| error.to_string());
        let words = words.unwrap_or_default();
        assert!(words.contains(NOW) && words.contains(BEFORE), "{words}");
        assert!(words.contains("/data"), "and what can be moved: {words}");
    }
}
