//! The queue API, native dialect. Every call but [`AuthRequest`] carries
//! `Authorization: Bearer <desktop token>`, and the token's SDR must be the `sdrId` of the call.
//! Every error body is a [`crate::Problem`]; 429 and 503 carry `Retry-After` in seconds.

use crate::bridge::Capability;
use crate::file::Attachment;
use crate::ids::{
    ChatId, DesktopId, LeadId, LeaseToken, MessageId, ProfileEpoch, SdrId, TenantId, WaMessageId,
};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::session::{MessageState, SessionState};
use crate::time::UtcMs;
use serde::{Deserialize, Serialize};

/// `POST /api/sender/auth`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthRequest {
    /// The SDR's e-mail.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub email: String,
    /// The SDR's password. This type has no `Debug`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
    /// Which desktop asks; absent from an lk1 client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_id: Option<DesktopId>,
}

/// Answer to [`AuthRequest`]: 200. 400 for a missing field, 401 for a wrong one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthAnswer {
    /// Always true.
    pub success: bool,
    /// Opaque bearer for this SDR on this desktop. This type has no `Debug`.
    pub token: String,
    /// Who signed in.
    pub sdr: Sdr,
    /// The office; absent from a server that is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
}

/// A sales rep as the server knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sdr {
    /// Their id.
    pub id: SdrId,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `sdr`, `manager` or `admin`.
    pub role: String,
}

/// Answer to `GET /api/sender/queue?sdrId=&limit=`: read-only, leases nothing, this SDR's messages
/// only, oldest first. The lk1 fields keep their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueueAnswer {
    /// What waits.
    pub contacts: Vec<QueueContact>,
    /// How many are in `contacts`.
    pub count: u32,
    /// How many wait in all.
    pub total: u32,
    /// The SDR's WhatsApp session as the server knows it (ours only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<WhatsappSession>,
    /// Why nothing is offered, in words for the SDR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// With `message`: the server's time, ISO 8601 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_time: Option<String>,
    /// With `message`: the office's hours, which are those of each lead's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_hours: Option<String>,
}

/// One waiting message in lk1's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueueContact {
    /// The message's id.
    pub contact_id: MessageId,
    /// Whose it is (ours only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdr_id: Option<SdrId>,
    /// E.164, with the plus.
    pub phone: String,
    /// The lead's name.
    pub nome: Option<String>,
    /// The lead's company.
    pub empresa: Option<String>,
    /// The lead's position.
    pub cargo: Option<String>,
    /// The lead's site.
    pub site: Option<String>,
    /// What the lead struggles with.
    #[serde(rename = "dor_especifica")]
    pub dor_especifica: Option<String>,
    /// The text; may be null in lk1.
    pub message: Option<String>,
}

/// An SDR's WhatsApp as the server knows it: the four `whatsapp_*` columns and what we add.
/// Body of `PUT /api/sdr/whatsapp/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WhatsappSession {
    /// Whose it is.
    pub sdr_id: SdrId,
    /// Which desktop holds it.
    pub desktop_id: Option<DesktopId>,
    /// Connected right now.
    pub connected: bool,
    /// Where it stands.
    pub state: SessionState,
    /// The linked number, E.164.
    pub phone: Option<String>,
    /// Since when it is connected.
    pub connected_at_ms: Option<UtcMs>,
    /// Which adapter serves it.
    pub adapter: Option<String>,
    /// Capabilities the page lacks.
    #[serde(default)]
    pub missing: Vec<Capability>,
    /// Why it does not send.
    pub problem: Option<Problem>,
    /// Which adapters are in force on its desktop: `built-in 1`, or `7` for a pack of that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter_pack: Option<String>,
}

/// `POST /api/sender/claim`: long-poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClaimRequest {
    /// Whose messages.
    pub sdr_id: SdrId,
    /// Who asks.
    pub desktop_id: DesktopId,
    /// Most messages to lease, 1..=10.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10))]
    pub limit: u32,
    /// How long to wait for one, 0..=25.
    #[cfg_attr(feature = "openapi", schema(maximum = 25))]
    pub wait_seconds: u32,
    /// Messages this desktop already holds and does not want again.
    #[serde(default)]
    pub holding: Vec<MessageId>,
    /// Chosen by the desktop, new for each claim: the same claim delivered twice leases once.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<String>,
    /// The epoch at which this desktop believes to be active; an older one is 409 `other_desktop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_epoch: Option<u32>,
    /// How far this desktop knows the blocked numbers, 0 at first; absent: it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_outs_since: Option<i64>,
}

