//! Where the queue is kept. One trait, one hand-written store per database; no clock of its own:
//! `now` comes with every call that needs it.

pub mod campaigns;
mod error;
mod figures;
pub mod folding;
mod lanes;
pub mod leads;
pub mod postgres;
pub mod proof;
pub mod review;
pub mod rules;
pub mod sqlite;
mod standing;
mod types;
pub mod webhooks;

pub use error::{OpenError, Refusal, StoreError};
pub use figures::MOST_DAYS;
pub use types::{
    Addressee, Beat, Beaten, Cause, Claim, Claimed, Counts, Credentials, Event, Holder,
    MessageView, NewLead, NewMessage, Office, OptOutOf, OptedOut, Person, RecoveryKey, Reply,
    Report, Reporter, Role, SeenSession, TokenHash, Waiting, Which,
};

use campaigns::{Asked, FoundCampaigns, KeptTemplate, LeadFacts, Moved, NewCampaign, NewTemplate};
use leads::{
    Assign, Assigned, FoundLeads, FoundOptOuts, ImportRows, Imported, ImportedRows, LeadFilter,
    LeadPage, OptOutPage, Thread,
};
use proof::{LogCheck, Proof};
use review::{Decide, DecisionAnswer, ReviewItem};
use rules::state_name;
use webhooks::{Delivery, Due, Tried, Webhook, WebhookView};

use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditEntry, KeptAudit};
use hotdesk_protocol::dashboard::{Campaign, Figures, SdrRow};
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{CampaignId, DesktopId, FileId, LeadId, MessageId, SdrId, TemplateId};
use hotdesk_protocol::queue::{
    ActiveDesktop, BeginRequest, RenewRequest, ReplyRequest, TakeOverRequest, WhatsappSession, Wish,
};
use hotdesk_protocol::session::MessageState;
use std::future::Future;
use std::pin::Pin;

