//! A session's state as one number, for a search that must know where it has been.

use crate::flight::Flight;
use crate::input::Millis;
use crate::page::{Asked, Handed, Life};
use crate::session::Session;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

impl Session {
    /// Everything that decides what the session does next. Times count relative to now and
    /// roughly: due, within a tenth, 1, 10, 60 seconds, later.
    #[doc(hidden)]
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let into = &mut hasher;
        (self.paused, self.warning.is_some(), self.policy_known).hash(into);
        self.by_hand.wanted.hash(into);
        (self.restored, self.low_space, self.boot_id.as_str()).hash(into);
        for flight in &self.flights {
            self.digest_flight(flight, into);
        }
        for row in self.finished.rows() {
            (row.message_id.as_str(), row.generation, row.stage).hash(into);
        }
        for claimed in &self.queue.claimed {
            let message = &claimed.message;
            (message.message_id.as_str(), message.generation).hash(into);
            (message.lease_token.0.as_str(), self.ahead(claimed.until)).hash(into);
        }
        (self.queue.claim_out.is_some(), self.queue.signed_out).hash(into);
        self.ahead(self.queue.claim_retry.not_before()).hash(into);
        let queue = &self.queue;
        for from in [queue.begin_from, queue.report_from, queue.reply_from] {
            self.ahead(from).hash(into);
        }
        self.records.digest(into);
        self.blocked.digest(into);
        self.active.digest(into);
        self.files.digest(into);
        let page = &self.page;
        (
            page.wanted,
            page.life == Life::Open,
            page.life == Life::Crashed,
        )
            .hash(into);
        (
            page.asked == Some(Asked::Open),
            page.asked.is_some(),
            page.failure.is_some(),
        )
            .hash(into);
        (page.settled, page.more, page.reload_wanted, page.stranger).hash(into);
        page.renew_wanted.hash(into);
        (page.marker.as_ref(), page.account_phone.as_ref(), page.seq).hash(into);
        if let Some(probe) = &page.probe {
            (probe.state as u8, probe.marker.as_ref(), probe.last_seq).hash(into);
        }
        (
            page.lacks(),
            page.sends_files(),
            page.is_trying(self.now.boot),
        )
            .hash(into);
        page.tried_in_vain.hash(into);
        match &page.submit_out {
            None => 0_u8.hash(into),
            Some(Handed::Send(id)) => (1_u8, id.as_str()).hash(into),
            Some(Handed::LookUp(id)) => (2_u8, id.as_str()).hash(into),
            Some(
                Handed::Tick
                | Handed::Mark
                | Handed::LogOut
                | Handed::RefreshQr
                | Handed::LinkByCode
                | Handed::UseHere,
            ) => 3_u8.hash(into),
            Some(Handed::Compose(id)) => (4_u8, id.as_str()).hash(into),
        }
        hasher.finish()
    }

    fn digest_flight(&self, flight: &Flight, into: &mut DefaultHasher) {
        let row = &flight.row;
        (row.message_id.as_str(), row.generation, row.stage).hash(into);
        (row.lease_token.0.as_str(), row.profile_epoch.0.as_str()).hash(into);
        (row.boot_id.as_str(), row.reported.map(|state| state as u8)).hash(into);
        (flight.step, flight.dirty, flight.durable, flight.handed).hash(into);
        (row.assisted, row.decided).hash(into);
        (flight.attempts(), flight.report_out).hash(into);
        (
            flight.until.map(|at| self.ahead(at)),
            flight.begin_out.is_some(),
        )
            .hash(into);
        let retry = flight.begin_retry.not_before().max(flight.not_before);
        (
            self.ahead(retry),
            self.ahead(flight.report_retry.not_before()),
        )
            .hash(into);
        let here = flight
            .handed_in
            .as_ref()
            .map(|(load, _)| Some(load) == self.page.generation());
        (here, flight.told_in == Some(self.page.load)).hash(into);
        let known = self.page.generation();
        known.map_or(0, |load| flight.past_known(load)).hash(into);
    }

    fn ahead(&self, at: Millis) -> u8 {
        match at.since(self.now.boot) {
            0 => 0,
            1..=100 => 1,
            101..=1_000 => 2,
            1_001..=10_000 => 3,
            10_001..=60_000 => 4,
            60_001.. => 5,
        }
    }
}
