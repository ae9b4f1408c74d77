//! Who does not want messages: the numbers the server has blocked, looked at right before anything is
//! handed over. They are on disk with the cursor up to which they are known, so that a restart knows
//! both or neither. The server never unblocks a number.

use crate::effect::{Record, Stage};
use crate::flight::{Claimed, Flight, Step};
use crate::session::Session;
use crate::words;
use hotdesk_protocol::Problem;
use hotdesk_protocol::queue::{ClaimedMessage, OptOuts};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

/// The blocked numbers as far as this desktop knows them.
#[derive(Clone, Default)]
pub(crate) struct Blocked {
    accounts: BTreeSet<String>,
    cursor: i64,
    /// The server has told of more: nothing is handed over before they are known.
    pub(crate) behind: bool,
}

impl Blocked {
    /// As found on disk at the start.
    pub(crate) fn restored(known: OptOuts) -> Self {
        Self {
            accounts: known.numbers.iter().map(|phone| account(phone)).collect(),
            cursor: known.cursor,
            behind: false,
        }
    }

    pub(crate) fn cursor(&self) -> i64 {
        self.cursor
    }

    pub(crate) fn has(&self, phone: &str) -> bool {
        self.accounts.contains(&account(phone))
    }

    /// Everything that decides what is handed over.
    pub(crate) fn digest(&self, into: &mut impl Hasher) {
        (self.accounts.len(), self.cursor, self.behind).hash(into);
    }
}

impl Session {
    /// What an answer told of the numbers blocked since `asked`.
    pub(crate) fn learn_opt_outs(&mut self, asked: i64, told: Option<OptOuts>) {
        let Some(told) = told else {
            self.blocked.behind = false;
            return;
        };
        let before = self.blocked.cursor;
        // A late answer, or one to a question of before a new sign-in, moves nothing on.
        if asked <= before && before <= told.cursor {
            self.blocked.behind = told.more && asked < told.cursor;
            self.blocked.cursor = told.cursor;
        }
        let accounts = told.numbers.iter().map(|phone| account(phone));
        self.blocked.accounts.extend(accounts);
        if self.blocked.cursor > before || !told.numbers.is_empty() {
            self.records.push(Record::Blocked {
                numbers: told.numbers,
                cursor: self.blocked.cursor,
            });
        }
    }

    /// It may be another server now: its list is asked for from the beginning.
    pub(crate) fn ask_opt_outs_anew(&mut self) {
        if self.blocked.cursor > 0 {
            self.blocked.cursor = 0;
            self.records.push(Record::Blocked {
                numbers: Vec::new(),
                cursor: 0,
            });
        }
    }

    /// Why this message is not sent, if its lead does not want it.
    pub(crate) fn opted_out(&self, message: &ClaimedMessage) -> Option<Problem> {
        self.blocked.has(&message.phone).then(words::opted_out)
    }

    /// What is not yet handed over to a number that is blocked ends here.
    pub(crate) fn pump_opt_outs(&mut self) {
        let is_blocked = |claimed: &mut Claimed| self.blocked.has(&claimed.message.phone);
        let held: Vec<_> = self.queue.claimed.extract_if(.., is_blocked).collect();
        for claimed in held {
            self.fail_offered(&claimed.tenant, &claimed.message, words::opted_out());
        }
        let (utc, blocked) = (self.now.utc, &self.blocked);
        let unwanted = |flight: &&mut Flight| is_unsent(flight) && blocked.has(&flight.row.phone);
        for flight in self.flights.iter_mut().filter(unwanted) {
            if flight.row.assisted {
                self.by_hand.problem = Some(words::opted_out());
            }
            flight.reach(Stage::Failed, utc, Some(words::opted_out()));
        }
    }
}

/// Proven not to have left, and nothing under way that could change it.
fn is_unsent(flight: &Flight) -> bool {
    match flight.step {
        Step::Beginning => flight.begin_out.is_none(),
        Step::Ready => !flight.handed,
        Step::Recording
        | Step::Submitting
        | Step::InPage
        | Step::Unknown
        | Step::Looking
        | Step::Assisting
        | Step::Settled
        | Step::Dropping
        | Step::Finishing => false,
    }
}

/// What a number is compared by: its digits, and of a Brazilian mobile those that both of its
/// spellings have (WhatsApp itself leaves the ninth digit out for some and puts it in for others).
fn account(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.as_bytes() {
        [b'5', b'5', _, _, b'9', _, _, _, _, _, _, _, _] => {
            format!("{}{}", &digits[..4], &digits[5..])
        }
        _ => digits,
    }
}
