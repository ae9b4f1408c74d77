//! One SDR's link to WhatsApp, as every room names it.

use serde::{Deserialize, Serialize};

/// Where a session stands. `paused` is not a state: it is a wish of a person, kept beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// No page is open.
    Closed,
    /// The page loads.
    Starting,
    /// The page shows a QR code to scan.
    Qr,
    /// The page shows a pairing code to type on the phone.
    PairingCode,
    /// WhatsApp asks for a passkey.
    Passkey,
    /// Linked; the page fetches its chats.
    Syncing,
    /// Linked and online (`Stream` MAIN and NORMAL): the only state in which messages leave.
    Connected,
    /// Linked, without a connection to WhatsApp.
    Offline,
    /// WhatsApp Web is open elsewhere with this account.
    Conflict,
    /// WhatsApp asks for a reload to update.
    NeedsUpdate,
    /// The link was removed, here or on the phone.
    LoggedOut,
    /// The page's process ended; it comes back.
    Crashed,
    /// Put to sleep to save memory; woken by the queue or a click.
    Hibernated,
    /// Stopped with a reason a person must look at; see the problem beside it.
    Stopped,
}

/// WhatsApp's tick. The rank only rises, except for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Ack {
    /// -1: WhatsApp refused the message.
    Error,
    /// 0: on the phone's or page's own clock; WhatsApp may not have it.
    Clock,
    /// 1: WhatsApp's server has it. From here on it counts as sent.
    Server,
    /// 2: on the lead's device.
    Device,
    /// 3: read.
    Read,
    /// 4: played (voice).
    Played,
}

/// Where a message stands at the server. Ranks: `queued` < `leased` < `begun` < `sent` <
/// `delivered` < `read`; a rank never falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Waits to be claimed.
    Queued,
    /// Held by a desktop, not yet begun; anyone may claim it once the lease has run out.
    Leased,
    /// Pinned to one desktop, which may be sending it right now.
    Begun,
    /// WhatsApp's server has it.
    Sent,
    /// On the lead's device.
    Delivered,
    /// Read by the lead.
    Read,
    /// Permanent failure, with a code.
    Failed,
    /// Given up after too many leases that never began.
    Dead,
    /// Withdrawn before it was begun.
    Cancelled,
    /// A person must decide.
    Review,
}
