//! Where the SDR is active. A server that keeps it lets one desktop at a time claim and begin. On
//! another one nothing is claimed; what was begun there is finished and told, and a person may take
//! over.

use crate::backoff::Backoff;
use crate::effect::Effect;
use crate::input::{Millis, QueueFault};
use crate::session::Session;
use crate::words;
use hotdesk_protocol::queue::{ActiveDesktop, TakeOverRequest};
use hotdesk_protocol::{Problem, ProblemCode};
use std::hash::{Hash, Hasher};

/// A wish that could not be told for so long is no wish any more.
const WISH_MOST_MS: u64 = 60_000;

/// Where the SDR is active, as far as this desktop has heard.
#[derive(Clone, Default)]
pub(crate) struct Active {
    known: Option<ActiveDesktop>,
    heard_at: Millis,
    /// A person wants this epoch to end, since when.
    wish: Option<(u32, Millis)>,
    /// The wish is being told, since when.
    out: Option<Millis>,
    retry: Backoff,
    /// Why the last wish came to nothing.
    problem: Option<Problem>,
}

impl Active {
    /// Everything that decides what is asked for next.
    pub(crate) fn digest(&self, into: &mut impl Hasher) {
        let known = self.known.as_ref();
        known
            .map(|active| (active.desktop_id.as_str(), active.session_epoch))
            .hash(into);
        (self.wish.map(|(epoch, _)| epoch), self.out.is_some()).hash(into);
    }
}

/// The SDR is active on another desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Which, and since when.
    pub active: ActiveDesktop,
    /// A person wants it here, and the server has not answered yet.
    pub taking_over: bool,
    /// Why that came to nothing, if it did.
    pub problem: Option<Problem>,
}

impl Session {
    /// The other desktop that the SDR is active on, if it is one.
    pub(crate) fn elsewhere(&self) -> Option<Elsewhere> {
        let other = |active: &&ActiveDesktop| active.desktop_id != self.desktop_id;
        let active = self.active.known.as_ref().filter(other)?;
        Some(Elsewhere {
            active: active.clone(),
            taking_over: self.active.wish.is_some(),
            problem: self.active.problem.clone(),
        })
    }

    pub(crate) fn is_passive(&self) -> bool {
        let known = self.active.known.as_ref();
        known.is_some_and(|active| active.desktop_id != self.desktop_id)
    }

    /// The epoch at which this desktop believes to be active.
    pub(crate) fn session_epoch(&self) -> Option<u32> {
        let known = self.active.known.as_ref();
        let own = known.filter(|active| active.desktop_id == self.desktop_id);
        own.map(|active| active.session_epoch)
    }

    /// What an answer to a question of that time said.
    pub(crate) fn learn_active(&mut self, asked: Millis, told: Option<ActiveDesktop>) {
        let was_passive = self.is_passive();
        if let (Some(known), Some(told)) = (&self.active.known, &told)
            && told.session_epoch < known.session_epoch
            && asked <= self.active.heard_at
        {
            // Overtaken on its way by what is known since.
            return;
        }
        self.active.heard_at = self.now.boot;
        self.active.known = told;
        if self.is_passive() {
            self.queue.blocked = None;
        } else if was_passive {
            self.active.wish = None;
            self.active.problem = None;
            self.active.retry.reset();
            self.queue.claim_at = self.now.boot;
        }
    }

    /// The server says that this desktop is not the active one: it is asked at once which is.
    pub(crate) fn fenced_off(&mut self, problem: &Problem) {
        if problem.code == ProblemCode::OtherDesktop {
            self.heart.soon();
        }
    }

    pub(crate) fn take_over(&mut self) {
        self.queue.claim_at = self.now.boot;
        if let Some(elsewhere) = self.elsewhere() {
            self.active.problem = None;
            self.active.wish = Some((elsewhere.active.session_epoch, self.now.boot));
        }
    }

    pub(crate) fn pump_take_over(&mut self) {
        let Some((session_epoch, since)) = self.active.wish else {
            return;
        };
        let seen = self.elsewhere().map(|other| other.active.session_epoch);
        if self.active.out.is_some() || self.queue.signed_out {
            return;
        }
        if seen != Some(session_epoch) {
            self.give_wish_up(words::other_took_over());
        } else if self.due(since.after(WISH_MOST_MS)) {
            self.give_wish_up(words::not_taken_over());
        } else if self.due(self.active.retry.not_before()) {
            self.active.out = Some(self.now.boot);
            self.emit(Effect::TakeOver(TakeOverRequest {
                sdr_id: self.sdr_id.clone(),
                desktop_id: self.desktop_id.clone(),
                session_epoch: Some(session_epoch),
                desktop_name: self.desktop_name.clone(),
            }));
        }
    }

    fn give_wish_up(&mut self, problem: Problem) {
        self.active.wish = None;
        self.active.problem = Some(problem);
        self.heart.soon();
    }

    pub(crate) fn taken_over(&mut self, result: Result<ActiveDesktop, QueueFault>) {
        let failed = self.heard(&result);
        let Some(asked) = self.active.out.take() else {
            return;
        };
        match result {
            Ok(active) => {
                self.learn_active(asked, Some(active));
                self.heart.soon();
            }
            Err(QueueFault::Refused(problem)) if problem.code == ProblemCode::OtherDesktop => {
                self.give_wish_up(words::other_took_over());
            }
            Err(QueueFault::Refused(problem)) => self.give_wish_up(problem),
            Err(QueueFault::Lost(_) | QueueFault::Later(..)) => {
                let (now, after) = (self.now.boot, failed.unwrap_or(0));
                self.active.retry.failed(now, after, &mut self.rng);
            }
        }
    }
}
