//! What a queue call came to, for the session and for the window.

use super::Runner;
use crate::files::FetchError;
use crate::pages::Pages;
use crate::queue_client::{QueueClient, QueueError, Retry};
use crate::store::Store;
use hotdesk_engine::input::{FetchFault, Input, QueueFault};
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::queue::ReplyRequest;
use hotdesk_protocol::{Problem, ProblemCode};
use tokio::task::JoinError;

/// What a queue call came to.
pub(super) struct Called {
    pub(super) input: Option<Input>,
    /// How the server stands, as far as this call can tell.
    pub(super) server: Option<Result<(), Problem>>,
    /// An answer of a lead that stays on this desktop.
    pub(super) kept: Option<ReplyRequest>,
}

impl Called {
    pub(super) fn with<T>(
        queue: &QueueClient,
        answer: Result<T, QueueError>,
        input: impl FnOnce(Result<T, QueueFault>) -> Input,
    ) -> Self {
        Self {
            server: server(&answer),
            input: Some(input(answer.map_err(|error| fault(queue, error)))),
            kept: None,
        }
    }

    pub(super) fn fetched(
        queue: &QueueClient,
        answer: Result<(), FetchError>,
        id: MessageId,
    ) -> Self {
        let (server, result) = match answer {
            Ok(()) => (Some(Ok(())), Ok(())),
            Err(FetchError::Unfit(problem)) => (Some(Ok(())), Err(FetchFault::Unfit(problem))),
            Err(FetchError::Queue(error)) => {
                let told = server::<()>(&Err(error.clone()));
                (told, Err(FetchFault::Queue(fault(queue, error))))
            }
        };
        Self {
            server,
            input: Some(Input::FileFetched(id, result)),
            kept: None,
        }
    }

    pub(super) fn without(answer: Result<(), QueueError>) -> Self {
        Self {
            server: server(&answer),
            input: None,
            kept: None,
        }
    }
}

impl<P: Pages> Runner<P> {
    /// What a call came to reaches the window and the session.
    pub(super) fn called(&mut self, called: Result<Called, JoinError>) {
        match called {
            Ok(called) => {
                match &called.server {
                    Some(Ok(())) => self.shared.office.server(None),
                    Some(Err(problem)) => self.shared.office.server(Some(problem)),
                    None => {}
                }
                if let Some(reply) = called.kept {
                    self.journal.answered(&reply);
                }
                if let Some(input) = called.input {
                    if let Input::Reported(id, Ok(())) = &input
                        && let Some(row) = self.session.rows().find(|row| row.message_id == *id)
                    {
                        self.spent.told(row, self.clock.now().utc);
                    }
                    let beaten = matches!(input, Input::Beaten(Ok(_)));
                    self.handle(input);
                    if beaten && self.session.were_decided() {
                        self.list_review(None);
                    }
                }
            }
            Err(error) => tracing::error!(panicked = error.is_panic(), "A queue call was lost"),
        }
    }
}

/// A refusal of a sign-in that was renewed meanwhile says nothing of the new one: the call is made again.
fn fault(queue: &QueueClient, error: QueueError) -> QueueFault {
    match QueueFault::from(error) {
        QueueFault::Refused(problem)
            if problem.code == ProblemCode::Unauthorized && queue.is_renewed() =>
        {
            QueueFault::Lost(problem)
        }
        fault @ (QueueFault::Lost(_) | QueueFault::Later(_, _) | QueueFault::Refused(_)) => fault,
    }
}

/// The server has no place for what a lead answered: it is done once it is on this disk for good.
pub(super) async fn keep_reply(store: &Store, sdr: &SdrId, reply: ReplyRequest) -> Called {
    let id = reply.wa_message_id.0.clone();
    let kept = store.keep_reply(sdr, reply.clone()).await;
    let (result, kept) = match kept {
        Ok(()) => (Ok(()), Some(reply)),
        Err(error) => (Err(QueueFault::Lost(Problem::from(&error))), None),
    };
    Called {
        input: Some(Input::Replied(id, result)),
        server: None,
        kept,
    }
}

/// A server that says no is there; one that is busy or away is a problem for the whole window.
fn server<T>(answer: &Result<T, QueueError>) -> Option<Result<(), Problem>> {
    match answer {
        Ok(_) => Some(Ok(())),
        Err(error) => {
            tracing::warn!(problem.code = ?error.code(), "A queue call failed");
            match error.retry() {
                Retry::Soon | Retry::After(_) => Some(Err(Problem::from(error))),
                Retry::Never => Some(Ok(())),
            }
        }
    }
}
