//! One SDR's task: it drives the engine's session and carries out what it asks for.
//!
//! Page calls go through [`page_lane`] in order; queue calls and writes to the store run beside them:
//! what must not happen before a write is done, the engine asks for after it. Nothing here is
//! retried: the engine decides.

mod called;
mod deciding;
mod retention;
mod wishes;

pub(crate) use deciding::Reviewed;

use crate::adapter_pack::Packs;
use crate::audit::Audit;
use crate::clock::{Clock, LONGEST_SLEEP_MS};
use crate::failpoint::{self, around};
use crate::files::{FileCache, Files};
use crate::guard::Pins;
use crate::journal::Journal;
use crate::office::Office;
use crate::page_lane::{self, Call, PageCall, Putting};
use crate::pages::Pages;
use crate::queue_client::{Desk, Past, QueueClient, QueueError, QueueServer, Replied, Token};
use crate::review::Decision;
use crate::space::Space;
use crate::spent::{self, Spent};
use crate::store::{Recovered, Store, StoreError, StoredSdr};
use crate::strict::Strict;
use called::{Called, keep_reply};
use deciding::Heard;
use hotdesk_engine::Session;
use hotdesk_engine::effect::{Effect, Record};
use hotdesk_engine::input::{Input, Millis, PutFault, Setup};
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::queue::{RenewRequest, Wish};
use hotdesk_protocol::{Problem, ProblemCode};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{Instrument, Span, info_span};

/// How often the shown truth is kept for the next start, at most.
const KEEP_EVERY_MS: u64 = 1_000;
/// How often the free space is measured, at most.
const MEASURE_EVERY_MS: u64 = 1_000;
/// What an orderly stop waits for: releases and reports under way.
const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// What a runner is told from outside.
pub(crate) enum Told {
    /// An order of a person, or a signal of the page.
    Input(Input),
    /// A person signed in again.
    SignedIn {
        token: Token,
        name: String,
        email: String,
    },
    /// A person wants to see what waits for them.
    Review(oneshot::Sender<Reviewed>),
    /// A person has decided about a message of that generation.
    Decide {
        id: MessageId,
        generation: u32,
        decision: Decision,
        done: oneshot::Sender<Result<(), Problem>>,
    },
    /// Finish what is under way and end.
    Stop(oneshot::Sender<()>),
}

/// What all runners share.
pub(crate) struct Shared<P> {
    pub(crate) pages: Arc<P>,
    pub(crate) store: Store,
    pub(crate) server: QueueServer,
    pub(crate) file_cache: FileCache,
    pub(crate) office: Office,
    pub(crate) packs: Arc<Packs>,
    pub(crate) pins: Pins,
    pub(crate) strict: Strict,
    pub(crate) audit: Audit,
    pub(crate) desktop_id: DesktopId,
    pub(crate) desktop_name: Option<String>,
    pub(crate) boot_id: String,
    /// The store is, or once was, a copy.
    pub(crate) restored: bool,
    /// The copy was put in place by this start.
    pub(crate) recovered: Option<Recovered>,
    pub(crate) space: Space,
    pub(crate) data_dir: PathBuf,
    pub(crate) app_version: String,
    /// How long names, texts and kept answers of what has ended stay.
    pub(crate) retention_ms: u64,
    pub(crate) clock: Clock,
}

/// A running runner; dropping it ends the task at once, as a kill would.
pub(crate) struct RunnerHandle {
    told: mpsc::UnboundedSender<Told>,
    task: JoinHandle<()>,
}

impl RunnerHandle {
    /// Tell it something; a runner that has ended hears nothing.
    pub(crate) fn tell(&self, told: Told) {
        if self.told.send(told).is_err() {
            tracing::debug!("A runner that has ended was told something");
        }
    }

    /// Let it finish what is under way.
    pub(crate) async fn stop(self) {
        let (done, ended) = oneshot::channel();
        self.tell(Told::Stop(done));
        if timeout(STOP_PATIENCE * 2, ended).await.is_err() {
            tracing::warn!("A runner did not stop in time; its outbox is on disk");
        }
    }
}

