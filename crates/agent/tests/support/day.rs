//! An office's day on a clock that is put forward by hand.

use hotdesk_agent::clock::{Clock, Hand};
use hotdesk_protocol::UtcMs;
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

pub const MINUTE_MS: u64 = 60_000;
pub const HOUR_MS: u64 = 60 * MINUTE_MS;

/// São Paulo's winter and summer.
const OFFICE_HOURS_BEHIND_UTC: i8 = -3;
const MOST_STEPS: u32 = 20_000;

pub struct Day {
    pub clock: Clock,
    hand: Hand,
}

impl Day {
    /// It is this time in UTC.
    pub fn at(utc: &str) -> Self {
        let start: Timestamp = utc.parse().unwrap();
        let zone = TimeZone::fixed(offset(OFFICE_HOURS_BEHIND_UTC));
        let (clock, hand) = Clock::by_hand(UtcMs(start.as_millisecond()), zone);
        Self { clock, hand }
    }

    pub fn utc(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.now().utc.0).unwrap()
    }

    /// Time goes on in steps until this is so; whatever waits gets its turn between them.
    pub async fn until(&self, what: &str, step_ms: u64, mut is: impl FnMut() -> bool) {
        let mut look = interval(Duration::from_millis(5));
        // On a busy machine a late look must not make the next ones come at once.
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..MOST_STEPS {
            look.tick().await;
            if is() {
                return;
            }
            self.hand.forward(step_ms);
        }
        panic!("never seen: {what}, by {}", self.utc());
    }

    /// Time goes on to this moment.
    pub async fn until_utc(&self, utc: &str, step_ms: u64) {
        let end: Timestamp = utc.parse().unwrap();
        self.until(utc, step_ms, || self.utc() >= end).await;
    }

    pub async fn pass(&self, ms: u64, step_ms: u64) {
        let end = self.clock.now().utc.0 + i64::try_from(ms).unwrap();
        self.until("later", step_ms, || self.clock.now().utc.0 >= end)
            .await;
    }
}
