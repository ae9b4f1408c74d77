//! Slows down guessing: after a few wrong passwords an e-mail must wait.

use hotdesk_protocol::UtcMs;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const WRONG_BEFORE_WAIT: u32 = 5;
const WAIT_MS: i64 = 30_000;
/// Beyond this many e-mails the ones that may try again are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Clone, Copy)]
struct Tries {
    wrong: u32,
    last: UtcMs,
}

/// Wrong passwords of late, per e-mail.
#[derive(Default)]
pub struct SignInGuard {
    tries: Mutex<HashMap<String, Tries>>,
}

impl SignInGuard {
    /// How many seconds this e-mail must wait; `None` may try now.
    pub fn must_wait(&self, email: &str, now: UtcMs) -> Option<u32> {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let tried = tries.get(&email.to_lowercase())?;
        let left = tried.last.0 + WAIT_MS - now.0;
        (tried.wrong >= WRONG_BEFORE_WAIT && left > 0)
            .then(|| u32::try_from(left.div_euclid(1_000) + 1).unwrap_or(u32::MAX))
    }

    /// The password was wrong, or the e-mail is nobody's.
    pub fn was_wrong(&self, email: &str, now: UtcMs) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, tried| now.0 - tried.last.0 < WAIT_MS);
        }
        let tried = tries.entry(email.to_lowercase()).or_insert(Tries {
            wrong: 0,
            last: now,
        });
        if now.0 - tried.last.0 >= WAIT_MS {
            tried.wrong = 0;
        }
        tried.wrong += 1;
        tried.last = now;
    }

    /// The password was right.
    pub fn was_right(&self, email: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(&email.to_lowercase());
    }
}
