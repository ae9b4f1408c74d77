//! What is seen go by between session and world, kept for people: the view, the log.

use crate::activity::Activity;
use crate::progress::Progress;
use crate::review::Decision;
use crate::store::{Recovered, SessionCache, StoredSdr};
use crate::views::{ActivityView, AssistView, ElsewhereView, LockView, SdrView};
use hotdesk_engine::effect::{Effect, OutboxRow, Record, Stage};
use hotdesk_engine::input::{FetchFault, Input, Millis, Now, PageFault, PutFault, QueueFault};
use hotdesk_engine::{Assist, Said, Session};
use hotdesk_protocol::bridge::BridgeCommand;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::queue::ReplyRequest;
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use std::collections::BTreeMap;
use tracing::{Span, info_span};

const DAY_MS: i64 = 86_400_000;

/// One SDR's journal.
pub(crate) struct Journal {
    id: SdrId,
    name: String,
    email: String,
    activity: Activity,
    progress: Progress,
    /// The lease each message is on, for the log.
    attempts: BTreeMap<MessageId, u32>,
    /// The truth as last shown; until something is seen in this run, that of the run before.
    shown: SessionCache,
    stale: bool,
    /// What a person must read once: shown until they resume.
    notice: Option<Problem>,
    /// The server has said how much waits.
    counted: bool,
    dirty: bool,
    /// Something changed that a kill a moment from now must not lose.
    urgent: bool,
}

impl Journal {
    /// As the store had it; `recovered` if it came back by this start.
    pub(crate) fn new(stored: StoredSdr, recovered: Option<&Recovered>, now: UtcMs) -> Self {
        let mut shown = stored.cache;
        if shown.day != day(now) {
            shown.sent_today = 0;
        }
        Self {
            stale: stored.row.connect && shown.state != SessionState::Closed,
            id: stored.row.id,
            name: stored.row.name,
            email: stored.row.email,
            activity: Activity::new(stored.activity),
            progress: Progress::default(),
            attempts: BTreeMap::new(),
            notice: recovered.map(Recovered::problem),
            shown,
            counted: false,
            dirty: false,
            urgent: false,
        }
    }

    /// The account's names may have changed.
    pub(crate) fn signed_in(&mut self, name: String, email: String) {
        self.name = name;
        self.email = email;
        self.shown.signed_out = false;
    }

    /// A span for everything about one message.
    pub(crate) fn span(&self, id: &MessageId) -> Span {
        let attempt = self.attempts.get(id).copied().unwrap_or(0);
        info_span!("message", message.id = %id, attempt)
    }