/// The answer of a store, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A queue that survives. Each call is one transaction, durable when it answers.
///
/// Deliberately not in it: passwords in the clear, tokens in the clear, QR codes, waiting for
/// messages (a route polls, woken by a hint), and the time of day.
pub trait Store: Send + Sync + 'static {
    /// The office.
    fn office(&self) -> Answer<'_, Office>;
    /// Changes the office.
    fn put_office(&self, office: Office) -> Answer<'_, ()>;

    /// Adds a person, or replaces everything but the id of the one with this id.
    fn put_person(&self, credentials: Credentials) -> Answer<'_, ()>;
    /// The active person with this e-mail.
    fn credentials(&self, email: String) -> Answer<'_, Option<Credentials>>;
    /// Makes a token valid, and the earlier ones of the same person on the same desktop invalid, but
    /// for those of the last minute: a sign-in that is delivered twice must not end itself.
    fn add_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        desktop: Option<DesktopId>,
        now: UtcMs,
    ) -> Answer<'_, ()>;
    /// Makes a browser's token valid until it ends; those before stay as they are.
    fn add_browser_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        ends_at: UtcMs,
        now: UtcMs,
    ) -> Answer<'_, ()>;
    /// Who stands behind a token, if it is valid.
    fn holder(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, Option<Holder>>;
    /// Makes a token invalid, and its desktop the SDR's active one no longer; false if it never was
    /// a token. Repeatable.
    fn revoke_token(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, bool>;
    /// Makes every token of an SDR invalid, and no desktop their active one. Repeatable.
    fn revoke_tokens(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, ()>;

    /// Queues a message; false if this very message was queued before.
    fn enqueue(&self, message: NewMessage, now: UtcMs) -> Answer<'_, bool>;
    /// Keeps what is known of a file whose bytes are kept; false if it was there before, which then counts as
    /// uploaded now.
    fn put_file(&self, file: Attachment, by: SdrId, now: UtcMs) -> Answer<'_, bool>;
    /// The file, if a message of this SDR carries it.
    fn file_of(&self, file: FileId, sdr: SdrId) -> Answer<'_, Option<Attachment>>;
    /// Messages with their events and replies.
    fn messages(&self, which: Which) -> Answer<'_, Vec<MessageView>>;
    /// The log of a message with its hashes.
    fn proof(&self, message: MessageId) -> Answer<'_, Option<Proof>>;
    /// Checks the log of every message.
    fn check_logs(&self) -> Answer<'_, LogCheck>;
    /// Withdraws a message that is not begun; `of` limits it to that SDR's. Says whose it was.
    fn cancel(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId>;

    /// Messages that wait for a person's decision, oldest first, with a number above `after`.
    fn in_review(&self, of: Option<SdrId>, after: i64, limit: u32) -> Answer<'_, Vec<ReviewItem>>;
    /// Does what a person decided about a message in review; repeatable.
    fn decide(&self, decide: Decide, now: UtcMs) -> Answer<'_, DecisionAnswer>;
    /// Queues a message again that was given up before it was begun; repeatable. Says whose it was.
    fn requeue(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId>;
    /// Takes back leases that ran out; a message that was begun and whose lease is gone for
    /// `review_after_ms` goes to review. Says whose queues changed.
    fn sweep(&self, review_after_ms: u32, now: UtcMs) -> Answer<'_, Vec<SdrId>>;

    /// What waits for an SDR, of one campaign if one is named; changes nothing.
    fn waiting(
        &self,
        sdr: SdrId,
        campaign: Option<CampaignId>,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Waiting>;
    /// An SDR's figures.
    fn counts(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Counts>;
    /// Leases messages to the SDR's active desktop: at most one per chat, oldest first; a begun one
    /// only to its own desktop. The same claim again leases nothing new.
    fn claim(&self, claim: Claim, now: UtcMs) -> Answer<'_, Claimed>;
    /// Pins a leased message to its desktop.
    fn begin(&self, begin: BeginRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()>;
    /// Prolongs a lease.
    fn renew(&self, renew: RenewRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()>;
    /// Gives a message back that was not begun.
    fn release(&self, release: RenewRequest, now: UtcMs) -> Answer<'_, ()>;
    /// Takes a result and says where the message stands.
    fn report(&self, report: Report, now: UtcMs) -> Answer<'_, MessageState>;

    /// Keeps a reply, once.
    fn reply(&self, reply: ReplyRequest, now: UtcMs) -> Answer<'_, ()>;
    /// Blocks a number for every SDR and withdraws what is not begun.
    fn opt_out(&self, of: OptOutOf, by: SdrId, reason: String, now: UtcMs) -> Answer<'_, OptedOut>;

    /// Numbers that must not be written to, newest first.
    fn opt_outs(&self, page: OptOutPage) -> Answer<'_, FoundOptOuts>;

    /// A page of leads.
    fn leads(&self, page: LeadPage) -> Answer<'_, FoundLeads>;
    /// The ids of leads in the order of their ids, above `after`.
    fn lead_ids(
        &self,
        filter: LeadFilter,
        after: Option<LeadId>,
        limit: u32,
    ) -> Answer<'_, Vec<LeadId>>;
    /// A lead with their messages, those of one SDR if `of` names one.
    fn thread(&self, lead: LeadId, of: Option<SdrId>) -> Answer<'_, Option<Thread>>;
    /// Writes down in which time zone a lead is, instead of what their number tells; none to go by the
    /// number again. Says whose messages wait for them.
    fn put_time_zone(&self, lead: LeadId, zone: Option<String>) -> Answer<'_, Vec<SdrId>>;
    /// Gives leads to SDRs in turn, with what is queued for them, or to nobody; repeatable.
    fn assign(&self, assign: Assign, now: UtcMs) -> Answer<'_, Assigned>;
    /// What [`Store::import`] would do with these numbers; changes nothing.
    fn look_at_phones(&self, phones: Vec<String>) -> Answer<'_, Vec<Imported>>;
    /// Takes rows of a file of leads; repeatable.
    fn import(&self, rows: ImportRows, now: UtcMs) -> Answer<'_, ImportedRows>;

    /// Every text that is kept, by name.
    fn templates(&self) -> Answer<'_, Vec<KeptTemplate>>;
    /// Keeps a text.
    fn add_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate>;
    /// Changes a text that is kept.
    fn change_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate>;
    /// Keeps a text no more; false if there is none.
    fn remove_template(&self, id: TemplateId) -> Answer<'_, bool>;

    /// What texts for these leads are made of, in their order; those that are not there are left out.
    fn lead_facts(&self, leads: Vec<LeadId>) -> Answer<'_, Vec<LeadFacts>>;
    /// Makes a campaign; false if this very one was made before.
    fn add_campaign(&self, new: NewCampaign, now: UtcMs) -> Answer<'_, bool>;
    /// What was asked for under this id, if anything was.
    fn asked_campaign(&self, id: CampaignId) -> Answer<'_, Option<Asked>>;
    /// A campaign as it stands.
    fn campaign(&self, id: CampaignId, now: UtcMs) -> Answer<'_, Option<Campaign>>;
    /// Campaigns, newest first, with a number below `before`.
    fn campaigns(&self, before: i64, limit: u32, now: UtcMs) -> Answer<'_, FoundCampaigns>;
    /// Ends a campaign: none of its recipients waits any more; repeatable.
    fn cancel_campaign(&self, id: CampaignId, by: SdrId, now: UtcMs) -> Answer<'_, ()>;
    /// Withdraws at most so many queued messages of campaigns that were ended.
    fn withdraw_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved>;
    /// Queues at most so many recipients of campaigns that are due, by the rules of [`Store::enqueue`].
    fn start_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved>;

    /// Takes the texts out of messages that left, or ended, before `before`, and out of answers of before
    /// that; at most so many of each. Whether there may be more.
    fn forget_texts(&self, before: UtcMs, most: u32) -> Answer<'_, bool>;
    /// Forgets files that were uploaded before `before` and that only messages without a text carry, at most
    /// so many. The hashes of bytes that no file has any more, until [`Store::bytes_gone`] is told of them.
    fn forget_files(&self, before: UtcMs, most: u32, now: UtcMs) -> Answer<'_, Vec<String>>;
    /// The bytes with this SHA-256 are deleted.
    fn bytes_gone(&self, sha256: String) -> Answer<'_, ()>;

    /// Keeps how an SDR's session stands.
    fn put_session(&self, session: WhatsappSession, now: UtcMs) -> Answer<'_, ()>;
    /// Takes a heartbeat: its desktop is the SDR's active one if no other is. Of another desktop's
    /// session nothing is kept.
    fn beat(&self, session: WhatsappSession, beat: Beat, now: UtcMs) -> Answer<'_, Beaten>;
    /// Makes a desktop the SDR's active one; repeatable.
    fn take_over(&self, request: TakeOverRequest, now: UtcMs) -> Answer<'_, ActiveDesktop>;
    /// Where an SDR is active.
    fn active_desktop(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Option<ActiveDesktop>>;
    /// The key an SDR's desktops close their data with beside the PIN; `offered` if there is none yet.
    fn recovery_key(&self, sdr: SdrId, offered: RecoveryKey) -> Answer<'_, RecoveryKey>;

    /// Keeps what was done, on a desktop or at the server; an entry that is there stays as it is, and
    /// none is ever changed.
    fn put_audit(
        &self,
        entries: Vec<AuditEntry>,
        desktop: Option<DesktopId>,
        told_by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, ()>;
    /// What was done, newest first, with a number below `before`.
    fn audit(&self, of: Option<SdrId>, before: i64, limit: u32) -> Answer<'_, Vec<KeptAudit>>;

    /// How an SDR's session stands.
    fn session(&self, sdr: SdrId) -> Answer<'_, SeenSession>;
    /// How each SDR stands, in no order; `of` limits it to that one.
    fn sdrs(&self, of: Option<SdrId>, now: UtcMs) -> Answer<'_, Vec<SdrRow>>;
    /// Keeps what a person wants of an SDR's WhatsApp for their active desktop, in the place of what
    /// they wanted before.
    fn put_wish(&self, sdr: SdrId, wish: Wish) -> Answer<'_, ()>;
    /// Leases nothing more to an SDR, or does again; repeatable.
    fn stop_sending(&self, sdr: SdrId, stopped: bool, now: UtcMs) -> Answer<'_, ()>;
    /// Whether nothing more is leased to an SDR.
    fn is_stopped(&self, sdr: SdrId) -> Answer<'_, bool>;
    /// What came of the messages of the last `days` days of the office, this one included; `of` limits
    /// it to that SDR's.
    fn figures(&self, of: Option<SdrId>, days: u32, now: UtcMs) -> Answer<'_, Figures>;

    /// Tells a program from now on.
    fn add_webhook(&self, webhook: Webhook) -> Answer<'_, ()>;
    /// Every webhook, oldest first.
    fn webhooks(&self, now: UtcMs) -> Answer<'_, Vec<WebhookView>>;
    /// Tells a program no more, and forgets its log; false if there is none.
    fn remove_webhook(&self, id: String) -> Answer<'_, bool>;
    /// Has one webhook told that it works; false if there is none.
    fn test_webhook(&self, id: String, now: UtcMs) -> Answer<'_, bool>;
    /// Takes deliveries that are due for [`webhooks::TAKEN_MS`], oldest first, and counts the try.
    fn take_webhook_deliveries(
        &self,
        webhook: String,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Vec<Due>>;
    /// Keeps how a try went.
    fn webhook_tried(&self, delivery: String, tried: Tried, now: UtcMs) -> Answer<'_, ()>;
    /// What a webhook was told, newest first, with a number below `before`.
    fn webhook_log(&self, webhook: String, before: i64, limit: u32) -> Answer<'_, Vec<Delivery>>;
    /// Has something told once more; false if there is no such delivery.
    fn replay_webhook_delivery(&self, delivery: String) -> Answer<'_, bool>;
    /// Forgets what happened before `before` and need not be told any more.
    fn forget_webhook_events(&self, before: UtcMs) -> Answer<'_, ()>;
}
