//! The session: one input in, then one `pump` over everything that may now be due.

use crate::active::Active;
use crate::assist::ByHand;
use crate::claims::Queue;
use crate::effect::{Effect, OutboxRow, Stage};
use crate::files::Files;
use crate::finished::Finished;
use crate::flight::{Flight, Step};
use crate::heartbeat::Heart;
use crate::input::{Input, Millis, Now, Setup};
use crate::opt_outs::Blocked;
use crate::page::Page;
use crate::records::Records;
use crate::replies::Replies;
use crate::rng::Rng;
use hotdesk_protocol::Problem;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::policy::Policy;
use std::collections::VecDeque;

/// With less than this nothing is begun: a record of a message that cannot be written to its end
/// would be worth little.
const LEAST_FREE_BYTES: u64 = 200_000_000;

/// One SDR's session.
///
/// After each [`handle`](Self::handle) take effects until there are none, then wait for the next
/// input or for [`poll_timeout`](Self::poll_timeout), whichever comes first.
#[derive(Clone)]
pub struct Session {
    pub(crate) sdr_id: SdrId,
    pub(crate) desktop_id: DesktopId,
    pub(crate) desktop_name: Option<String>,
    pub(crate) boot_id: String,
    pub(crate) restored: bool,
    pub(crate) app_version: String,
    /// None until it was told; it decides nothing here.
    pub(crate) adapter_pack: Option<String>,
    pub(crate) rng: Rng,
    pub(crate) now: Now,
    pub(crate) paused: bool,
    pub(crate) policy: Policy,
    /// WhatsApp refused a message: a person has to look before anything else is sent.
    pub(crate) warning: Option<Problem>,
    /// The server has told its pacing in this run; until then the default rules.
    pub(crate) policy_known: bool,
    /// Too little space is left to begin anything.
    pub(crate) low_space: bool,
    pub(crate) last_submit: Option<Millis>,
    pub(crate) by_hand: ByHand,
    pub(crate) page: Page,
    pub(crate) queue: Queue,
    pub(crate) heart: Heart,
    pub(crate) blocked: Blocked,
    pub(crate) active: Active,
    pub(crate) records: Records,
    pub(crate) replies: Replies,
    pub(crate) files: Files,
    /// In the order in which they were begun.
    pub(crate) flights: Vec<Flight>,
    pub(crate) finished: Finished,
    effects: VecDeque<Effect>,
    wake: Option<Millis>,
}

impl Session {
    /// A session as it stands after a start; nothing is asked for before the first input.
    pub fn new(setup: Setup, now: Now) -> Self {
        let policy = setup.policy.unwrap_or_default();
        let mut flights: Vec<Flight> = setup
            .outbox
            .into_iter()
            .map(|row| Flight::restored(row, now.boot))
            .collect();
        flights.sort_by_key(|flight| flight.row.at.first().map(|(_, at)| *at));
        let finished = Finished::restored(setup.finished);
        let mut session = Self {
            sdr_id: setup.sdr_id,
            desktop_id: setup.desktop_id,
            desktop_name: setup.desktop_name,
            boot_id: setup.boot_id,
            restored: setup.restored,
            app_version: setup.app_version,
            adapter_pack: None,
            rng: Rng::new(setup.seed),
            now,
            paused: setup.paused,
            policy,
            warning: None,
            policy_known: false,
            low_space: false,
            last_submit: None,
            by_hand: ByHand::default(),
            page: Page::new(setup.marker, setup.account_phone, now.boot),
            queue: Queue::default(),
            heart: Heart::default(),
            blocked: Blocked::restored(setup.opt_outs),
            active: Active::default(),
            records: Records::default(),
            replies: Replies::restored(setup.replies),
            files: Files::default(),
            flights,
            finished,
            effects: VecDeque::new(),
            wake: Some(now.boot),
        };
        session.last_submit = session.last_intent();
        session.park_begun_by_hand();
        session
    }