    /// The session is about to be told this.
    pub(crate) fn heard(&mut self, input: &Input, now: Now) {
        match input {
            Input::Claimed(Ok(answer)) => {
                let own = || answer.messages.iter().filter(|m| m.sdr_id == self.id);
                for message in own() {
                    self.activity.claimed(message, now.utc);
                    let id = message.message_id.clone();
                    self.attempts.insert(id, message.attempt);
                }
                let ids = own().map(|m| m.message_id.clone());
                self.progress.claimed(ids, answer.queued, now.boot);
                self.counted = true;
                if self.shown.policy.as_ref() != Some(&answer.policy) {
                    self.shown.policy = Some(answer.policy.clone());
                    self.dirty = true;
                    self.urgent = true;
                }
                if !answer.messages.is_empty() {
                    let claimed = answer.messages.len();
                    tracing::info!(claimed, queued = answer.queued, "Messages were claimed");
                }
            }
            Input::Beaten(Ok(answer)) => {
                self.progress.waiting(answer.queued);
                self.counted = true;
            }
            Input::Begun(id, Err(QueueFault::Refused(problem))) => {
                self.refused(id, problem, now.utc);
            }
            Input::Reported(id, Err(QueueFault::Refused(problem))) => {
                self.activity.not_taken(id, problem);
                self.dirty = true;
            }
            Input::PageCrashed => tracing::warn!("The page's process ended"),
            Input::Resume => {
                self.notice = None;
                tracing::info!(order = order(input), "An order");
            }
            Input::Connect
            | Input::Disconnect
            | Input::Pause
            | Input::SignedIn
            | Input::Unlink
            | Input::RefreshQr
            | Input::LinkByCode(_)
            | Input::Reload
            | Input::UseHere
            | Input::TakeOver
            | Input::Assist
            | Input::Said(_) => tracing::info!(order = order(input), "An order"),
            Input::TakenOver(Ok(active)) => {
                let epoch = active.session_epoch;
                tracing::info!(
                    session.epoch = epoch,
                    "The SDR is now active on this desktop"
                );
            }
            Input::PageOpened(Err(fault)) => page_failed("open", fault),
            Input::Probed(Err(fault)) => page_failed("probe", fault),
            Input::Adopted(Err(fault)) => page_failed("adopt", fault),
            Input::Drained(Err(fault)) => page_failed("drain", fault),
            Input::Submitted(Err(fault)) => page_failed("submit", fault),
            Input::FileFetched(id, Err(fault)) => {
                let _entered = self.span(id).entered();
                let (code, unfit) = match fault {
                    FetchFault::Unfit(problem) => (problem.code, true),
                    FetchFault::Queue(fault) => (queue_code(fault), false),
                };
                tracing::warn!(problem.code = ?code, unfit, "The message's file was not fetched");
            }
            Input::FilePut(_, Err(PutFault::Page(fault))) => page_failed("put", fault),
            Input::Renew => tracing::info!("The page is to be loaded with other scripts"),
            Input::AdaptersInForce(_)
            | Input::PageOpened(Ok(()))
            | Input::PageClosed
            | Input::Probed(Ok(_))
            | Input::Adopted(Ok(()))
            | Input::Drained(Ok(_))
            | Input::Submitted(Ok(()))
            | Input::FileFetched(_, Ok(()))
            | Input::FilePut(_, Ok(()) | Err(PutFault::Gone))
            | Input::Claimed(Err(_))
            | Input::Begun(_, _)
            | Input::TakenOver(Err(_))
            | Input::Decided(_, _)
            | Input::Recorded(_)
            | Input::Reported(_, _)
            | Input::Replied(_, _)
            | Input::Beaten(Err(_))
            | Input::FreeSpace(_)
            | Input::Tick => {}
        }
    }

    fn refused(&mut self, id: &MessageId, problem: &Problem, at: UtcMs) {
        if problem.code == ProblemCode::Cancelled {
            self.activity.withdrawn(id, problem, at);
        } else {
            self.activity.given_back(id);
        }
        self.progress.left(id);
        self.dirty = true;
        let _entered = self.span(id).entered();
        tracing::info!(problem.code = ?problem.code, "The server refused the begin");
    }

    /// Forget what ended before that moment.
    pub(crate) fn purge(&mut self, before: UtcMs) {
        if self.activity.purge(before) {
            self.dirty = true;
        }
    }

    /// A lead's answer stays on this desktop.
    pub(crate) fn answered(&mut self, reply: &ReplyRequest) {
        self.activity.answered(reply);
        self.dirty = true;
    }

    /// The session asks for this.
    pub(crate) fn asked(&mut self, effect: &Effect, now: Now) {
        match effect {
            Effect::Record(records) => {
                for record in records {
                    self.recorded(record, now.boot);
                }
            }
            Effect::Release(id, _) => self.handed_back(id),
            Effect::Report(request) => {
                self.activity.reported(request);
                if request.state == MessageState::Failed {
                    let id = &request.message_id;
                    self.progress.reached(id, Stage::Failed, now.boot);
                }
                self.dirty = true;
            }
            Effect::FetchFile(id, file) => {
                let _entered = self.span(id).entered();
                tracing::info!(
                    file.size_bytes = file.size_bytes,
                    "The message's file is fetched"
                );
            }
            Effect::PutFile(_, id, _) => {
                let _entered = self.span(id).entered();
                tracing::info!("The message's file is put into the page");
            }
            Effect::Submit(
                _,
                BridgeCommand::SendText { message_id, .. }
                | BridgeCommand::SendFile { message_id, .. },
            ) => {
                let _entered = self.span(message_id).entered();
                tracing::info!("The message is handed to the page");
            }
            Effect::Submit(_, BridgeCommand::LookUp { message_id, .. }) => {
                let _entered = self.span(message_id).entered();
                tracing::info!("The message is looked up in the page");
            }
            Effect::OpenPage => tracing::info!("The page is opened"),
            Effect::ReloadPage => tracing::warn!("The page is loaded anew"),
            Effect::ClosePage => tracing::info!("The page is closed"),
            Effect::Adopt => tracing::warn!("The page's modules have moved; wa-js is put into it"),
            Effect::Submit(
                _,
                BridgeCommand::FilePart { .. }
                | BridgeCommand::Mark { .. }
                | BridgeCommand::Compose { .. }
                | BridgeCommand::UseHere
                | BridgeCommand::RefreshQr
                | BridgeCommand::LinkByCode { .. }
                | BridgeCommand::LogOut,
            )
            | Effect::Probe
            | Effect::Drain(_)
            | Effect::Claim(_)
            | Effect::Begin(_)
            | Effect::Reply(_)
            | Effect::Heartbeat(_)
            | Effect::TakeOver(_)
            | Effect::Qr(_) => {}
        }
    }

