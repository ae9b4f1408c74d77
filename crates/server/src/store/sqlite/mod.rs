//! The embedded store: one SQLite file, one writer, readers beside it (WAL, synchronous=FULL).

mod assign;
mod audit;
mod backup;
mod campaign_queue;
mod campaigns;
mod desktops;
mod figures;
mod files;
mod imports;
mod lanes;
mod leads;
mod leases;
mod log;
mod messages;
mod open;
mod opt_outs;
mod people;
mod queue;
mod results;
mod retention;
mod review;
mod row;
mod sdrs;
mod sessions;
mod templates;
mod webhooks;
mod wishes;
mod worker;

pub use backup::{BackupError, back_up};
pub use open::plan;

use super::campaigns::{
    Asked, FoundCampaigns, KeptTemplate, LeadFacts, Moved, NewCampaign, NewTemplate,
};
use super::leads::{
    Assign, Assigned, FoundLeads, FoundOptOuts, ImportRows, Imported, ImportedRows, LeadFilter,
    LeadPage, OptOutPage, Thread,
};
use super::proof::{LogCheck, Proof};
use super::review::{Decide, DecisionAnswer, ReviewItem};
use super::webhooks::{Delivery, Due, Tried, Webhook, WebhookView};
use super::{
    Answer, Beat, Beaten, Claim, Claimed, Counts, Credentials, Holder, MessageView, NewMessage,
    Office, OpenError, OptOutOf, OptedOut, RecoveryKey, Report, SeenSession, Store, StoreError,
    TokenHash, Waiting, Which,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditEntry, KeptAudit};
use hotdesk_protocol::dashboard::{Campaign, Figures, SdrRow};
use hotdesk_protocol::file::Attachment;
use hotdesk_protocol::ids::{CampaignId, DesktopId, FileId, LeadId, MessageId, SdrId, TemplateId};
use hotdesk_protocol::queue::{
    ActiveDesktop, BeginRequest, RenewRequest, ReplyRequest, TakeOverRequest, WhatsappSession, Wish,
};
use hotdesk_protocol::session::MessageState;
use row::Outcome;
use rusqlite::Connection;
use std::path::Path;
use worker::Worker;

/// A queue in a SQLite file.
pub struct SqliteStore {
    writer: Worker,
    /// None in memory, where there is one connection.
    reader: Option<Worker>,
}

impl SqliteStore {
    /// Opens the file, creates it (mode 0600) if there is none, and brings it to this version.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let no_thread = |error: std::io::Error| OpenError::NotWritable {
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        let writer = Worker::start("store-writer", open::writer(path)?, "BEGIN IMMEDIATE")
            .map_err(no_thread)?;
        let reader =
            Worker::start("store-reader", open::reader(path)?, "BEGIN").map_err(no_thread)?;
        Ok(Self {
            writer,
            reader: Some(reader),
        })
    }

    /// A queue that is gone when it is dropped.
    pub fn in_memory() -> Result<Self, OpenError> {
        let writer = Worker::start("store-writer", open::in_memory()?, "BEGIN IMMEDIATE").map_err(
            |error| OpenError::NotWritable {
                path: ":memory:".to_owned(),
                reason: error.to_string(),
            },
        )?;
        Ok(Self {
            writer,
            reader: None,
        })
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(self.writer.call(work))
    }

    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(self.reader.as_ref().unwrap_or(&self.writer).call(work))
    }

    fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<Outcome<T>> + Send + 'static,
    ) -> Answer<'_, T> {
        granted(self.write(work))
    }
}

