//! Messages that wait for a person: how many, and what becomes of a row here once they have decided.
//! A server that keeps the review does what was decided; a row here is then only watched, because a
//! tick that WhatsApp gives later counts for more than any decision.

use crate::effect::{OutboxRow, Stage};
use crate::input::Decided;
use crate::session::Session;
use crate::words;
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::session::MessageState;

impl Session {
    /// Messages a person must decide about: what the server says, and what it has not heard of yet.
    pub(crate) fn in_review(&self) -> u32 {
        let waits = |row: &&OutboxRow| row.stage == Stage::Review && !row.decided;
        let here = self.rows().filter(waits).count();
        let here = u32::try_from(here).unwrap_or(u32::MAX);
        self.queue.review.map_or(here, |known| known.max(here))
    }

    /// Whether the number is known to be blocked.
    pub fn is_blocked(&self, phone: &str) -> bool {
        self.blocked.has(phone)
    }

    /// Whether this generation of a message is parked here and nobody has decided about it.
    pub fn waits_for_decision(&self, id: &MessageId, generation: u32) -> bool {
        self.rows().any(|row| {
            let parked = row.stage == Stage::Review && !row.decided;
            parked && row.message_id == *id && row.generation == generation
        })
    }

    /// The server counts fewer than were parked here and told: some are decided.
    pub fn were_decided(&self) -> bool {
        let told = self.told_in_review().count();
        let known = self.queue.review.and_then(|n| usize::try_from(n).ok());
        known.is_some_and(|known| known < told)
    }

    /// Parked here, and the server has confirmed it.
    pub fn told_in_review(&self) -> impl Iterator<Item = &MessageId> {
        let told = |row: &&OutboxRow| {
            let parked = row.stage == Stage::Review && !row.decided;
            parked && row.reported == Some(MessageState::Review)
        };
        self.rows().filter(told).map(|row| &row.message_id)
    }

    pub(crate) fn decided(&mut self, id: &MessageId, decided: Decided) {
        let utc = self.now.utc;
        if decided == Decided::AtServer {
            self.heart.soon();
        }
        let Some(flight) = self.flight(id) else {
            return;
        };
        if flight.row.stage != Stage::Review || flight.row.decided {
            return;
        }
        flight.row.decided = true;
        flight.dirty = true;
        match decided {
            // It is not put back into review by a report of before.
            Decided::AtServer => flight.row.reported = Some(MessageState::Review),
            Decided::Sent => {
                flight.reach(Stage::Sent, utc, None);
                self.queue.count_sent(1);
            }
            Decided::Withdrawn => {
                flight.reach(Stage::Failed, utc, Some(words::withdrawn()));
            }
        }
    }
}