impl Drop for RunnerHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Start an SDR's task.
pub(crate) fn spawn<P: Pages>(
    shared: Arc<Shared<P>>,
    stored: StoredSdr,
    profile: PathBuf,
) -> Result<RunnerHandle, Problem> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|_| {
        Problem::new(
            ProblemCode::StoreFailed,
            "The system gives no random numbers. Nothing was started. Restart the computer.",
        )
    })?;
    let (told, hears) = mpsc::unbounded_channel();
    let span = info_span!("session", sdr.id = %stored.row.id);
    let row = &stored.row;
    let setup = Setup {
        sdr_id: row.id.clone(),
        desktop_id: shared.desktop_id.clone(),
        desktop_name: shared.desktop_name.clone(),
        boot_id: shared.boot_id.clone(),
        app_version: shared.app_version.clone(),
        outbox: stored.outbox.in_flight.clone(),
        finished: stored.outbox.finished.clone(),
        replies: stored.replies.clone(),
        opt_outs: stored.opt_outs.clone(),
        restored: shared.restored,
        marker: row.marker.clone(),
        account_phone: row.account_phone.clone(),
        paused: row.paused,
        policy: stored.cache.policy.clone(),
        seed: u64::from_le_bytes(seed),
    };
    let clock = shared.clock.clone();
    let now = clock.now();
    let mut session = Session::new(setup, now);
    let adapters = shared.packs.in_force();
    session.handle(Input::AdaptersInForce(adapters.clone()), now);
    if let Some(free) = shared.space.free_bytes(&shared.data_dir) {
        session.handle(Input::FreeSpace(free), now);
    }
    if row.connect {
        session.handle(Input::Connect, now);
    }
    let rows = stored
        .outbox
        .in_flight
        .iter()
        .chain(&stored.outbox.finished);
    let left = rows.filter_map(|row| Some((row.message_id.clone(), Past::of(row).left_at?)));
    let desk = Desk::new(shared.desktop_id.clone(), clock.clone(), left);
    let (page_calls, calls) = mpsc::unbounded_channel();
    let (answers, page_answers) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    let lane = page_lane::run(
        shared.pages.clone(),
        shared.packs.clone(),
        row.id.clone(),
        profile,
        calls,
        answers,
    );
    tasks.spawn(lane.instrument(span.clone()));
    let mut runner = Runner {
        sdr: row.id.clone(),
        queue: shared.server.of(row.id.clone(), row.token.clone(), desk),
        files: Files::new(shared.file_cache.clone()),
        journal: Journal::new(stored, shared.recovered.as_ref(), now.utc),
        measure_at: now.boot.after(MEASURE_EVERY_MS),
        purge_at: now.boot,
        session,
        clock,
        shared,
        hears,
        page_calls,
        page_answers,
        claims: JoinSet::new(),
        queue_calls: JoinSet::new(),
        writes: JoinSet::new(),
        review_calls: JoinSet::new(),
        review_is_here: false,
        spent: Spent::default(),
        _lane: tasks,
        renewal_told: false,
        adapters_told: adapters,
        wish_done: None,
    };
    runner.show();
    let task = tokio::spawn(runner.run().instrument(span));
    Ok(RunnerHandle { told, task })
}

/// What a write came to, how long it took, and how many messages waited for it.
type Written = (Result<(), StoreError>, Duration, u32);

