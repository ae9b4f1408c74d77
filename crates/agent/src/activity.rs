//! Each message's way through its states, newest message first.

use crate::review::Decision;
use crate::store::ACTIVITY_MOST;
use crate::views::{ActivityView, StepView};
use hotdesk_engine::effect::{OutboxRow, Stage};
use hotdesk_protocol::ids::MessageId;
use hotdesk_protocol::queue::{ClaimedMessage, ReplyRequest, ResultRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use std::collections::BTreeSet;

/// The list of one SDR.
pub(crate) struct Activity {
    newest_first: Vec<ActivityView>,
    changed: BTreeSet<MessageId>,
    /// What ended before this moment is forgotten.
    since: UtcMs,
}

impl Activity {
    /// The list as the store had it.
    pub(crate) fn new(newest_first: Vec<ActivityView>) -> Self {
        Self {
            newest_first,
            changed: BTreeSet::new(),
            since: UtcMs(0),
        }
    }

    pub(crate) fn view(&self) -> &[ActivityView] {
        &self.newest_first
    }

    /// Forget what ended before that moment. True if there was any.
    pub(crate) fn purge(&mut self, before: UtcMs) -> bool {
        self.since = before;
        let all = self.newest_first.len();
        self.newest_first.retain(|view| !view.ended_before(before));
        self.newest_first.len() < all
    }

    /// What has changed since this was last asked, for the store.
    pub(crate) fn take_changed(&mut self) -> Vec<ActivityView> {
        let changed = std::mem::take(&mut self.changed);
        let views = self.newest_first.iter();
        views
            .filter(|view| changed.contains(&view.message_id))
            .filter(|view| view.state != MessageState::Leased)
            .cloned()
            .collect()
    }

    /// Leased to this desktop. Kept in memory only: it may be handed back.
    pub(crate) fn claimed(&mut self, message: &ClaimedMessage, at: UtcMs) {
        if self.find(&message.message_id).is_none() {
            self.push(ActivityView {
                message_id: message.message_id.clone(),
                lead_name: message.lead_name.clone(),
                state: MessageState::Leased,
                steps: vec![step(MessageState::Leased, at)],
                problem: None,
                reply: None,
            });
        }
    }

    /// Handed back, or deleted because it provably did not leave.
    pub(crate) fn given_back(&mut self, id: &MessageId) {
        self.newest_first.retain(|view| {
            let waits = matches!(view.state, MessageState::Leased | MessageState::Begun);
            view.message_id != *id || !waits
        });
    }

    /// Not to be sent: the server said so at begin.
    pub(crate) fn withdrawn(&mut self, id: &MessageId, problem: &Problem, at: UtcMs) {
        self.reach(id, MessageState::Cancelled, at, Some(problem));
    }

    /// What the engine writes to disk.
    pub(crate) fn recorded(&mut self, row: &OutboxRow) {
        if self.find(&row.message_id).is_none() {
            if row.at.first().is_some_and(|(_, at)| at.0 < self.since.0) {
                // A late tick does not bring back what was forgotten.
                return;
            }
            self.push(ActivityView {
                message_id: row.message_id.clone(),
                lead_name: row.lead_name.clone(),
                state: MessageState::Begun,
                steps: Vec::new(),
                problem: None,
                reply: None,
            });
        }
        for (stage, at) in &row.at {
            self.reach(&row.message_id, state(*stage), *at, row.problem.as_ref());
        }
    }

    /// What the engine reports, also of messages that never came to the outbox.
    pub(crate) fn reported(&mut self, request: &ResultRequest) {
        let problem = request.problem.as_ref();
        self.reach(&request.message_id, request.state, request.at_ms, problem);
    }

    /// The server does not take the report, which says nothing about the message.
    pub(crate) fn not_taken(&mut self, id: &MessageId, problem: &Problem) {
        let told = Problem::new(
            ProblemCode::NotNow,
            format!(
                "The queue server does not take the report yet. It says: {}. Hotdesk keeps it and reports again until it is taken; the message is not sent again.",
                problem.message.trim_end_matches('.')
            ),
        );
        if let Some(view) = self.newest_first.iter_mut().find(|v| v.message_id == *id)
            && view.problem.is_none()
        {
            view.problem = Some(told);
            self.changed.insert(id.clone());
        }
    }

    /// The lead answered, and the server has no place for it.
    pub(crate) fn answered(&mut self, reply: &ReplyRequest) {
        let id = &reply.message_id;
        if let Some(view) = self.newest_first.iter_mut().find(|v| v.message_id == *id) {
            view.reply = Some(reply.text.clone());
            self.changed.insert(id.clone());
        }
    }

    /// A person has decided about what nobody could tell.
    pub(crate) fn decided(&mut self, id: &MessageId, decision: Decision, at: UtcMs) {
        match decision {
            Decision::Arrived => self.reach(id, MessageState::Sent, at, None),
            Decision::DoNotSend => {
                let why = hotdesk_engine::withdrawn();
                self.reach(id, MessageState::Failed, at, Some(&why));
            }
            // Its way begins anew.
            Decision::SendAsNew | Decision::SendAsNewUnlinked => {
                if let Some(view) = self.newest_first.iter_mut().find(|v| v.message_id == *id) {
                    view.state = MessageState::Queued;
                    view.steps = vec![step(MessageState::Queued, at)];
                    view.problem = None;
                    self.changed.insert(id.clone());
                }
            }
        }
    }

    /// Somebody decided elsewhere; what, the server knows.
    pub(crate) fn decided_elsewhere(&mut self, id: &MessageId) {
        let told = Problem::new(
            ProblemCode::NotFound,
            "A person has decided about this message elsewhere; the queue server says what.",
        );
        if let Some(view) = self.newest_first.iter_mut().find(|v| v.message_id == *id) {
            view.problem = Some(told);
            self.changed.insert(id.clone());
        }
    }

    fn reach(&mut self, id: &MessageId, to: MessageState, at: UtcMs, problem: Option<&Problem>) {
        let Some(view) = self.newest_first.iter_mut().find(|v| v.message_id == *id) else {
            return;
        };
        if view.steps.iter().all(|step| step.state != to) {
            view.steps.push(step(to, at));
            view.state = to;
        }
        view.problem = problem.cloned();
        self.changed.insert(id.clone());
    }

    fn find(&self, id: &MessageId) -> Option<&ActivityView> {
        self.newest_first.iter().find(|view| view.message_id == *id)
    }

    fn push(&mut self, view: ActivityView) {
        self.newest_first.insert(0, view);
        self.newest_first.truncate(ACTIVITY_MOST);
    }
}

fn step(state: MessageState, at_ms: UtcMs) -> StepView {
    StepView { state, at_ms }
}

fn state(stage: Stage) -> MessageState {
    match stage {
        Stage::Intent | Stage::Submitted => MessageState::Begun,
        Stage::Sent => MessageState::Sent,
        Stage::Delivered => MessageState::Delivered,
        Stage::Read => MessageState::Read,
        Stage::Failed => MessageState::Failed,
        Stage::Review => MessageState::Review,
    }
}
