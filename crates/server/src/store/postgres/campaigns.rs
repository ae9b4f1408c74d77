//! Tables `campaigns` and `campaign_recipients`: making campaigns, and how they stand.

use super::fault::{Done, Fault};
use super::row::{Outcome, number, state};
use super::transaction::Db;
use crate::cursor;
use crate::store::Refusal;
use crate::store::campaigns::{
    Asked, FoundCampaigns, Head, LeadFacts, NewCampaign, NewRecipient, Tally, reason_name,
    refused_state,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::Campaign;
use hotdesk_protocol::ids::{CampaignId, LeadId, SdrId};
use std::collections::HashMap;
use tokio_postgres::Row;

/// Recipients of one statement.
const ROWS: usize = 1_000;

/// What is known of these leads, in their order; those that are not there are left out.
pub(super) async fn lead_facts(db: &Db, leads: &[LeadId]) -> Done<Vec<LeadFacts>> {
    // No column can hold that character, so no lead has it in their id.
    let possible = |lead: &&str| !lead.contains('\0');
    let ids = leads.iter().map(LeadId::as_str).filter(possible);
    let ids: Vec<&str> = ids.collect();
    let sql = "SELECT b.lead_id, coalesce(l.name::text, ''), l.company::text, l.position::text,
             l.site::text, l.pain::text, b.sdr_id, coalesce(l.consent::text, '') <> '',
             b.opted_out, NOT EXISTS (
                 SELECT 1 FROM hotdesk_queue.messages m
                 WHERE m.phone = b.phone AND m.sent_at_ms IS NOT NULL)
         FROM hotdesk_queue.lead_book b JOIN leads l ON l.id::text = b.lead_id COLLATE \"default\"
         WHERE b.lead_id = ANY($1)";
    let rows = db.rows(sql, &[&ids]).await?;
    let found = rows.iter().map(|row| {
        let facts = facts(row)?;
        Ok((facts.id.clone(), facts))
    });
    let mut found = found.collect::<Done<HashMap<_, _>>>()?;
    Ok(leads.iter().filter_map(|lead| found.remove(lead)).collect())
}

fn facts(row: &Row) -> Done<LeadFacts> {
    Ok(LeadFacts {
        id: LeadId(row.try_get(0)?),
        name: row.try_get(1)?,
        company: row.try_get(2)?,
        position: row.try_get(3)?,
        site: row.try_get(4)?,
        pain: row.try_get(5)?,
        sdr_id: row.try_get::<_, Option<String>>(6)?.map(SdrId),
        consents: row.try_get(7)?,
        opted_out: row.try_get(8)?,
        fresh: row.try_get(9)?,
    })
}

/// What was asked for under this id, if anything was.
pub(super) async fn asked(db: &Db, id: &CampaignId) -> Done<Option<Asked>> {
    let sql = "SELECT asked FROM hotdesk_queue.campaigns WHERE id = $1";
    let Some(row) = db.row(sql, &[&id.as_str()]).await? else {
        return Ok(None);
    };
    let asked = Asked::try_from(row.try_get::<_, &[u8]>(0)?);
    asked.map(Some).map_err(|_| Fault::Unreadable("asked"))
}

/// False if this very campaign was made before. Two that are made under one id at once do not see each
/// other; the second is tried again and sees the first.
pub(super) async fn add(db: &Db, new: &NewCampaign, now: UtcMs) -> Done<Outcome<bool>> {
    match asked(db, &new.id).await? {
        Some(before) if before == new.asked => return Ok(Ok(false)),
        Some(_) => return Ok(Err(Refusal::CampaignIdTaken)),
        None => {}
    }
    db.run(
        "INSERT INTO hotdesk_queue.campaigns (id, name, text, asked, created_by, created_at_ms,
             starts_at_ms, total)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &new.id.as_str(),
            &new.name,
            &new.text,
            &new.asked.as_slice(),
            &new.by.as_str(),
            &now.0,
            &new.starts_at_ms.0,
            &i64::try_from(new.recipients.len()).unwrap_or(i64::MAX),
        ],
    )
    .await?;
    let mut first = 1_i64;
    for recipients in new.recipients.chunks(ROWS) {
        add_recipients(db, &new.id, first, recipients).await?;
        first = first.saturating_add(i64::try_from(recipients.len()).unwrap_or(i64::MAX));
    }
    Ok(Ok(true))
}