struct Runner<P> {
    sdr: SdrId,
    queue: QueueClient,
    session: Session,
    journal: Journal,
    files: Files,
    clock: Clock,
    /// When the free space is to be measured next.
    measure_at: Millis,
    /// When what has ended long ago is to be forgotten next.
    purge_at: Millis,
    shared: Arc<Shared<P>>,
    hears: mpsc::UnboundedReceiver<Told>,
    page_calls: mpsc::UnboundedSender<PageCall>,
    page_answers: mpsc::UnboundedReceiver<Input>,
    /// The one long poll; an orderly stop does not wait for it.
    claims: JoinSet<Called>,
    queue_calls: JoinSet<Called>,
    /// The one write.
    writes: JoinSet<Written>,
    review_calls: JoinSet<Heard>,
    /// The server keeps no review: this desktop does.
    review_is_here: bool,
    spent: Spent,
    _lane: JoinSet<()>,
    /// The session knows that there are other scripts for its page.
    renewal_told: bool,
    /// What the session knows to be in force.
    adapters_told: String,
    /// The wish of the dashboard that was carried out last.
    wish_done: Option<Wish>,
}

impl<P: Pages> Runner<P> {
    async fn run(mut self) {
        tracing::info!("The session starts");
        let clock = self.clock.clone();
        let mut keep_at = clock.now().boot;
        loop {
            if self.journal.is_urgent() {
                self.keep().await;
            }
            self.follow_the_packs();
            self.carry_out();
            self.purge().await;
            self.show();
            let now = clock.now().boot;
            if self.journal.is_dirty() && now >= keep_at {
                self.keep().await;
                keep_at = now.after(KEEP_EVERY_MS);
            }
            let keep_wake = self.journal.is_dirty().then_some(keep_at);
            let wake = self.wake(now, keep_wake);
            tokio::select! {
                told = self.hears.recv() => match told {
                    Some(Told::Input(input)) => self.handle(input),
                    Some(Told::SignedIn { token, name, email }) => {
                        self.queue = self.queue.with_token(token);
                        self.journal.signed_in(name, email);
                        self.handle(Input::SignedIn);
                    }
                    Some(Told::Review(done)) => self.list_review(Some(done)),
                    Some(Told::Decide { id, generation, decision, done }) => {
                        self.decide(id, generation, decision, done);
                    }
                    Some(Told::Stop(done)) => {
                        self.wind_up().await;
                        self.spent.tell();
                        // Whoever asked may have stopped waiting.
                        let _ = done.send(());
                        return;
                    }
                    None => return,
                },
                Some(input) = self.page_answers.recv() => self.handle(input),
                Some(called) = self.claims.join_next() => self.answered(called).await,
                Some(called) = self.queue_calls.join_next() => self.answered(called).await,
                Some(written) = self.writes.join_next() => self.written(written),
                Some(heard) = self.review_calls.join_next() => self.heard_of_review(heard),
                () = clock.until(wake) => self.handle(Input::Tick),
            }
        }
    }

    fn wake(&self, now: Millis, keep: Option<Millis>) -> Millis {
        let longest = Some(now.after(LONGEST_SLEEP_MS));
        let at = [self.session.poll_timeout(), keep, longest];
        at.into_iter().flatten().min().unwrap_or(now)
    }

    fn follow_the_packs(&mut self) {
        let wanted = self.shared.packs.wants_renewal(&self.sdr);
        if wanted && !self.renewal_told {
            self.handle(Input::Renew);
        }
        self.renewal_told = wanted;
        let in_force = self.shared.packs.in_force();
        if in_force != self.adapters_told {
            self.adapters_told.clone_from(&in_force);
            self.handle(Input::AdaptersInForce(in_force));
        }
    }

