//! Leases of this desktop's own, for servers that have none: they keep one claim from offering what
//! another has just offered, and let a begin see that its claim is still the latest.

use hotdesk_engine::input::Millis;
use hotdesk_protocol::ids::{LeaseToken, MessageId};
use std::collections::BTreeMap;

/// How long a message stays with the claim that took it.
pub(super) const LEASE_MS: u32 = 60_000;

struct Lease {
    token: LeaseToken,
    until: Millis,
    attempt: u32,
}

/// What is leased to the session of this desktop.
#[derive(Default)]
pub(super) struct Leases {
    by_id: BTreeMap<MessageId, Lease>,
}

impl Leases {
    /// Forget what has run out and is no longer offered.
    pub(super) fn tidy(&mut self, now: Millis, offered: impl Fn(&MessageId) -> bool) {
        self.by_id
            .retain(|id, lease| lease.until > now || offered(id));
    }

    pub(super) fn is_taken(&self, id: &MessageId, now: Millis) -> bool {
        self.by_id.get(id).is_some_and(|lease| lease.until > now)
    }

    /// A new lease from now on, and how many the message has had with it.
    pub(super) fn take(&mut self, id: &MessageId, now: Millis) -> (LeaseToken, u32) {
        let attempt = self.by_id.get(id).map_or(1, |lease| lease.attempt + 1);
        let token = LeaseToken(uuid::Uuid::new_v4().to_string());
        let until = now.after(LEASE_MS.into());
        let lease = Lease {
            token: token.clone(),
            until,
            attempt,
        };
        self.by_id.insert(id.clone(), lease);
        (token, attempt)
    }

    /// Compare and set: the token's lease goes on from now, if it still stands.
    pub(super) fn renew(&mut self, id: &MessageId, token: &LeaseToken, now: Millis) -> bool {
        match self.by_id.get_mut(id) {
            Some(lease) if lease.token == *token && lease.until > now => {
                lease.until = now.after(LEASE_MS.into());
                true
            }
            Some(_) | None => false,
        }
    }

    pub(super) fn give_back(&mut self, id: &MessageId, token: &LeaseToken) {
        if self
            .by_id
            .get(id)
            .is_some_and(|lease| lease.token == *token)
        {
            self.by_id.remove(id);
        }
    }
}