/// Answer to [`ClaimRequest`]: leased messages, at most one per chat, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClaimAnswer {
    /// The office, part of every derived id.
    pub tenant: TenantId,
    /// What may be begun.
    pub messages: Vec<ClaimedMessage>,
    /// How fast and how much.
    pub policy: Policy,
    /// How many of this SDR's messages still wait (queued), beyond these.
    pub queued: u32,
    /// How many of this SDR's messages went out today (the office's day).
    pub sent_today: u32,
    /// Why nothing is offered although something waits. `other_desktop`: the SDR is active on
    /// another one, named in `active_desktop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Problem>,
    /// Where the SDR is active; absent from a server that does not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_desktop: Option<ActiveDesktop>,
    /// Numbers blocked since `opt_outs_since`, to be looked at right before each submit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_outs: Option<OptOuts>,
    /// What a person at the dashboard wants of the SDR's WhatsApp; told to the active desktop only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
}

/// The one desktop an SDR is active on: the only one that is offered messages and may begin them.
/// The first to claim or beat is, until it has been silent for 90 s or another one takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActiveDesktop {
    /// Which.
    pub desktop_id: DesktopId,
    /// What it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Since when.
    pub since_ms: UtcMs,
    /// Rises each time the SDR becomes active on another desktop.
    pub session_epoch: u32,
}

/// What a person at the dashboard wants of an SDR's WhatsApp. It is told with each claim and heartbeat
/// until the session says that it is so, for ten minutes at most; a desktop carries it out once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Wish {
    /// What.
    pub kind: WishKind,
    /// The phone to link, where it is by a pairing code. E.164, with the plus; printed without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When it was asked for, by the server's clock; tells one wish from the next.
    pub asked_at_ms: UtcMs,
}

impl std::fmt::Debug for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wish({:?} at {})", self.kind, self.asked_at_ms.0)
    }
}

/// What can be wanted of an SDR's WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WishKind {
    /// Open the page, so that a phone can be linked.
    Link,
    /// Open the page, and ask WhatsApp for a code to type on the phone.
    LinkByCode,
    /// Pause, and unlink this device at WhatsApp.
    Disconnect,
    /// A wish of a later version; nothing is done.
    #[serde(other)]
    Unknown,
}

/// A page of blocked numbers, in the order in which they were blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OptOuts {
    /// E.164, with the plus.
    pub numbers: Vec<String>,
    /// For the next `opt_outs_since`.
    pub cursor: i64,
    /// There are more: ask again at once.
    pub more: bool,
}

/// `POST /api/sdr/desktop/take-over`: the SDR becomes active on this desktop. Answer:
/// [`ActiveDesktop`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TakeOverRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
    /// The token's desktop.
    pub desktop_id: DesktopId,
    /// The epoch to end; another one in force is 409 `other_desktop`, so that a late repetition
    /// takes nothing over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_epoch: Option<u32>,
    /// What its people call that desktop, so that the former one can say it at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_name: Option<String>,
}

/// `POST /api/sdr/recovery-key`: the key an SDR's desktops close their data with beside the PIN.
/// Answer: [`RecoveryKeyAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryKeyRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
}

/// The same at every call. A secret: has no `Debug`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryKeyAnswer {
    /// 32 bytes in hex.
    pub recovery_key: String,
}

/// One leased message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClaimedMessage {
    /// Its id.
    pub message_id: MessageId,
    /// Whose it is; a desktop refuses another SDR's.
    pub sdr_id: SdrId,
    /// Who it is for.
    pub lead_id: LeadId,
    /// The lead's name, for the activity list.
    pub lead_name: String,
    /// E.164, with the plus.
    pub phone: String,
    /// What to send, 1..=65,536 bytes; beside a file 0..=1,024 characters.
    pub text: String,
    /// The file that the text goes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Attachment>,
    /// Rises only when a person says "send as new".
    pub generation: u32,
    /// How many leases it has had, this one included.
    pub attempt: u32,
    /// This desktop has begun it before, so it may have left.
    #[serde(default)]
    pub begun: bool,
    /// Proof of this lease.
    pub lease_token: LeaseToken,
    /// How long the lease lasts, counted from before the request was made.
    pub lease_ms: u32,
}