    fn recorded(&mut self, record: &Record, now: Millis) {
        match record {
            Record::Outbox(row) => self.reached(row, now),
            Record::Dropped(id) => self.handed_back(id),
            Record::Finished(id) => {
                self.span(id)
                    .in_scope(|| tracing::info!("The message's end is reported"));
                self.attempts.remove(id);
            }
            Record::Blocked { numbers, .. } => {
                if !numbers.is_empty() {
                    tracing::info!(count = numbers.len(), "Numbers were blocked");
                }
            }
            Record::Forgotten(_)
            | Record::Reply(_)
            | Record::ReplyDone(_)
            | Record::Marker(_)
            | Record::Account(_) => {}
        }
    }

    fn handed_back(&mut self, id: &MessageId) {
        self.activity.given_back(id);
        self.progress.left(id);
        self.span(id)
            .in_scope(|| tracing::info!("The message was handed back"));
    }

    fn reached(&mut self, row: &OutboxRow, now: Millis) {
        self.activity.recorded(row);
        self.progress.reached(&row.message_id, row.stage, now);
        self.dirty = true;
        let _entered = self.span(&row.message_id).entered();
        let code = row.problem.as_ref().map(|problem| problem.code);
        tracing::info!(message.stage = ?row.stage, problem.code = ?code, "The message reached a stage");
    }

    /// What the window shows now.
    pub(crate) fn view(&mut self, session: &Session, now: Now) -> SdrView {
        let status = session.status();
        if !status.stale && status.state != SessionState::Starting {
            self.stale = false;
        }
        let mut facts = SessionCache {
            state: status.state,
            phone: status.account_phone,
            queued: status.queued,
            sent_today: status.sent_today,
            day: day(now.utc),
            review: status.review,
            problem: status.problem,
            adapter: status.adapter,
            signed_out: status.signed_out,
            policy: self.shown.policy.clone(),
            linked: self.shown.linked,
            unlinked_at: self.shown.unlinked_at,
        };
        if self.stale {
            facts.state = self.shown.state;
        }
        if !self.counted {
            facts.queued = self.shown.queued;
            facts.sent_today = self.shown.sent_today;
            // A start without a network is no sign-in.
            facts.signed_out |= self.shown.signed_out;
        }
        if let Some(linked) = tells_link(facts.state) {
            if facts.linked && !linked {
                facts.unlinked_at = Some(now.utc);
            }
            facts.linked = linked;
        }
        if facts.state != self.shown.state {
            tracing::info!(from = ?self.shown.state, to = ?facts.state, "The session's state changed");
        }
        self.dirty |= facts != self.shown;
        self.shown = facts.clone();
        SdrView {
            id: self.id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: facts.phone,
            state: facts.state,
            stale: self.stale,
            signed_out: facts.signed_out,
            paused: status.paused,
            page_open: status.page_open,
            queued: facts.queued,
            sent_today: facts.sent_today,
            review: facts.review,
            problem: facts.problem.or_else(|| self.notice.clone()),
            adapter: facts.adapter,
            missing: status.missing,
            elsewhere: status.elsewhere.map(ElsewhereView::from),
            assist: status.assist.map(|assist| assist_view(assist, session)),
            run: self.progress.view(now.boot),
            activity: self.activity.view().to_vec(),
            lock: LockView::default(),
            strict: false,
            sealed: false,
        }
    }

    /// When the phone was last seen to have unlinked this desktop.
    pub(crate) fn unlinked_at(&self) -> Option<UtcMs> {
        self.shown.unlinked_at
    }

