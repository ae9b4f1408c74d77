//! What a window and a tray show: whole snapshots, never deltas.

use crate::adapter_pack::Bundles;
use crate::store::SdrRow;
use hotdesk_engine::Elsewhere;
use hotdesk_protocol::bridge::Capability;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::session::{MessageState, SessionState};
use hotdesk_protocol::{Problem, UtcMs};
use serde::{Deserialize, Serialize};

/// Everything the window shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OfficeView {
    /// Running against the rehearsal WhatsApp; nothing reaches a real person.
    pub rehearsal: bool,
    /// The app's version.
    pub version: String,
    /// The scripts that serve WhatsApp's pages.
    pub adapters: AdaptersView,
    /// The queue server.
    pub server: ServerView,
    /// Who has the window.
    pub guard: GuardView,
    /// Every SDR on this machine, in the order they were added.
    pub sdrs: Vec<SdrView>,
}

/// Who has the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum GuardView {
    /// It is locked.
    Nobody,
    /// This SDR.
    Sdr {
        /// Their id.
        sdr: SdrId,
        /// Their PIN opens it the next time; else one is to be chosen.
        has_pin: bool,
    },
    /// A manager.
    Manager {
        /// Their name.
        name: String,
    },
}

/// What opens an SDR's session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LockView {
    /// Nothing: it is open to whoever sits at the window.
    Open,
    /// The PIN.
    Pin,
    /// Only the password of the queue server: there is no PIN, it was wrong too often, or nobody has
    /// said yet.
    #[default]
    Password,
}

/// The scripts that serve WhatsApp's pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AdaptersView {
    /// Their number; rises with every release.
    pub number: u32,
    /// The same for people.
    pub name: String,
    /// Part of this app, not of an adapter pack.
    pub built_in: bool,
    /// Why a pack was not taken, or was taken back.
    pub problem: Option<Problem>,
}

impl AdaptersView {
    /// These are in force.
    pub(crate) fn of(bundles: &Bundles, problem: Option<Problem>) -> Self {
        Self {
            number: bundles.number,
            name: bundles.name.clone(),
            built_in: bundles.built_in,
            problem,
        }
    }
}

/// How the queue server stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// Its address.
    pub url: String,
    /// Why the last call failed, if it did: what happened, what was not lost, what to do.
    pub problem: Option<Problem>,
}

/// One SDR on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SdrView {
    /// Their id.
    pub id: SdrId,
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// The linked number, E.164.
    pub phone: Option<String>,
    /// Where the session stands; the last known truth right after a start.
    pub state: SessionState,
    /// True until the state was seen in this run of the app.
    pub stale: bool,
    /// The server no longer knows the token: sign in again.
    pub signed_out: bool,
    /// A person paused it.
    pub paused: bool,
    /// The page exists and can be shown.
    pub page_open: bool,
    /// Messages that wait at the server or here.
    pub queued: u32,
    /// Messages that left today.
    pub sent_today: u32,
    /// Messages a person must decide about.
    pub review: u32,
    /// Why it does not send, and what to do about it.
    pub problem: Option<Problem>,
    /// Which adapter serves the page.
    pub adapter: Option<String>,
    /// What the page lacks; nothing is sent while it lacks anything.
    pub missing: Vec<Capability>,
    /// The other desktop that the SDR is active on: nothing is sent from here meanwhile.
    pub elsewhere: Option<ElsewhereView>,
    /// How far sending by hand is, where the page cannot send by itself.
    pub assist: Option<AssistView>,
    /// The run that goes on, if one does.
    pub run: Option<RunView>,
    /// The latest messages, newest first, at most 50.
    pub activity: Vec<ActivityView>,
    /// What opens it.
    pub lock: LockView,
    /// Nothing is sent while it is locked, because the SDR wants it so.
    pub strict: bool,
    /// In strict mode and locked: no page is open, and what is kept of the SDR is closed.
    pub sealed: bool,
}

impl SdrView {
    /// What can be told of an SDR whose data is closed.
    pub(crate) fn sealed(row: &SdrRow) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            email: row.email.clone(),
            phone: None,
            state: SessionState::Closed,
            stale: false,
            signed_out: row.signed_out,
            paused: row.paused,
            page_open: false,
            queued: 0,
            sent_today: 0,
            review: 0,
            problem: None,
            adapter: None,
            missing: Vec::new(),
            elsewhere: None,
            assist: None,
            run: None,
            activity: Vec::new(),
            lock: LockView::default(),
            strict: true,
            sealed: true,
        }
    }
}

/// Where the SDR is active instead of here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ElsewhereView {
    /// What that desktop calls itself.
    pub name: Option<String>,
    /// Since when.
    pub since_ms: UtcMs,
    /// A person wants to send from here, and the server has not answered yet.
    pub taking_over: bool,
    /// Why that came to nothing, if it did.
    pub problem: Option<Problem>,
}

impl From<Elsewhere> for ElsewhereView {
    fn from(elsewhere: Elsewhere) -> Self {
        Self {
            name: elsewhere.active.name,
            since_ms: elsewhere.active.since_ms,
            taking_over: elsewhere.taking_over,
            problem: elsewhere.problem,
        }
    }
}

/// How far sending by hand is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AssistView {
    /// It may be asked for.
    Offered,
    /// The next message is on its way into the page.
    Preparing,
    /// A message's chat is open: whether it was sent is for a person to say.
    Waiting {
        /// Who it is for.
        lead_name: String,
        /// E.164, with the plus.
        phone: String,
    },
}

/// A run: from the first message claimed after idling to the queue being empty again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// Messages of this run that left or failed.
    pub done: u32,
    /// Messages of this run in all, as known now.
    pub total: u32,
    /// Messages a minute, over the last minute.
    pub per_minute: u32,
    /// Estimated time left.
    pub left_ms: Option<u32>,
}

/// One message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// The message.
    pub message_id: MessageId,
    /// Who it is for.
    pub lead_name: String,
    /// Where it stands.
    pub state: MessageState,
    /// The states it went through, oldest first.
    pub steps: Vec<StepView>,
    /// Why it failed or waits for a person, or why its report does.
    pub problem: Option<Problem>,
    /// What the lead answered last, where the server has no place for it.
    #[serde(default)]
    pub reply: Option<String>,
}

impl ActivityView {
    /// Nothing waits here any more, and has not since before that moment.
    pub(crate) fn ended_before(&self, moment: UtcMs) -> bool {
        let waits = match self.state {
            MessageState::Leased | MessageState::Begun | MessageState::Review => true,
            MessageState::Queued
            | MessageState::Sent
            | MessageState::Delivered
            | MessageState::Read
            | MessageState::Failed
            | MessageState::Dead
            | MessageState::Cancelled => false,
        };
        let last = self.steps.last().map_or(0, |step| step.at_ms.0);
        !waits && last < moment.0
    }
}

/// A state and when it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The state.
    pub state: MessageState,
    /// When.
    pub at_ms: UtcMs,
}
