//! Tables `campaigns` and `campaign_recipients`: making campaigns, and how they stand.

use super::row::{Outcome, column_error, state};
use crate::cursor;
use crate::store::Refusal;
use crate::store::campaigns::{
    Asked, FoundCampaigns, Head, LeadFacts, NewCampaign, Tally, reason_name, refused_state,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::Campaign;
use hotdesk_protocol::ids::{CampaignId, LeadId, SdrId};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// What is known of these leads, in their order; those that are not there are left out.
pub(super) fn lead_facts(db: &Connection, leads: &[LeadId]) -> rusqlite::Result<Vec<LeadFacts>> {
    let mut found = db.prepare_cached(
        "SELECT l.id, l.name, l.company, l.position, l.site, l.pain, b.sdr_id,
             coalesce(l.consent, '') <> '', b.opted_out, NOT EXISTS (
                 SELECT 1 FROM messages m WHERE m.phone = l.phone AND m.sent_at_ms IS NOT NULL)
         FROM leads l JOIN lead_book b ON b.lead_id = l.id WHERE l.id = ?1",
    )?;
    leads
        .iter()
        .filter_map(|lead| {
            found
                .query_row([lead.as_str()], facts)
                .optional()
                .transpose()
        })
        .collect()
}

fn facts(row: &Row<'_>) -> rusqlite::Result<LeadFacts> {
    Ok(LeadFacts {
        id: LeadId(row.get(0)?),
        name: row.get(1)?,
        company: row.get(2)?,
        position: row.get(3)?,
        site: row.get(4)?,
        pain: row.get(5)?,
        sdr_id: row.get::<_, Option<String>>(6)?.map(SdrId),
        consents: row.get(7)?,
        opted_out: row.get(8)?,
        fresh: row.get(9)?,
    })
}

/// What was asked for under this id, if anything was.
pub(super) fn asked(db: &Connection, id: &CampaignId) -> rusqlite::Result<Option<Asked>> {
    db.prepare_cached("SELECT asked FROM campaigns WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()
}

/// False if this very campaign was made before.
pub(super) fn add(
    db: &Connection,
    new: &NewCampaign,
    now: UtcMs,
) -> rusqlite::Result<Outcome<bool>> {
    match asked(db, &new.id)? {
        Some(before) if before == new.asked => return Ok(Ok(false)),
        Some(_) => return Ok(Err(Refusal::CampaignIdTaken)),
        None => {}
    }
    db.prepare_cached(
        "INSERT INTO campaigns (id, name, text, asked, created_by, created_at_ms, starts_at_ms,
             total)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        new.id.as_str(),
        new.name,
        new.text,
        new.asked,
        new.by.as_str(),
        now.0,
        new.starts_at_ms.0,
        i64::try_from(new.recipients.len()).unwrap_or(i64::MAX)
    ])?;
    let mut add = db.prepare_cached(
        "INSERT INTO campaign_recipients (campaign_id, n, lead_id, sdr_id, text, state, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (n, recipient) in (1_i64..).zip(&new.recipients) {
        let reason = recipient.gets.as_ref().err().copied();
        let state = reason.map_or("waiting", |reason| refused_state(Some(reason)));
        add.execute(params![
            new.id.as_str(),
            n,
            recipient.lead.as_str(),
            recipient.sdr.as_ref().map(SdrId::as_str),
            recipient.gets.as_ref().ok(),
            state,
            reason.map(reason_name)
        ])?;
    }
    Ok(Ok(true))
}

/// What waits is withdrawn; what is queued is left to [`super::campaign_queue::withdraw`].
pub(super) fn cancel(
    db: &Connection,
    id: &CampaignId,
    by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    if asked(db, id)?.is_none() {
        return Ok(Err(Refusal::NoSuchCampaign));
    }
    db.prepare_cached(
        "UPDATE campaigns SET cancelled_by = ?2, cancelled_at_ms = coalesce(cancelled_at_ms, ?3),
             withdrawn = 0 WHERE id = ?1",
    )?
    .execute(params![id.as_str(), by.as_str(), now.0])?;
    db.prepare_cached(
        "UPDATE campaign_recipients SET state = 'withdrawn', text = NULL
         WHERE campaign_id = ?1 AND state = 'waiting'",
    )?
    .execute([id.as_str()])?;
    Ok(Ok(()))
}

const HEAD: &str = "SELECT c.seq, c.id, c.name, c.text, c.created_at_ms,
         coalesce(u.name, c.created_by), c.starts_at_ms, c.total, c.cancelled_at_ms IS NOT NULL
     FROM campaigns c LEFT JOIN sdr_users u ON u.id = c.created_by";

pub(super) fn one(
    db: &Connection,
    id: &CampaignId,
    now: UtcMs,
) -> rusqlite::Result<Option<Campaign>> {
    db.prepare_cached(&format!("{HEAD} WHERE c.id = ?1"))?
        .query_row([id.as_str()], head)
        .optional()?
        .map(|head| whole(db, head, now))
        .transpose()
}

/// Newest first, with a number below `before`.
pub(super) fn list(
    db: &Connection,
    before: i64,
    limit: u32,
    now: UtcMs,
) -> rusqlite::Result<FoundCampaigns> {
    let heads = db
        .prepare_cached(&format!(
            "{HEAD} WHERE c.seq < ?1 ORDER BY c.seq DESC LIMIT ?2"
        ))?
        .query_map(params![before, limit.saturating_add(1)], head)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let (heads, next) = cursor::page(heads, limit, |head| head.seq);
    let campaigns = heads.into_iter().map(|head| whole(db, head, now));
    Ok(FoundCampaigns {
        campaigns: campaigns.collect::<rusqlite::Result<_>>()?,
        next,
    })
}

fn head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        seq: row.get(0)?,
        id: CampaignId(row.get(1)?),
        name: row.get(2)?,
        text: row.get(3)?,
        created_at_ms: UtcMs(row.get(4)?),
        created_by: row.get(5)?,
        starts_at_ms: UtcMs(row.get(6)?),
        total: u32::try_from(row.get::<_, i64>(7)?).map_err(|_| column_error(7, "total"))?,
        cancelled: row.get(8)?,
    })
}

/// Counts its recipients by indexes alone, so that a list of long campaigns is quick.
fn whole(db: &Connection, head: Head, now: UtcMs) -> rusqlite::Result<Campaign> {
    let mut tally = Tally::default();
    let mut waiting = db.prepare_cached(
        "SELECT state, reason, count(*) FROM campaign_recipients WHERE campaign_id = ?1
         GROUP BY state, reason",
    )?;
    let mut rows = waiting.query([head.id.as_str()])?;
    while let Some(row) = rows.next()? {
        let (state, reason): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        tally.recipients(&state, reason.as_deref(), row.get(2)?);
    }
    let mut messages = db.prepare_cached(
        "SELECT state, count(*) FROM messages WHERE campaign_id = ?1 GROUP BY state",
    )?;
    let mut rows = messages.query([head.id.as_str()])?;
    while let Some(row) = rows.next()? {
        tally.messages(state(row, 0)?, row.get(1)?);
    }
    tally.replied = db
        .prepare_cached(
            "SELECT count(*) FROM messages m WHERE m.campaign_id = ?1
                 AND EXISTS (SELECT 1 FROM message_replies r WHERE r.message_id = m.id)",
        )?
        .query_row([head.id.as_str()], |row| row.get(0))?;
    Ok(tally.of(head, now))
}
