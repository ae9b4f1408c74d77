//! The store for several server processes: one PostgreSQL database, as many connections as work is at
//! hand.
//!
//! - By tokio-postgres with deadpool's pool, and not by sqlx: SQL and rows are written and read by hand
//!   here as in the store beside, so of sqlx only the driver would be used.
//! - Each call is one transaction: READ COMMITTED for what changes, one REPEATABLE READ snapshot for
//!   what looks. Whoever changes a message first holds its SDR's queue, an advisory lock that ends with
//!   the transaction, and reads after that. So whatever has to do with one SDR (heads of chats, the
//!   day's cap, the active desktop, the log) happens one after the other in all processes, as at
//!   SQLite's one writer, and different SDRs never wait for each other. SERIALIZABLE would find the same
//!   conflicts later and throw the work away: two hundred desktops that look at one index are, to it,
//!   two hundred conflicts.
//! - A conflict that is left (a deadlock, a key inserted twice) is tried again a few times at random
//!   intervals, then answered "busy". A connection lost before the commit took everything back; one
//!   lost at the commit leaves the call done or not done, and every call may be repeated.

mod address;
mod assign;
mod audit;
mod bells;
mod campaign_queue;
mod campaigns;
mod desktops;
mod fault;
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
mod transaction;
mod webhooks;
mod wishes;

pub use address::Address;
pub use bells::Bells;
pub use open::{Planned, plan};

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
    Office, OpenError, OptOutOf, OptedOut, RecoveryKey, Report, SeenSession, Store, TokenHash,
    Waiting, Which,
};
use deadpool_postgres::Pool;
use fault::Done;
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
use std::future::Future;
use transaction::{Db, Kind, Tries};

/// A queue in a PostgreSQL database.
pub struct PostgresStore {
    pool: Pool,
}

impl PostgresStore {
    /// Connects to a database that is there, and brings it to this version.
    pub async fn open(address: &Address) -> Result<Self, OpenError> {
        open::migrate(address).await?;
        let store = Self {
            pool: open::pool(address)?,
        };
        store
            .look_at_zones()
            .await
            .map_err(|error| address.zones_not_looked_at(&error))?;
        Ok(store)
    }
}

async fn ok<T>(work: impl Future<Output = Done<T>>) -> Done<Outcome<T>> {
    work.await.map(Ok)
}

/// One call: a transaction, tried again while another one is in the way.
macro_rules! call {
    ($store:ident, $kind:expr, |$db:ident| $work:expr) => {
        Box::pin(async move {
            let mut tries = Tries::default();
            loop {
                let outcome = match Db::begin(&$store.pool, $kind).await {
                    Ok($db) => {
                        let done = $work.await;
                        $db.end(done).await
                    }
                    Err(fault) => Err(fault),
                };
                if let Some(answer) = tries.answer(outcome).await {
                    return answer;
                }
            }
        })
    };
}

impl PostgresStore {
    /// What was queued before a server of this version was there.
    fn look_at_zones(&self) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(lanes::look_at_zones(&db)))
    }
}