    /// Nothing is decided on a measure of the free space that is older than a second.
    fn handle(&mut self, input: Input) {
        match input {
            Input::Connect
            | Input::LinkByCode(_)
            | Input::Resume
            | Input::SignedIn
            | Input::TakeOver => {
                self.queue.forgive();
            }
            Input::Disconnect
            | Input::Pause
            | Input::Unlink
            | Input::RefreshQr
            | Input::Reload
            | Input::UseHere
            | Input::Assist
            | Input::Said(_)
            | Input::Renew
            | Input::AdaptersInForce(_)
            | Input::PageOpened(_)
            | Input::PageClosed
            | Input::PageCrashed
            | Input::Probed(_)
            | Input::Adopted(_)
            | Input::Drained(_)
            | Input::Submitted(_)
            | Input::Claimed(_)
            | Input::FileFetched(_, _)
            | Input::FilePut(_, _)
            | Input::Begun(_, _)
            | Input::TakenOver(_)
            | Input::Decided(_, _)
            | Input::Recorded(_)
            | Input::Reported(_, _)
            | Input::Replied(_, _)
            | Input::Beaten(_)
            | Input::FreeSpace(_)
            | Input::Tick => {}
        }
        let now = self.clock.now();
        if now.boot >= self.measure_at {
            self.measure_at = now.boot.after(MEASURE_EVERY_MS);
            if let Some(free) = self.shared.space.free_bytes(&self.shared.data_dir) {
                self.session.handle(Input::FreeSpace(free), now);
            }
        }
        self.journal.heard(&input, now);
        self.session.handle(input, now);
        self.files.keep(|id| self.session.needs_file(id));
    }