async fn add_recipients(
    db: &Db,
    campaign: &CampaignId,
    first: i64,
    recipients: &[NewRecipient],
) -> Done<()> {
    let leads: Vec<_> = recipients.iter().map(|it| it.lead.as_str()).collect();
    let sdrs = recipients
        .iter()
        .map(|it| it.sdr.as_ref().map(SdrId::as_str));
    let sdrs: Vec<_> = sdrs.collect();
    let texts = recipients
        .iter()
        .map(|it| it.gets.as_deref().ok())
        .collect::<Vec<Option<&str>>>();
    let reasons = || recipients.iter().map(|it| it.gets.as_ref().err().copied());
    let states: Vec<_> = reasons()
        .map(|reason| reason.map_or("waiting", |reason| refused_state(Some(reason))))
        .collect();
    let reasons: Vec<_> = reasons().map(|reason| reason.map(reason_name)).collect();
    db.run(
        "INSERT INTO hotdesk_queue.campaign_recipients (campaign_id, n, lead_id, sdr_id, text, state,
             reason)
         SELECT $1, $2 + r.nth - 1, r.lead, r.sdr, r.words, r.state, r.reason
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
             WITH ORDINALITY AS r (lead, sdr, words, state, reason, nth)",
        &[
            &campaign.as_str(),
            &first,
            &leads,
            &sdrs,
            &texts,
            &states,
            &reasons,
        ],
    )
    .await
    .map(drop)
}

/// What waits is withdrawn, once whoever queues some of it has done so; what is queued is left to
/// [`super::campaign_queue::withdraw`].
pub(super) async fn cancel(db: &Db, id: &CampaignId, by: &SdrId, now: UtcMs) -> Done<Outcome<()>> {
    if asked(db, id).await?.is_none() {
        return Ok(Err(Refusal::NoSuchCampaign));
    }
    let sql = "UPDATE hotdesk_queue.campaigns SET cancelled_by = $2,
             cancelled_at_ms = coalesce(cancelled_at_ms, $3), withdrawn = false WHERE id = $1";
    db.run(sql, &[&id.as_str(), &by.as_str(), &now.0]).await?;
    let sql = "UPDATE hotdesk_queue.campaign_recipients SET state = 'withdrawn', text = NULL
         WHERE campaign_id = $1 AND state = 'waiting'";
    db.run(sql, &[&id.as_str()]).await?;
    Ok(Ok(()))
}

const HEAD: &str = "SELECT c.seq, c.id, c.name, c.text, c.created_at_ms,
         coalesce(u.name::text, c.created_by), c.starts_at_ms, c.total,
         c.cancelled_at_ms IS NOT NULL
     FROM hotdesk_queue.campaigns c LEFT JOIN sdr_users u ON u.id::text = c.created_by";

pub(super) async fn one(db: &Db, id: &CampaignId, now: UtcMs) -> Done<Option<Campaign>> {
    let sql = format!("{HEAD} WHERE c.id = $1");
    match db.row(&sql, &[&id.as_str()]).await? {
        Some(row) => whole(db, head(&row)?, now).await.map(Some),
        None => Ok(None),
    }
}

/// Newest first, with a number below `before`.
pub(super) async fn list(db: &Db, before: i64, limit: u32, now: UtcMs) -> Done<FoundCampaigns> {
    let sql = format!("{HEAD} WHERE c.seq < $1 ORDER BY c.seq DESC LIMIT $2");
    let rows = db
        .rows(&sql, &[&before, &i64::from(limit).saturating_add(1)])
        .await?;
    let heads = rows.iter().map(head).collect::<Done<_>>()?;
    let (heads, next) = cursor::page(heads, limit, |head: &Head| head.seq);
    let mut campaigns = Vec::with_capacity(heads.len());
    for head in heads {
        campaigns.push(whole(db, head, now).await?);
    }
    Ok(FoundCampaigns { campaigns, next })
}

fn head(row: &Row) -> Done<Head> {
    Ok(Head {
        seq: row.try_get(0)?,
        id: CampaignId(row.try_get(1)?),
        name: row.try_get(2)?,
        text: row.try_get(3)?,
        created_at_ms: UtcMs(row.try_get(4)?),
        created_by: row.try_get(5)?,
        starts_at_ms: UtcMs(row.try_get(6)?),
        total: number(row, 7)?,
        cancelled: row.try_get(8)?,
    })
}

/// Counts its recipients by indexes alone, so that a list of long campaigns is quick.
async fn whole(db: &Db, head: Head, now: UtcMs) -> Done<Campaign> {
    let mut tally = Tally::default();
    let id = head.id.as_str();
    let waiting = "SELECT state, reason, count(*) FROM hotdesk_queue.campaign_recipients
         WHERE campaign_id = $1 GROUP BY state, reason";
    for row in &db.rows(waiting, &[&id]).await? {
        tally.recipients(row.try_get(0)?, row.try_get(1)?, number(row, 2)?);
    }
    let messages = "SELECT state, count(*) FROM hotdesk_queue.messages
         WHERE campaign_id = $1 GROUP BY state";
    for row in &db.rows(messages, &[&id]).await? {
        tally.messages(state(row, 0)?, number(row, 1)?);
    }
    let replied = "SELECT count(*) FROM hotdesk_queue.messages m WHERE m.campaign_id = $1
         AND EXISTS (
             SELECT 1 FROM hotdesk_queue.message_replies r WHERE r.message_id = m.id)";
    tally.replied = number(&db.one(replied, &[&id]).await?, 0)?;
    Ok(tally.of(head, now))
}