    /// Tell the session what happened.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.now = Now {
            boot: now.boot.max(self.now.boot),
            utc: now.utc,
        };
        match input {
            Input::Connect => self.connect(),
            Input::Disconnect => self.disconnect(),
            Input::Pause => self.paused = true,
            Input::Resume => self.resume(),
            Input::SignedIn => self.signed_in(),
            Input::Unlink => self.page.unlink_wanted = true,
            Input::RefreshQr => self.page.ask_for_qr(),
            Input::LinkByCode(phone) => self.link_by_code(phone),
            Input::Reload => self.page.reload_asked(now.boot),
            Input::UseHere => self.page.use_here_wanted = true,
            Input::TakeOver => self.take_over(),
            Input::Assist => self.assist(),
            Input::Said(said) => self.said(said),
            Input::Renew => self.renew(),
            Input::AdaptersInForce(adapters) => self.adapter_pack = Some(adapters),
            Input::PageOpened(result) => self.page_opened(result),
            Input::PageClosed => self.page_closed(),
            Input::PageCrashed => self.page_crashed(),
            Input::Probed(result) => self.probed(result),
            Input::Adopted(result) => self.adopted(result),
            Input::Drained(result) => self.drained(result),
            Input::Submitted(result) => self.submitted(result),
            Input::Claimed(result) => self.claimed(result),
            Input::FileFetched(id, result) => self.file_fetched(&id, result),
            Input::FilePut(id, result) => self.file_put(&id, result),
            Input::Begun(id, result) => self.begun(&id, result),
            Input::Recorded(result) => self.recorded(result),
            Input::Decided(id, decided) => self.decided(&id, decided),
            Input::TakenOver(result) => self.taken_over(result),
            Input::Reported(id, result) => self.reported(&id, result),
            Input::Replied(id, result) => self.replied(&id, result),
            Input::Beaten(result) => self.beaten(result),
            Input::FreeSpace(bytes) => self.low_space = bytes < LEAST_FREE_BYTES,
            Input::Tick => {}
        }
        self.pump();
    }

    /// The next thing to do, if there is one.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Input::Tick`] is due, if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.wake
    }

    fn pump(&mut self) {
        self.wake = None;
        self.pump_page();
        self.pump_reconcile();
        self.pump_files();
        self.pump_opt_outs();
        self.pump_delivery();
        self.pump_assist();
        self.pump_ticks();
        self.pump_finished();
        self.pump_records();
        self.pump_results();
        self.pump_replies();
        self.pump_take_over();
        self.pump_claims();
        self.pump_heartbeat();
    }

    fn resume(&mut self) {
        self.paused = false;
        self.warning = None;
        self.queue.wrong_sdr = None;
        self.page.forgive(self.now.boot);
        self.records.retry.reset();
        for flight in &mut self.flights {
            flight.waiting_since = self.now.boot;
        }
    }

    pub(crate) fn emit(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    /// Whether `at` has come; if not, the session wakes then.
    pub(crate) fn due(&mut self, at: Millis) -> bool {
        if self.now.boot >= at {
            return true;
        }
        self.wake_at(at);
        false
    }

    pub(crate) fn wake_at(&mut self, at: Millis) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    pub(crate) fn flight(&mut self, id: &MessageId) -> Option<&mut Flight> {
        self.flights.iter_mut().find(|flight| flight.id() == id)
    }

    pub(crate) fn remove(&mut self, id: &MessageId) {
        self.flights.retain(|flight| flight.id() != id);
    }

    /// The earliest time of the next submit.
    pub(crate) fn next_submit(&self) -> Millis {
        let gap = u64::from(self.policy.gap_ms);
        self.last_submit.map_or(Millis(0), |at| at.after(gap))
    }

    /// After a restart the gap counts from the last message that may have been submitted.
    fn last_intent(&self) -> Option<Millis> {
        let rows = self.rows().chain(self.finished.rows());
        let stamps = rows.flat_map(|row| &row.at);
        let intents = stamps.filter(|(stage, _)| *stage == Stage::Intent);
        let last = intents.map(|(_, at)| *at).max()?;
        let ago = u64::try_from(self.now.utc.0.saturating_sub(last.0)).unwrap_or(0);
        Some(self.now.boot.before(ago))
    }

    /// The rows of the outbox, in the order in which they were begun.
    pub fn rows(&self) -> impl Iterator<Item = &OutboxRow> {
        self.flights
            .iter()
            .filter(|flight| flight.step != Step::Beginning)
            .map(|flight| &flight.row)
    }
}