/// `POST /api/sender/begin`: compare-and-set that pins the message to the desktop.
/// 409 `fenced` or `other_desktop`, 410 `cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BeginRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
    /// The desktop that holds the lease.
    pub desktop_id: DesktopId,
    /// The message.
    pub message_id: MessageId,
    /// Proof of the lease.
    pub lease_token: LeaseToken,
    /// The profile it will leave through.
    pub profile_epoch: ProfileEpoch,
    /// The epoch at which this desktop believes to be active; an older one is 409 `other_desktop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_epoch: Option<u32>,
}

/// Answer to [`BeginRequest`] and [`RenewRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeaseAnswer {
    /// How long the lease now lasts, counted from before the request was made.
    pub lease_ms: u32,
}

/// `POST /api/sender/renew` (answer: [`LeaseAnswer`], 409 `fenced`) and `POST /api/sender/release`
/// (back to the queue if not begun; answer 204).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenewRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
    /// The desktop that holds the lease.
    pub desktop_id: DesktopId,
    /// The message.
    pub message_id: MessageId,
    /// Proof of the lease.
    pub lease_token: LeaseToken,
}

/// `POST /api/sender/result`: idempotent, accepted at any hour and from a desktop that has lost its
/// lease. A lower state than the known one is answered 200 and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultRequest {
    /// The token's SDR.
    pub sdr_id: SdrId,
    /// Who reports.
    pub desktop_id: DesktopId,
    /// The message.
    pub message_id: MessageId,
    /// `sent`, `delivered`, `read`, `failed` or `review`; others are 400.
    pub state: MessageState,
    /// When it was seen, by the desktop's clock.
    pub at_ms: UtcMs,
    /// The id it left with.
    pub wa_message_id: Option<WaMessageId>,
    /// The chat it went to.
    pub chat_id: Option<ChatId>,
    /// The lead's other id, of the two that one account has: number and lid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_chat_id: Option<ChatId>,
    /// Why it failed or needs a review.
    pub problem: Option<Problem>,
}

/// Answer to [`ResultRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ResultAnswer {
    /// Where the message stands now.
    pub state: MessageState,
}

/// `POST /api/sender/heartbeat`, every 30 s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatRequest {
    /// The session as the desktop sees it.
    pub session: WhatsappSession,
    /// The person paused sending on this desktop.
    pub paused: bool,
    /// Messages in this desktop's outbox whose end is not yet reported.
    pub in_flight: u32,
    /// The app's version.
    pub app_version: String,
    /// What this desktop calls itself, for the SDR on another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_name: Option<String>,
    /// As in [`ClaimRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_outs_since: Option<i64>,
}

/// Answer to [`HeartbeatRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatAnswer {
    /// How many of this SDR's messages wait.
    pub queued: u32,
    /// How many went out today.
    pub sent_today: u32,
    /// How many of this SDR's messages wait for a person's decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<u32>,
    /// Whether the SDR is active on this desktop; absent from a server that does not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Where the SDR is active, and at which epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_desktop: Option<ActiveDesktop>,
    /// As in [`ClaimAnswer`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_outs: Option<OptOuts>,
    /// What a person at the dashboard wants of the SDR's WhatsApp; told to the active desktop only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
}

/// How a phone is linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum LinkMethod {
    /// The phone scans a QR code.
    #[default]
    Qr,
    /// Eight letters and digits, the pairing code, are typed on the phone.
    Code,
}

/// `POST /api/sdr/whatsapp/qr`: relays the code for the dashboard. `GET` of the same path with
/// `?sdrId=` gives it back (404 once it has expired or the session is linked).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QrRequest {
    /// Whose session.
    pub sdr_id: SdrId,
    /// Whether it is scanned or typed; an older desktop tells only codes to scan.
    #[serde(default)]
    pub method: LinkMethod,
    /// What the code says. A secret: this type has no `Debug`.
    pub value: String,
    /// How long it is good for.
    pub expires_in_ms: u32,
}

/// `POST /api/sender/reply`: an inbound text, idempotent by `wa_message_id` and SDR. Answer 204.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReplyRequest {
    /// Whose session it came to.
    pub sdr_id: SdrId,
    /// Who reports.
    pub desktop_id: DesktopId,
    /// The last message of ours in that chat.
    pub message_id: MessageId,
    /// The inbound message's id.
    pub wa_message_id: WaMessageId,
    /// The chat.
    pub chat_id: ChatId,
    /// What the lead wrote. Content: this type has no `Debug`.
    pub text: String,
    /// When.
    pub at_ms: UtcMs,
}
