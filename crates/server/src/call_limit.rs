//! Holds a program gone wild to a number of calls a second, so that the others are served.

use crate::options::CallLimit;
use crate::problem::ApiError;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use hotdesk_protocol::ids::SdrId;

/// What each person has used of their limit. Only who is signed in counts, so there are never more
/// than there are people.
pub struct CallLimits {
    limiter: RateLimiter<SdrId, HashMapStateStore<SdrId>, DefaultClock>,
}

impl CallLimits {
    /// Nobody has made a call yet.
    pub fn new(limit: CallLimit) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self {
            limiter: RateLimiter::hashmap(quota),
        }
    }

    /// Counts a call; 429 if it is one too many.
    pub fn count(&self, person: &SdrId) -> Result<(), ApiError> {
        let Err(early) = self.limiter.check_key(person) else {
            return Ok(());
        };
        let wait = early.wait_time_from(self.limiter.clock().now());
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        tracing::warn!(caller.id = %person, "refused: too many calls");
        Err(ApiError::too_many(
            seconds.saturating_add(1),
            "This sign-in makes more calls than the queue server takes. Nothing was changed and nothing is lost; make the call again a little later.",
        ))
    }
}
