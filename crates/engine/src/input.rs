//! What a [`Session`](crate::Session) is told.

use crate::effect::OutboxRow;
use hotdesk_protocol::Problem;
use hotdesk_protocol::bridge::{Drain, Probe};
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::policy::Policy;
use hotdesk_protocol::queue::{
    ActiveDesktop, ClaimAnswer, HeartbeatAnswer, LeaseAnswer, OptOuts, ReplyRequest,
};

/// Milliseconds of a clock that goes on during suspend (`CLOCK_BOOTTIME`); only differences mean
/// anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// So much later.
    #[must_use]
    pub fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// So much earlier.
    #[must_use]
    pub fn before(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }

    /// How long ago `earlier` was; 0 if it was not.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Both clocks, read before the thing that the input is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For deadlines.
    pub boot: Millis,
    /// For people and reports.
    pub utc: hotdesk_protocol::UtcMs,
}

/// What a session starts from. Holds content: has no `Debug`.
#[derive(Clone)]
pub struct Setup {
    /// Whose session.
    pub sdr_id: SdrId,
    /// This installation.
    pub desktop_id: DesktopId,
    /// What this installation is called on the SDR's other desktops.
    pub desktop_name: Option<String>,
    /// This start of the operating system; "only our process had died" means it is unchanged.
    pub boot_id: String,
    /// The app's version, told to the server.
    pub app_version: String,
    /// Rows that are not finished, as found on disk.
    pub outbox: Vec<OutboxRow>,
    /// Finished rows that are still kept (their text dropped): an id seen before is never sent
    /// again, and a reply is attributed by its chat.
    pub finished: Vec<OutboxRow>,
    /// Answers of leads that the server has not yet taken, oldest first.
    pub replies: Vec<ReplyRequest>,
    /// The blocked numbers this desktop was told of, and the cursor up to which it was.
    pub opt_outs: OptOuts,
    /// The store is, or once was, a copy put in the place of a damaged one: what it does not know
    /// may have left. Rows that come from the copy itself have an empty `boot_id`.
    pub restored: bool,
    /// The marker this desktop last wrote into the profile.
    pub marker: Option<String>,
    /// The number that was linked last; another one stops the session.
    pub account_phone: Option<String>,
    /// A person had paused it.
    pub paused: bool,
    /// The last policy the server gave, if it ever did.
    pub policy: Option<Policy>,
    /// A random seed for jitter and markers.
    pub seed: u64,
}

/// Everything that can happen to a session.
#[derive(Clone, Debug)]
pub enum Input {
    /// A person, or the start of the app, wants the page open.
    Connect,
    /// A person wants the page closed (the link to WhatsApp stays).
    Disconnect,
    /// A person pauses: no further message is begun; what is begun is finished.
    Pause,
    /// A person resumes, also after a stop with a reason.
    Resume,
    /// A person has signed in (again): the token is good, calls to the server may go on.
    SignedIn,
    /// A person wants this device unlinked from WhatsApp.
    Unlink,
    /// A person asks for a fresh QR code.
    RefreshQr,
    /// A person wants the page open and WhatsApp asked for a pairing code for this number. E.164, with the
    /// plus.
    LinkByCode(String),
    /// A person wants the page loaded anew, also after a stop with a reason.
    Reload,
    /// A person wants WhatsApp used here where it is open elsewhere.
    UseHere,
    /// A person wants the SDR active on this desktop instead of another one.
    TakeOver,
    /// A person wants to send the next message by hand, where the page can only be looked at.
    Assist,
    /// What a person says of the message whose chat was opened for them.
    Said(Said),
    /// The app has other scripts for this page: it is to be loaded anew, once it holds no message.
    Renew,
    /// Which adapters are in force on this desktop now, in the words for the server.
    AdaptersInForce(String),
    /// `Effect::OpenPage` or `ReloadPage` was carried out.
    PageOpened(Result<(), PageFault>),
    /// The page was closed.
    PageClosed,
    /// The web process ended (told by the webview).
    PageCrashed,
    /// Answer to `Effect::Probe`.
    Probed(Result<Probe, PageFault>),
    /// Answer to `Effect::Adopt`. Whether wa-js serves is for a probe to say.
    Adopted(Result<(), PageFault>),
    /// Answer to `Effect::Drain`.
    Drained(Result<Drain, PageFault>),
    /// Answer to `Effect::Submit`. An error after the call was made says nothing about a send.
    Submitted(Result<(), PageFault>),
    /// Answer to `Effect::Claim`.
    Claimed(Result<ClaimAnswer, QueueFault>),
    /// Answer to `Effect::FetchFile`: the bytes are here and are what the claim said.
    FileFetched(MessageId, Result<(), FetchFault>),
    /// Answer to `Effect::PutFile`. Nothing was sent by it, however it ended.
    FilePut(MessageId, Result<(), PutFault>),
    /// Answer to `Effect::Begin`.
    Begun(MessageId, Result<LeaseAnswer, QueueFault>),
    /// A person has decided about a message in review.
    Decided(MessageId, Decided),
    /// All of `Effect::Record` is on disk, or nothing of it.
    Recorded(Result<(), Problem>),
    /// Answer to `Effect::TakeOver`.
    TakenOver(Result<ActiveDesktop, QueueFault>),
    /// Answer to `Effect::Report`.
    Reported(MessageId, Result<(), QueueFault>),
    /// Answer to `Effect::Reply`.
    Replied(String, Result<(), QueueFault>),
    /// Answer to `Effect::Heartbeat`.
    Beaten(Result<HeartbeatAnswer, QueueFault>),
    /// So many bytes may still be written where the record of messages is kept.
    FreeSpace(u64),
    /// `poll_timeout()` has passed.
    Tick,
}

/// A person's word about a message they were to send by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// They pressed Send.
    Sent,
    /// They did not: it is handed back.
    NotSent,
    /// They cannot say: it is parked.
    Unsure,
}

/// What became of a message in review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The server knows and does what was decided.
    AtServer,
    /// It was sent; a server that keeps no review is to be told.
    Sent,
    /// It is not to be sent; a server that keeps no review is to be told.
    Withdrawn,
}

/// Why a page did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// No answer within the time-out.
    TimedOut,
    /// There is no page, or its script is not there (yet).
    Absent,
    /// The page has another generation than the command was for.
    OtherGeneration,
    /// The answer is not what the bridge says, or too large.
    BadAnswer,
    /// The script refused, with a reason; nothing was submitted.
    Refused(Problem),
}

/// Why the queue server did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueFault {
    /// No answer, or one that cannot be read: the server may or may not have done it.
    Lost(Problem),
    /// Try again, not before so many milliseconds (429, 503; 0 where it did not say).
    Later(u64, Problem),
    /// The server says no and will go on saying no (4xx).
    Refused(Problem),
}

/// Why a file's bytes are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchFault {
    /// The server did not give them.
    Queue(QueueFault),
    /// They are not what the claim said, and will not be.
    Unfit(Problem),
}

/// Why a file's bytes are not in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutFault {
    /// They are no longer here: to be fetched again.
    Gone,
    /// The page did not take a piece.
    Page(PageFault),
}