    /// A person has decided about a message in review.
    pub(crate) fn decided(&mut self, id: &MessageId, decision: Decision, at: UtcMs) {
        self.activity.decided(id, decision, at);
        self.dirty = true;
        let _entered = self.span(id).entered();
        tracing::info!(?decision, "A person decided about the message");
    }

    /// Somebody has decided elsewhere.
    pub(crate) fn decided_elsewhere(&mut self, id: &MessageId) {
        self.activity.decided_elsewhere(id);
        self.dirty = true;
        let _entered = self.span(id).entered();
        tracing::info!("The message was decided about elsewhere");
    }

    /// Something is not yet kept for the next start.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// And that at once.
    pub(crate) fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// What is to be kept.
    pub(crate) fn take_kept(&mut self) -> (SessionCache, Vec<ActivityView>) {
        self.dirty = false;
        self.urgent = false;
        (self.shown.clone(), self.activity.take_changed())
    }
}

/// Whether the phone is linked, if the state tells that at all.
fn tells_link(state: SessionState) -> Option<bool> {
    match state {
        SessionState::Syncing
        | SessionState::Connected
        | SessionState::Offline
        | SessionState::Conflict
        | SessionState::Hibernated => Some(true),
        SessionState::LoggedOut | SessionState::Qr | SessionState::PairingCode => Some(false),
        SessionState::Closed
        | SessionState::Starting
        | SessionState::Passkey
        | SessionState::NeedsUpdate
        | SessionState::Crashed
        | SessionState::Stopped => None,
    }
}

fn order(input: &Input) -> &'static str {
    match input {
        Input::Connect => "connect",
        Input::Disconnect => "disconnect",
        Input::Pause => "pause",
        Input::Resume => "resume",
        Input::SignedIn => "signed_in",
        Input::Unlink => "unlink",
        Input::RefreshQr => "refresh_qr",
        Input::LinkByCode(_) => "link_by_code",
        Input::Reload => "reload",
        Input::UseHere => "use_here",
        Input::TakeOver => "take_over",
        Input::Assist => "assist",
        Input::Said(Said::Sent) => "assist_sent",
        Input::Said(Said::NotSent) => "assist_not_sent",
        Input::Said(Said::Unsure) => "assist_unsure",
        Input::Renew
        | Input::AdaptersInForce(_)
        | Input::PageOpened(_)
        | Input::PageClosed
        | Input::PageCrashed
        | Input::Probed(_)
        | Input::Adopted(_)
        | Input::Drained(_)
        | Input::Submitted(_)
        | Input::FileFetched(_, _)
        | Input::FilePut(_, _)
        | Input::Claimed(_)
        | Input::Begun(_, _)
        | Input::TakenOver(_)
        | Input::Decided(_, _)
        | Input::Recorded(_)
        | Input::Reported(_, _)
        | Input::Replied(_, _)
        | Input::Beaten(_)
        | Input::FreeSpace(_)
        | Input::Tick => "none",
    }
}

fn assist_view(assist: Assist, session: &Session) -> AssistView {
    match assist {
        Assist::Offered => AssistView::Offered,
        Assist::Preparing => AssistView::Preparing,
        Assist::Waiting(id) => {
            let row = session.rows().find(|row| row.message_id == id);
            AssistView::Waiting {
                lead_name: row.map(|row| row.lead_name.clone()).unwrap_or_default(),
                phone: row.map(|row| row.phone.clone()).unwrap_or_default(),
            }
        }
    }
}

fn queue_code(fault: &QueueFault) -> ProblemCode {
    match fault {
        QueueFault::Lost(problem)
        | QueueFault::Later(_, problem)
        | QueueFault::Refused(problem) => problem.code,
    }
}

/// The kind only: a page's own words may hold content.
fn page_failed(call: &'static str, fault: &PageFault) {
    let fault = match fault {
        PageFault::TimedOut => "timed_out",
        // Usual while a page loads.
        PageFault::Absent => return,
        PageFault::OtherGeneration => "other_generation",
        PageFault::BadAnswer => "bad_answer",
        PageFault::Refused(_) => "refused",
    };
    tracing::warn!(call, fault, "The page did not do what it was asked");
}

fn day(at: UtcMs) -> i64 {
    at.0.div_euclid(DAY_MS)
}