fn granted<'a, T: Send + 'a>(outcome: Answer<'a, Outcome<T>>) -> Answer<'a, T> {
    Box::pin(async { outcome.await?.map_err(StoreError::from) })
}

impl Store for SqliteStore {
    fn office(&self) -> Answer<'_, Office> {
        self.read(people::office)
    }

    fn put_office(&self, office: Office) -> Answer<'_, ()> {
        self.write(move |db| people::put_office(db, &office))
    }

    fn put_person(&self, credentials: Credentials) -> Answer<'_, ()> {
        self.write(move |db| people::put_person(db, &credentials))
    }

    fn credentials(&self, email: String) -> Answer<'_, Option<Credentials>> {
        self.read(move |db| people::credentials(db, &email))
    }

    fn add_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        desktop: Option<DesktopId>,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        self.write(move |db| people::add_token(db, &hash, &person, desktop.as_ref(), now))
    }

    fn add_browser_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        ends_at: UtcMs,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        self.write(move |db| people::add_browser_token(db, &hash, &person, ends_at, now))
    }

    fn holder(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, Option<Holder>> {
        self.read(move |db| people::holder(db, &hash, now))
    }

    fn revoke_token(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, bool> {
        self.write(move |db| people::revoke_token(db, &hash, now))
    }

    fn revoke_tokens(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| people::revoke_tokens(db, &sdr, now))
    }

    fn enqueue(&self, message: NewMessage, now: UtcMs) -> Answer<'_, bool> {
        self.change(move |db| messages::enqueue(db, &message, now))
    }

    fn put_file(&self, file: Attachment, by: SdrId, now: UtcMs) -> Answer<'_, bool> {
        self.write(move |db| files::put(db, &file, &by, now))
    }

    fn file_of(&self, file: FileId, sdr: SdrId) -> Answer<'_, Option<Attachment>> {
        self.read(move |db| files::of_sdr(db, &file, &sdr))
    }

    fn messages(&self, which: Which) -> Answer<'_, Vec<MessageView>> {
        self.read(move |db| messages::list(db, &which))
    }

    fn proof(&self, message: MessageId) -> Answer<'_, Option<Proof>> {
        self.read(move |db| log::proof(db, &message))
    }

    fn check_logs(&self) -> Answer<'_, LogCheck> {
        self.read(log::check)
    }

    fn cancel(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId> {
        self.change(move |db| messages::cancel(db, &message, of.as_ref(), &by, now))
    }

    fn in_review(&self, of: Option<SdrId>, after: i64, limit: u32) -> Answer<'_, Vec<ReviewItem>> {
        self.read(move |db| review::list(db, of.as_ref(), after, limit))
    }

    fn decide(&self, decide: Decide, now: UtcMs) -> Answer<'_, DecisionAnswer> {
        self.change(move |db| review::decide(db, &decide, now))
    }

    fn requeue(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId> {
        self.change(move |db| review::requeue(db, &message, of.as_ref(), &by, now))
    }

    fn sweep(&self, review_after_ms: u32, now: UtcMs) -> Answer<'_, Vec<SdrId>> {
        self.write(move |db| review::sweep(db, review_after_ms, now))
    }

    fn waiting(
        &self,
        sdr: SdrId,
        campaign: Option<CampaignId>,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Waiting> {
        granted(self.read(move |db| queue::waiting(db, &sdr, campaign.as_ref(), limit, now)))
    }

    fn counts(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Counts> {
        self.read(move |db| queue::counts(db, &people::office(db)?, &sdr, now))
    }

    fn claim(&self, claim: Claim, now: UtcMs) -> Answer<'_, Claimed> {
        self.change(move |db| leases::claim(db, &claim, now))
    }

    fn begin(&self, begin: BeginRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| leases::begin(db, &begin, lease_ms, now))
    }

    fn renew(&self, renew: RenewRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| leases::renew(db, &renew, lease_ms, now))
    }

    fn release(&self, release: RenewRequest, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| leases::release(db, &release, now))
    }

    fn report(&self, report: Report, now: UtcMs) -> Answer<'_, MessageState> {
        self.change(move |db| results::report(db, &report, now))
    }

    fn reply(&self, reply: ReplyRequest, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| results::reply(db, &reply, now))
    }

    fn opt_out(&self, of: OptOutOf, by: SdrId, reason: String, now: UtcMs) -> Answer<'_, OptedOut> {
        self.change(move |db| opt_outs::opt_out(db, &of, &by, &reason, now))
    }

    fn opt_outs(&self, page: OptOutPage) -> Answer<'_, FoundOptOuts> {
        self.read(move |db| opt_outs::page(db, &page))
    }

    fn leads(&self, page: LeadPage) -> Answer<'_, FoundLeads> {
        self.read(move |db| leads::page(db, &page))
    }

    fn lead_ids(
        &self,
        filter: LeadFilter,
        after: Option<LeadId>,
        limit: u32,
    ) -> Answer<'_, Vec<LeadId>> {
        self.read(move |db| leads::ids(db, &filter, after.as_ref(), limit))
    }

    fn thread(&self, lead: LeadId, of: Option<SdrId>) -> Answer<'_, Option<Thread>> {
        self.read(move |db| leads::thread(db, &lead, of.as_ref()))
    }

    fn put_time_zone(&self, lead: LeadId, zone: Option<String>) -> Answer<'_, Vec<SdrId>> {
        self.change(move |db| leads::put_time_zone(db, &lead, zone.as_deref()))
    }

    fn assign(&self, assign: Assign, now: UtcMs) -> Answer<'_, Assigned> {
        self.change(move |db| assign::assign(db, &assign, now))
    }

    fn look_at_phones(&self, phones: Vec<String>) -> Answer<'_, Vec<Imported>> {
        self.read(move |db| {
            phones
                .iter()
                .map(|phone| imports::look(db, phone))
                .collect()
        })
    }

    fn import(&self, rows: ImportRows, now: UtcMs) -> Answer<'_, ImportedRows> {
        self.change(move |db| imports::import(db, &rows, now))
    }

    fn templates(&self) -> Answer<'_, Vec<KeptTemplate>> {
        self.read(templates::list)
    }

    fn add_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate> {
        self.change(move |db| templates::add(db, &new, now))
    }

    fn change_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate> {
        self.change(move |db| templates::change(db, &new, now))
    }

    fn remove_template(&self, id: TemplateId) -> Answer<'_, bool> {
        self.write(move |db| templates::remove(db, &id))
    }

    fn lead_facts(&self, leads: Vec<LeadId>) -> Answer<'_, Vec<LeadFacts>> {
        self.read(move |db| campaigns::lead_facts(db, &leads))
    }

    fn add_campaign(&self, new: NewCampaign, now: UtcMs) -> Answer<'_, bool> {
        self.change(move |db| campaigns::add(db, &new, now))
    }

    fn asked_campaign(&self, id: CampaignId) -> Answer<'_, Option<Asked>> {
        self.read(move |db| campaigns::asked(db, &id))
    }

    fn campaign(&self, id: CampaignId, now: UtcMs) -> Answer<'_, Option<Campaign>> {
        self.read(move |db| campaigns::one(db, &id, now))
    }

    fn campaigns(&self, before: i64, limit: u32, now: UtcMs) -> Answer<'_, FoundCampaigns> {
        self.read(move |db| campaigns::list(db, before, limit, now))
    }

    fn cancel_campaign(&self, id: CampaignId, by: SdrId, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| campaigns::cancel(db, &id, &by, now))
    }

    fn withdraw_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved> {
        self.write(move |db| campaign_queue::withdraw(db, most, now))
    }

    fn start_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved> {
        self.write(move |db| campaign_queue::start(db, most, now))
    }

    fn forget_texts(&self, before: UtcMs, most: u32) -> Answer<'_, bool> {
        self.write(move |db| retention::forget(db, before, most))
    }

    fn forget_files(&self, before: UtcMs, most: u32, now: UtcMs) -> Answer<'_, Vec<String>> {
        self.write(move |db| retention::forget_files(db, before, most, now))
    }

    fn bytes_gone(&self, sha256: String) -> Answer<'_, ()> {
        self.write(move |db| retention::bytes_gone(db, &sha256))
    }

    fn put_session(&self, session: WhatsappSession, now: UtcMs) -> Answer<'_, ()> {
        self.write(move |db| sessions::put_session(db, &session, None, now))
    }

    fn beat(&self, session: WhatsappSession, beat: Beat, now: UtcMs) -> Answer<'_, Beaten> {
        self.write(move |db| desktops::beat(db, &session, &beat, now))
    }

    fn take_over(&self, request: TakeOverRequest, now: UtcMs) -> Answer<'_, ActiveDesktop> {
        self.change(move |db| desktops::take_over(db, &request, now))
    }

    fn active_desktop(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Option<ActiveDesktop>> {
        granted(self.read(move |db| desktops::active(db, &sdr, now)))
    }

    fn recovery_key(&self, sdr: SdrId, offered: RecoveryKey) -> Answer<'_, RecoveryKey> {
        self.change(move |db| people::recovery_key(db, &sdr, offered))
    }

    fn put_audit(
        &self,
        entries: Vec<AuditEntry>,
        desktop: Option<DesktopId>,
        told_by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        self.write(move |db| audit::put(db, &entries, desktop.as_ref(), &told_by, now))
    }

    fn audit(&self, of: Option<SdrId>, before: i64, limit: u32) -> Answer<'_, Vec<KeptAudit>> {
        self.read(move |db| audit::list(db, of.as_ref(), before, limit))
    }

    fn session(&self, sdr: SdrId) -> Answer<'_, SeenSession> {
        granted(self.read(move |db| sessions::session(db, &sdr)))
    }

    fn sdrs(&self, of: Option<SdrId>, now: UtcMs) -> Answer<'_, Vec<SdrRow>> {
        self.read(move |db| sdrs::list(db, of.as_ref(), now))
    }

    fn put_wish(&self, sdr: SdrId, wish: Wish) -> Answer<'_, ()> {
        self.change(move |db| wishes::put(db, &sdr, &wish))
    }

    fn stop_sending(&self, sdr: SdrId, stopped: bool, now: UtcMs) -> Answer<'_, ()> {
        self.change(move |db| wishes::stop(db, &sdr, stopped, now))
    }

    fn is_stopped(&self, sdr: SdrId) -> Answer<'_, bool> {
        granted(self.read(move |db| wishes::stopped(db, &sdr)))
    }

    fn figures(&self, of: Option<SdrId>, days: u32, now: UtcMs) -> Answer<'_, Figures> {
        self.read(move |db| figures::read(db, of.as_ref(), days, now))
    }

    fn add_webhook(&self, webhook: Webhook) -> Answer<'_, ()> {
        self.write(move |db| webhooks::add(db, &webhook))
    }

    fn webhooks(&self, now: UtcMs) -> Answer<'_, Vec<WebhookView>> {
        self.read(move |db| webhooks::list(db, now))
    }

    fn remove_webhook(&self, id: String) -> Answer<'_, bool> {
        self.write(move |db| webhooks::remove(db, &id))
    }

    fn test_webhook(&self, id: String, now: UtcMs) -> Answer<'_, bool> {
        self.write(move |db| webhooks::test(db, &id, now))
    }

    fn take_webhook_deliveries(
        &self,
        webhook: String,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Vec<Due>> {
        self.write(move |db| webhooks::take(db, &webhook, limit, now))
    }

    fn webhook_tried(&self, delivery: String, tried: Tried, now: UtcMs) -> Answer<'_, ()> {
        self.write(move |db| webhooks::tried(db, &delivery, &tried, now))
    }

    fn webhook_log(&self, webhook: String, before: i64, limit: u32) -> Answer<'_, Vec<Delivery>> {
        self.read(move |db| webhooks::log(db, &webhook, before, limit))
    }

    fn replay_webhook_delivery(&self, delivery: String) -> Answer<'_, bool> {
        self.write(move |db| webhooks::replay(db, &delivery))
    }

    fn forget_webhook_events(&self, before: UtcMs) -> Answer<'_, ()> {
        self.write(move |db| webhooks::forget(db, before))
    }
}
