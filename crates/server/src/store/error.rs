//! What a store refuses, and how it fails.

use crate::first_message::Unnamed;
use thiserror::Error;

/// A call the store understood and does not grant. What it wrote on the way is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no such message.
    #[error("there is no message with this id")]
    NoSuchMessage,
    /// There is no such lead.
    #[error("there is no lead with this id")]
    NoSuchLead,
    /// There is no such SDR, or the person is no SDR.
    #[error("there is no SDR with this id")]
    NoSuchSdr,
    /// The message is another SDR's.
    #[error("this message belongs to another SDR")]
    NotYours,
    /// The desktop never had the message.
    #[error("this desktop never held this message, so it cannot say what became of it")]
    NeverHeld,
    /// The lease is another's, or gone.
    #[error("the lease on this message is gone or another desktop's; do not send it")]
    Fenced,
    /// The SDR is active on another desktop.
    #[error(
        "this SDR is active on another desktop, so nothing may be sent from this one; nothing is lost, take over if you want to go on here"
    )]
    OtherDesktop,
    /// No desktop of the SDR is heard.
    #[error(
        "no desktop of this SDR is switched on and signed in, so nobody can do this; nothing was changed, start Hotdesk there and ask again"
    )]
    NoDesktop,
    /// It is outside of the sending hours where the lead is.
    #[error(
        "it is outside of the sending hours where this lead is, so the message is not to be sent now; it is back in the queue, nothing is lost, and it is offered again when the hours begin"
    )]
    OutOfHours,
    /// The message was withdrawn.
    #[error("this message was cancelled, or its lead opted out; do not send it")]
    Cancelled,
    /// Nobody has to decide about it.
    #[error(
        "this message does not wait for a decision, or another one was made; nothing was changed, look at it again"
    )]
    NotInReview,
    /// It was not given up.
    #[error("this message was not given up, so it cannot be queued again; nothing was changed")]
    NotDead,
    /// It is too late to withdraw it.
    #[error("this message has been begun, so it may have left already and cannot be cancelled")]
    TooLate,
    /// There is no such file.
    #[error("there is no file with this id; nothing was queued")]
    NoSuchFile,
    /// The id is taken by a message with other content.
    #[error("another message already has this id; nothing was queued")]
    IdTaken,
    /// The lead must not be written to.
    #[error("this number is on the do-not-contact list; nothing was queued")]
    DoNotContact,
    /// A text has a character that this database has no place for.
    #[error("a text with the character U+0000 cannot be kept here; nothing was changed")]
    Unstorable,
    /// The lead has no consent recorded.
    #[error("no consent is recorded for this lead; nothing was queued")]
    NoConsent,
    /// The first message to a lead does not say what the office wants said.
    #[error(
        "this lead was never written to, and a first message must say who writes and how to end it; the text lacks: {0}. Nothing was queued"
    )]
    NotNamed(Unnamed),
    /// Another template has this name.
    #[error("another template has this name; nothing was changed")]
    NameTaken,
    /// There is no such template.
    #[error("there is no template with this id; nothing was changed")]
    NoSuchTemplate,
    /// The id is taken by another campaign.
    #[error("another campaign already has this id; nothing was made")]
    CampaignIdTaken,
    /// There is no such campaign.
    #[error("there is no campaign with this id")]
    NoSuchCampaign,
}

/// Why a store did not answer.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// Understood and not granted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database is locked or its disk is full; the same call may work later.
    #[error("the database cannot be written right now")]
    Busy,
    /// The database does not do what it should.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// Whether the same call may work later.
    pub fn retry(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Refused(_) | Self::Failed(_) => false,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file cannot be made or written.
    #[error(
        "the data file {path} cannot be opened for writing ({reason}). Nothing was changed. Check that its folder exists and that this user may write there."
    )]
    NotWritable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The file holds something else.
    #[error(
        "{path} is not a database of this server ({reason}). It was left as it is; name another file."
    )]
    NotOurs {
        /// The file.
        path: String,
        /// What SQLite says.
        reason: String,
    },
    /// The database was written by a newer server.
    #[error(
        "the database is of version {found}, this server knows versions up to {known}. It was left as it is; start the newer server."
    )]
    Newer {
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// An address of a database that cannot be used.
    #[error(
        "{database} cannot be used: {reason}. Nothing was changed. An address is postgres://USER@HOST:PORT/DATABASE, or postgres:///DATABASE?host=/FOLDER for a socket; the password may come from PGPASSWORD."
    )]
    Address {
        /// The address without its password.
        database: String,
        /// What is wrong.
        reason: String,
    },
    /// The database does not answer.
    #[error(
        "{database} cannot be reached ({reason}). Nothing was changed. Check that PostgreSQL runs there, that the database exists and that this user may sign in."
    )]
    Unreachable {
        /// The address without its password.
        database: String,
        /// What the system or PostgreSQL says.
        reason: String,
    },
    /// A migration did not go through.
    #[error(
        "{database} could not be brought to this version ({reason}). The step that failed was taken back whole and no row is lost. `hotdesk-server migrate --dry-run` shows what is run."
    )]
    NotMigrated {
        /// The address without its password.
        database: String,
        /// What PostgreSQL says.
        reason: String,
    },
}
