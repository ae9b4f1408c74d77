//! What a queue server speaks, seen from the keys of what it answers.

use serde_json::{Map, Value};
use std::fmt;

/// What a queue server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Hotdesk's own: leases, a begin that fences, results at any hour.
    Native,
    /// A lead system with SDRs and without leases.
    Lk1,
    /// One queue behind one service token.
    Lk2,
}

impl Dialect {
    /// Its name in the configuration and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Lk1 => "lk1",
            Self::Lk2 => "lk2",
        }
    }

    /// The dialect of this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Native, Self::Lk1, Self::Lk2];
        all.into_iter().find(|dialect| dialect.as_str() == name)
    }

    /// Whose answer has these keys.
    pub(super) fn of(answer: &Map<String, Value>) -> Option<Self> {
        let has = |key| answer.contains_key(key);
        if has("tenant") || has("session") {
            Some(Self::Native)
        } else if has("config") && has("pending") {
            Some(Self::Lk2)
        } else if has("contacts") || (has("token") && has("sdr")) {
            Some(Self::Lk1)
        } else {
            None
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