    fn carry_out(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            self.journal.asked(&effect, self.clock.now());
            match effect {
                Effect::OpenPage => self.page(PageCall::Do(Call::Open)),
                Effect::ReloadPage => self.page(PageCall::Do(Call::Reload)),
                Effect::ClosePage => self.page(PageCall::Do(Call::Close)),
                Effect::Probe => self.page(PageCall::Do(Call::Probe)),
                Effect::Adopt => self.page(PageCall::Do(Call::Adopt)),
                Effect::Drain(after) => self.page(PageCall::Do(Call::Drain(after))),
                Effect::Submit(generation, command) => {
                    self.page(PageCall::Do(Call::Submit(generation, command)));
                }
                Effect::FetchFile(id, file) => {
                    let files = self.files.clone();
                    self.call(self.journal.span(&id), |queue| async move {
                        let answer = files.fetch(&queue, &id, &file).await;
                        Called::fetched(&queue, answer, id)
                    });
                }
                Effect::PutFile(generation, id, file) => match self.files.held(&id) {
                    Some(bytes) => {
                        let file = Putting::new(generation, id, file.sha256, bytes);
                        self.page(PageCall::Put(file));
                    }
                    None => self.handle(Input::FilePut(id, Err(PutFault::Gone))),
                },
                Effect::Record(records) => self.record(records),
                Effect::Claim(request) => {
                    let queue = self.queue.clone();
                    let call = async move {
                        let answer = around("claim", queue.claim(&request), lost).await;
                        Called::with(&queue, answer, Input::Claimed)
                    };
                    self.spent.call();
                    self.claims.spawn(call.instrument(Span::current()));
                }
                Effect::Begin(request) => {
                    self.call(self.journal.span(&request.message_id), |queue| async move {
                        let answer = around("begin", queue.begin(&request), lost).await;
                        Called::with(&queue, answer, |result| {
                            Input::Begun(request.message_id, result)
                        })
                    });
                }
                Effect::Release(message_id, lease_token) => {
                    let request = RenewRequest {
                        sdr_id: self.sdr.clone(),
                        desktop_id: self.shared.desktop_id.clone(),
                        message_id,
                        lease_token,
                    };
                    self.call(self.journal.span(&request.message_id), |queue| async move {
                        Called::without(queue.release(&request).await)
                    });
                }
                Effect::Report(request) => {
                    let past = self.past(&request.message_id);
                    self.call(self.journal.span(&request.message_id), |queue| async move {
                        let answer = around("report", queue.result(&request, past), lost).await;
                        let answer = answer.map(|_| ());
                        Called::with(&queue, answer, |result| {
                            Input::Reported(request.message_id, result)
                        })
                    });
                }
                Effect::Reply(request) => {
                    let (store, sdr) = (self.shared.store.clone(), self.sdr.clone());
                    self.call(self.journal.span(&request.message_id), |queue| async move {
                        let id = request.wa_message_id.0.clone();
                        match queue.reply(&request).await {
                            Ok(Replied::NoPlace) => keep_reply(&store, &sdr, request).await,
                            Ok(Replied::Told) => {
                                Called::with(&queue, Ok(()), |result| Input::Replied(id, result))
                            }
                            Err(error) => Called::with(&queue, Err(error), |result| {
                                Input::Replied(id, result)
                            }),
                        }
                    });
                }
                Effect::Heartbeat(request) => self.call(Span::current(), |queue| async move {
                    let answer = queue.heartbeat(&request).await;
                    Called::with(&queue, answer, Input::Beaten)
                }),
                Effect::TakeOver(request) => self.call(Span::current(), |queue| async move {
                    let answer = queue.take_over(&request).await;
                    Called::with(&queue, answer, Input::TakenOver)
                }),
                Effect::Qr(request) => self.call(Span::current(), |queue| async move {
                    Called::without(queue.qr(&request).await)
                }),
            }
        }
    }

    fn past(&self, id: &MessageId) -> Past {
        let mut rows = self.session.rows();
        let row = rows.find(|row| row.message_id == *id);
        row.map(Past::of).unwrap_or_default()
    }

    fn page(&self, call: PageCall) {
        if self.page_calls.send(call).is_err() {
            tracing::error!("The page lane has ended");
        }
    }

    fn call<F>(&mut self, span: Span, make: impl FnOnce(QueueClient) -> F)
    where
        F: Future<Output = Called> + Send + 'static,
    {
        self.spent.call();
        let call = make(self.queue.clone());
        self.queue_calls.spawn(call.instrument(span));
    }

    fn record(&mut self, records: Vec<Record>) {
        let (store, sdr) = (self.shared.store.clone(), self.sdr.clone());
        let write = async move {
            let since = Instant::now();
            let (step, waiting) = (failpoint::step(&records), spent::waiting(&records));
            let refused = || StoreError::Failed {
                what: "the write was refused",
            };
            let result = around(step, store.record(&sdr, records), refused).await;
            (result, since.elapsed(), waiting)
        };
        self.writes.spawn(write.instrument(Span::current()));
    }

    fn written(&mut self, written: Result<Written, JoinError>) {
        let (result, took, waiting) = written.unwrap_or_else(|error| {
            tracing::error!(panicked = error.is_panic(), "A write was lost");
            (Err(StoreError::Closed), Duration::ZERO, 0)
        });
        self.spent.write(took, waiting);
        if let Err(error) = &result {
            tracing::error!(problem.code = ?error.code(), %error, "A write could not be made");
        }
        self.handle(Input::Recorded(
            result.map_err(|error| Problem::from(&error)),
        ));
    }

    fn show(&mut self) {
        let now = self.clock.now();
        let view = self.journal.view(&self.session, now);
        self.shared.office.show(view);
    }

    async fn keep(&mut self) {
        let (cache, changed) = self.journal.take_kept();
        let since = Instant::now();
        let kept = self
            .shared
            .store
            .put_session(&self.sdr, cache, changed)
            .await;
        self.spent.write(since.elapsed(), 0);
        if let Err(error) = kept {
            tracing::warn!(problem.code = ?error.code(), %error, "The shown truth could not be kept");
        }
    }

    /// Begin nothing more, hand back what is not begun, and give what is under way a moment.
    async fn wind_up(&mut self) {
        self.claims.abort_all();
        self.session.handle(Input::Pause, self.clock.now());
        let by = Instant::now() + STOP_PATIENCE;
        loop {
            self.carry_out();
            if self.queue_calls.is_empty() && self.writes.is_empty() {
                break;
            }
            tokio::select! {
                Some(input) = self.page_answers.recv() => self.handle(input),
                Some(called) = self.queue_calls.join_next() => self.called(called),
                Some(written) = self.writes.join_next() => self.written(written),
                () = sleep_until(by) => break,
            }
        }
        self.show();
        self.keep().await;
    }
}

/// The server may or may not have done it.
fn lost() -> QueueError {
    QueueError::Unreachable {
        what: "the connection was cut",
    }
}
