//! The second way into a page: where WhatsApp's modules have moved, the library wa-js is asked
//! for, once in each load. Nothing is claimed or sent before a probe says that nothing is missing.

use crate::effect::Effect;
use crate::input::{Millis, PageFault};
use crate::session::Session;
use hotdesk_protocol::session::SessionState;

/// wa-js needs some seconds to find its way; after this long without it the session stops.
const TRY_MOST_MS: u64 = 30_000;

/// What has been done about a page that lacks something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondWay {
    /// Nothing: it lacks nothing, as far as anybody knows.
    Untried,
    /// The app puts wa-js into the page.
    Asked,
    /// wa-js is in the page and looks for what is missing, until then at most.
    Trying(Millis),
    /// It could not be put there.
    Failed,
}

impl Session {
    pub(crate) fn pump_second_way(&mut self) {
        // The library is heavy: where only files cannot be sent, it waits until one has to be.
        let wanted = self.page.lacks() || self.files_stopped().is_some();
        if !wanted || self.page.state() == SessionState::Starting {
            return;
        }
        match self.page.second_way {
            SecondWay::Untried => {
                self.page.second_way = SecondWay::Asked;
                self.emit(Effect::Adopt);
            }
            SecondWay::Trying(until) => {
                // Woken when the time is up, so that the stop is told then.
                self.due(until);
            }
            SecondWay::Asked | SecondWay::Failed => {}
        }
    }

    pub(crate) fn adopted(&mut self, result: Result<(), PageFault>) {
        // A load that was lost meanwhile has lost its wa-js too.
        if self.page.second_way != SecondWay::Asked {
            return;
        }
        let now = self.now.boot;
        self.page.second_way = match result {
            Ok(()) => SecondWay::Trying(now.after(TRY_MOST_MS)),
            Err(_) => SecondWay::Failed,
        };
        self.page.be_patient(now);
        self.page.probe_now();
    }

    /// Whether wa-js may yet find what the page lacks.
    pub(crate) fn tries_second_way(&self) -> bool {
        let to_come = self.page.second_way == SecondWay::Untried
            && self.page.state() == SessionState::Starting;
        self.page.lacks() && (to_come || self.page.is_trying(self.now.boot))
    }
}
