//! The review: listed when a person looks, and when the server counts fewer messages than were
//! parked here; what a person decides goes to the server that keeps it, else to the session.

use super::Runner;
use crate::pages::Pages;
use crate::queue_client::{QueueError, REVIEW_MOST};
use crate::review::{Decision, Here, ReviewView};
use hotdesk_engine::input::{Decided, Input};
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::review::{DecisionRequest, ReviewItem, Verdict};
use hotdesk_protocol::{Problem, ProblemCode};
use tokio::sync::oneshot;
use tokio::task::JoinError;
use tracing::{Instrument, Span};

/// What waits for a person.
pub(crate) type Reviewed = Result<Vec<ReviewView>, Problem>;

/// What a call about the review came to.
pub(super) enum Heard {
    Listed {
        found: Result<Option<Vec<ReviewItem>>, QueueError>,
        /// Parked here and known to the server when it was asked.
        told: Vec<MessageId>,
        done: Option<oneshot::Sender<Reviewed>>,
    },
    Decided {
        id: MessageId,
        decision: Decision,
        generation: u32,
        /// False where the server keeps no review.
        answer: Result<bool, QueueError>,
        done: oneshot::Sender<Result<(), Problem>>,
    },
}

impl<P: Pages> Runner<P> {
    pub(super) fn list_review(&mut self, done: Option<oneshot::Sender<Reviewed>>) {
        let queue = self.queue.clone();
        let told = self.session.told_in_review().cloned().collect();
        let call = async move {
            let found = queue.review().await;
            Heard::Listed { found, told, done }
        };
        self.review_calls.spawn(call.instrument(Span::current()));
    }

    pub(super) fn decide(
        &mut self,
        id: MessageId,
        generation: u32,
        decision: Decision,
        done: oneshot::Sender<Result<(), Problem>>,
    ) {
        if self.review_is_here {
            // Whoever asked may have gone.
            let _ = done.send(self.decide_here(&id, generation, decision));
            return;
        }
        let (verdict, unlinked) = match decision {
            Decision::Arrived => (Verdict::Sent, false),
            Decision::SendAsNew => (Verdict::Resend, false),
            Decision::SendAsNewUnlinked => (Verdict::Resend, true),
            Decision::DoNotSend => (Verdict::Cancel, false),
        };
        let body = DecisionRequest {
            decision: verdict,
            generation: Some(generation),
            unlinked,
            note: None,
        };
        let (queue, span) = (self.queue.clone(), self.journal.span(&id));
        let call = async move {
            let answer = queue.decide(&id, &body).await;
            let answer = answer.map(|decided| decided.is_some());
            Heard::Decided {
                id,
                generation,
                decision,
                answer,
                done,
            }
        };
        self.review_calls.spawn(call.instrument(span));
    }

    fn decide_here(
        &mut self,
        id: &MessageId,
        generation: u32,
        decision: Decision,
    ) -> Result<(), Problem> {
        if !self.session.waits_for_decision(id, generation) {
            return Err(Problem::new(
                ProblemCode::NotFound,
                "This message does not wait for a decision any more. Nothing was changed.",
            ));
        }
        let decided = match decision {
            Decision::Arrived => Decided::Sent,
            Decision::DoNotSend => Decided::Withdrawn,
            Decision::SendAsNew | Decision::SendAsNewUnlinked => {
                return Err(Problem::new(
                    ProblemCode::Forbidden,
                    "This queue server cannot send a message as new. Nothing was changed. Queue a new message for this lead instead.",
                ));
            }
        };
        self.journal.decided(id, decision, self.clock.now().utc);
        self.handle(Input::Decided(id.clone(), decided));
        Ok(())
    }

    pub(super) fn heard_of_review(&mut self, heard: Result<Heard, JoinError>) {
        match heard {
            Ok(Heard::Listed { found, told, done }) => {
                let reviewed = self.listed(found, &told);
                if let Some(done) = done {
                    let _ = done.send(reviewed);
                }
            }
            Ok(Heard::Decided {
                id,
                generation,
                decision,
                answer,
                done,
            }) => {
                let came_to = match answer {
                    Ok(true) => {
                        self.journal.decided(&id, decision, self.clock.now().utc);
                        self.handle(Input::Decided(id, Decided::AtServer));
                        Ok(())
                    }
                    Ok(false) => self.decide_here(&id, generation, decision),
                    Err(error) => Err(Problem::from(&error)),
                };
                let _ = done.send(came_to);
            }
            Err(error) => tracing::error!(panicked = error.is_panic(), "A review call was lost"),
        }
    }

    fn listed(
        &mut self,
        found: Result<Option<Vec<ReviewItem>>, QueueError>,
        told: &[MessageId],
    ) -> Reviewed {
        let found = found.map_err(|error| {
            tracing::warn!(problem.code = ?error.code(), "The review could not be asked for");
            Problem::from(&error)
        })?;
        self.review_is_here = found.is_none();
        let Some(found) = found else {
            return Ok(self.here().kept_here());
        };
        let whole = found.len() < REVIEW_MOST;
        for id in told.iter().filter(|_| whole) {
            // Meanwhile it may have been decided here.
            let waits = self.session.told_in_review().any(|it| it == id);
            if waits && !found.iter().any(|item| item.message_id == *id) {
                self.journal.decided_elsewhere(id);
                self.handle(Input::Decided(id.clone(), Decided::AtServer));
            }
        }
        let here = self.here();
        Ok(found.iter().map(|item| here.kept_at_server(item)).collect())
    }

    fn here(&self) -> Here<'_> {
        Here {
            session: &self.session,
            desktop: &self.shared.desktop_id,
            unlinked_at: self.journal.unlinked_at(),
        }
    }
}