impl Store for PostgresStore {
    fn office(&self) -> Answer<'_, Office> {
        call!(self, Kind::Read, |db| ok(people::office(&db)))
    }

    fn put_office(&self, office: Office) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(people::put_office(&db, &office)))
    }

    fn put_person(&self, credentials: Credentials) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(people::put_person(
            &db,
            &credentials
        )))
    }

    fn credentials(&self, email: String) -> Answer<'_, Option<Credentials>> {
        call!(self, Kind::Read, |db| ok(people::credentials(&db, &email)))
    }

    fn add_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        desktop: Option<DesktopId>,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(people::add_token(
            &db,
            &hash,
            &person,
            desktop.as_ref(),
            now
        )))
    }

    fn add_browser_token(
        &self,
        hash: TokenHash,
        person: SdrId,
        ends_at: UtcMs,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(people::add_browser_token(
            &db, &hash, &person, ends_at, now
        )))
    }

    fn holder(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, Option<Holder>> {
        call!(self, Kind::Read, |db| ok(people::holder(&db, &hash, now)))
    }

    fn revoke_token(&self, hash: TokenHash, now: UtcMs) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(people::revoke_token(
            &db, &hash, now
        )))
    }

    fn revoke_tokens(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| people::revoke_tokens(
            &db, &sdr, now
        ))
    }

    fn enqueue(&self, message: NewMessage, now: UtcMs) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| messages::enqueue(
            &db, &message, now
        ))
    }

    fn put_file(&self, file: Attachment, by: SdrId, now: UtcMs) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(files::put(&db, &file, &by, now)))
    }

    fn file_of(&self, file: FileId, sdr: SdrId) -> Answer<'_, Option<Attachment>> {
        call!(self, Kind::Read, |db| ok(files::of_sdr(&db, &file, &sdr)))
    }

    fn messages(&self, which: Which) -> Answer<'_, Vec<MessageView>> {
        call!(self, Kind::Read, |db| ok(messages::list(&db, &which)))
    }

    fn proof(&self, message: MessageId) -> Answer<'_, Option<Proof>> {
        call!(self, Kind::Read, |db| ok(log::proof(&db, &message)))
    }

    fn check_logs(&self) -> Answer<'_, LogCheck> {
        call!(self, Kind::Read, |db| ok(log::check(&db)))
    }

    fn cancel(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId> {
        call!(self, Kind::Write, |db| messages::cancel(
            &db,
            &message,
            of.as_ref(),
            &by,
            now
        ))
    }

    fn in_review(&self, of: Option<SdrId>, after: i64, limit: u32) -> Answer<'_, Vec<ReviewItem>> {
        call!(self, Kind::Read, |db| ok(review::list(
            &db,
            of.as_ref(),
            after,
            limit
        )))
    }

    fn decide(&self, decide: Decide, now: UtcMs) -> Answer<'_, DecisionAnswer> {
        call!(self, Kind::Write, |db| review::decide(&db, &decide, now))
    }

    fn requeue(
        &self,
        message: MessageId,
        of: Option<SdrId>,
        by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, SdrId> {
        call!(self, Kind::Write, |db| review::requeue(
            &db,
            &message,
            of.as_ref(),
            &by,
            now
        ))
    }

    fn sweep(&self, review_after_ms: u32, now: UtcMs) -> Answer<'_, Vec<SdrId>> {
        call!(self, Kind::Write, |db| ok(review::sweep(
            &db,
            review_after_ms,
            now
        )))
    }

    fn waiting(
        &self,
        sdr: SdrId,
        campaign: Option<CampaignId>,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Waiting> {
        call!(self, Kind::Read, |db| queue::waiting(
            &db,
            &sdr,
            campaign.as_ref(),
            limit,
            now
        ))
    }

    fn counts(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Counts> {
        call!(self, Kind::Read, |db| ok(queue::counts_now(&db, &sdr, now)))
    }

    fn claim(&self, claim: Claim, now: UtcMs) -> Answer<'_, Claimed> {
        call!(self, Kind::Write, |db| leases::claim(&db, &claim, now))
    }

    fn begin(&self, begin: BeginRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| leases::begin(
            &db, &begin, lease_ms, now
        ))
    }

    fn renew(&self, renew: RenewRequest, lease_ms: u32, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| leases::renew(
            &db, &renew, lease_ms, now
        ))
    }

    fn release(&self, release: RenewRequest, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| leases::release(&db, &release, now))
    }

    fn report(&self, report: Report, now: UtcMs) -> Answer<'_, MessageState> {
        call!(self, Kind::Write, |db| results::report(&db, &report, now))
    }

    fn reply(&self, reply: ReplyRequest, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| results::reply(&db, &reply, now))
    }

    fn opt_out(&self, of: OptOutOf, by: SdrId, reason: String, now: UtcMs) -> Answer<'_, OptedOut> {
        call!(self, Kind::Write, |db| opt_outs::opt_out(
            &db, &of, &by, &reason, now
        ))
    }

    fn opt_outs(&self, page: OptOutPage) -> Answer<'_, FoundOptOuts> {
        call!(self, Kind::Read, |db| ok(opt_outs::page(&db, &page)))
    }

    fn leads(&self, page: LeadPage) -> Answer<'_, FoundLeads> {
        call!(self, Kind::Read, |db| ok(leads::page(&db, &page)))
    }

    fn lead_ids(
        &self,
        filter: LeadFilter,
        after: Option<LeadId>,
        limit: u32,
    ) -> Answer<'_, Vec<LeadId>> {
        call!(self, Kind::Read, |db| ok(leads::ids(
            &db,
            &filter,
            after.as_ref(),
            limit
        )))
    }

    fn thread(&self, lead: LeadId, of: Option<SdrId>) -> Answer<'_, Option<Thread>> {
        call!(self, Kind::Read, |db| ok(leads::thread(
            &db,
            &lead,
            of.as_ref()
        )))
    }

    fn put_time_zone(&self, lead: LeadId, zone: Option<String>) -> Answer<'_, Vec<SdrId>> {
        call!(self, Kind::Write, |db| leads::put_time_zone(
            &db,
            &lead,
            zone.as_deref()
        ))
    }

    fn assign(&self, assign: Assign, now: UtcMs) -> Answer<'_, Assigned> {
        call!(self, Kind::Write, |db| assign::assign(&db, &assign, now))
    }

    fn look_at_phones(&self, phones: Vec<String>) -> Answer<'_, Vec<Imported>> {
        call!(self, Kind::Read, |db| ok(imports::look(
            &db,
            phones.iter().map(String::as_str)
        )))
    }

    fn import(&self, rows: ImportRows, now: UtcMs) -> Answer<'_, ImportedRows> {
        call!(self, Kind::Write, |db| imports::import(&db, &rows, now))
    }

    fn templates(&self) -> Answer<'_, Vec<KeptTemplate>> {
        call!(self, Kind::Read, |db| ok(templates::list(&db)))
    }

    fn add_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate> {
        call!(self, Kind::Write, |db| templates::add(&db, &new, now))
    }

    fn change_template(&self, new: NewTemplate, now: UtcMs) -> Answer<'_, KeptTemplate> {
        call!(self, Kind::Write, |db| templates::change(&db, &new, now))
    }

    fn remove_template(&self, id: TemplateId) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(templates::remove(&db, &id)))
    }

    fn lead_facts(&self, leads: Vec<LeadId>) -> Answer<'_, Vec<LeadFacts>> {
        call!(self, Kind::Read, |db| ok(campaigns::lead_facts(
            &db, &leads
        )))
    }

    fn add_campaign(&self, new: NewCampaign, now: UtcMs) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| campaigns::add(&db, &new, now))
    }

    fn asked_campaign(&self, id: CampaignId) -> Answer<'_, Option<Asked>> {
        call!(self, Kind::Read, |db| ok(campaigns::asked(&db, &id)))
    }

    fn campaign(&self, id: CampaignId, now: UtcMs) -> Answer<'_, Option<Campaign>> {
        call!(self, Kind::Read, |db| ok(campaigns::one(&db, &id, now)))
    }

    fn campaigns(&self, before: i64, limit: u32, now: UtcMs) -> Answer<'_, FoundCampaigns> {
        call!(self, Kind::Read, |db| ok(campaigns::list(
            &db, before, limit, now
        )))
    }

    fn cancel_campaign(&self, id: CampaignId, by: SdrId, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| campaigns::cancel(
            &db, &id, &by, now
        ))
    }

    fn withdraw_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved> {
        call!(self, Kind::Write, |db| ok(campaign_queue::withdraw(
            &db, most, now
        )))
    }

    fn start_campaigns(&self, most: u32, now: UtcMs) -> Answer<'_, Moved> {
        call!(self, Kind::Write, |db| ok(campaign_queue::start(
            &db, most, now
        )))
    }

    fn forget_texts(&self, before: UtcMs, most: u32) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(retention::forget(
            &db, before, most
        )))
    }

    fn forget_files(&self, before: UtcMs, most: u32, now: UtcMs) -> Answer<'_, Vec<String>> {
        call!(self, Kind::Write, |db| ok(retention::forget_files(
            &db, before, most, now
        )))
    }

    fn bytes_gone(&self, sha256: String) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(retention::bytes_gone(
            &db, &sha256
        )))
    }

    fn put_session(&self, session: WhatsappSession, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(sessions::put_session(
            &db, &session, None, now
        )))
    }

    fn beat(&self, session: WhatsappSession, beat: Beat, now: UtcMs) -> Answer<'_, Beaten> {
        call!(self, Kind::Write, |db| ok(desktops::beat(
            &db, &session, &beat, now
        )))
    }

    fn take_over(&self, request: TakeOverRequest, now: UtcMs) -> Answer<'_, ActiveDesktop> {
        call!(self, Kind::Write, |db| desktops::take_over(
            &db, &request, now
        ))
    }

    fn active_desktop(&self, sdr: SdrId, now: UtcMs) -> Answer<'_, Option<ActiveDesktop>> {
        call!(self, Kind::Read, |db| desktops::active(&db, &sdr, now))
    }

    fn recovery_key(&self, sdr: SdrId, offered: RecoveryKey) -> Answer<'_, RecoveryKey> {
        call!(self, Kind::Write, |db| people::recovery_key(
            &db, &sdr, offered
        ))
    }

    fn put_audit(
        &self,
        entries: Vec<AuditEntry>,
        desktop: Option<DesktopId>,
        told_by: SdrId,
        now: UtcMs,
    ) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(audit::put(
            &db,
            &entries,
            desktop.as_ref(),
            &told_by,
            now
        )))
    }

    fn audit(&self, of: Option<SdrId>, before: i64, limit: u32) -> Answer<'_, Vec<KeptAudit>> {
        call!(self, Kind::Read, |db| ok(audit::list(
            &db,
            of.as_ref(),
            before,
            limit
        )))
    }

    fn session(&self, sdr: SdrId) -> Answer<'_, SeenSession> {
        call!(self, Kind::Read, |db| sessions::session(&db, &sdr))
    }

    fn sdrs(&self, of: Option<SdrId>, now: UtcMs) -> Answer<'_, Vec<SdrRow>> {
        call!(self, Kind::Read, |db| ok(sdrs::list(&db, of.as_ref(), now)))
    }

    fn put_wish(&self, sdr: SdrId, wish: Wish) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| wishes::put(&db, &sdr, &wish))
    }

    fn stop_sending(&self, sdr: SdrId, stopped: bool, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| wishes::stop(
            &db, &sdr, stopped, now
        ))
    }

    fn is_stopped(&self, sdr: SdrId) -> Answer<'_, bool> {
        call!(self, Kind::Read, |db| wishes::stopped(&db, &sdr))
    }

    fn figures(&self, of: Option<SdrId>, days: u32, now: UtcMs) -> Answer<'_, Figures> {
        call!(self, Kind::Read, |db| ok(figures::read(
            &db,
            of.as_ref(),
            days,
            now
        )))
    }

    fn add_webhook(&self, webhook: Webhook) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(webhooks::add(&db, &webhook)))
    }

    fn webhooks(&self, now: UtcMs) -> Answer<'_, Vec<WebhookView>> {
        call!(self, Kind::Read, |db| ok(webhooks::list(&db, now)))
    }

    fn remove_webhook(&self, id: String) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(webhooks::remove(&db, &id)))
    }

    fn test_webhook(&self, id: String, now: UtcMs) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(webhooks::test(&db, &id, now)))
    }

    fn take_webhook_deliveries(
        &self,
        webhook: String,
        limit: u32,
        now: UtcMs,
    ) -> Answer<'_, Vec<Due>> {
        call!(self, Kind::Write, |db| ok(webhooks::take(
            &db, &webhook, limit, now
        )))
    }

    fn webhook_tried(&self, delivery: String, tried: Tried, now: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(webhooks::tried(
            &db, &delivery, &tried, now
        )))
    }

    fn webhook_log(&self, webhook: String, before: i64, limit: u32) -> Answer<'_, Vec<Delivery>> {
        call!(self, Kind::Read, |db| ok(webhooks::log(
            &db, &webhook, before, limit
        )))
    }

    fn replay_webhook_delivery(&self, delivery: String) -> Answer<'_, bool> {
        call!(self, Kind::Write, |db| ok(webhooks::replay(&db, &delivery)))
    }

    fn forget_webhook_events(&self, before: UtcMs) -> Answer<'_, ()> {
        call!(self, Kind::Write, |db| ok(webhooks::forget(&db, before)))
    }
}
