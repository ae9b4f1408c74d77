//! Looking at the queue without changing it.

use super::people::office;
use super::row::Outcome;
use crate::store::lanes::{Candidate, admit, pick};
use crate::store::rules::day_start;
use crate::store::{Counts, Office, Waiting};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{CampaignId, MessageId, SdrId};
use hotdesk_protocol::queue::QueueContact;
use rusqlite::{Connection, params};

const WAITING: &str = "m.sdr_id = ?1 AND (m.state = 'queued'
     OR (m.state = 'leased' AND m.lease_until_ms <= ?2))
     AND m.pinned_to IS NULL AND (?3 IS NULL OR m.campaign_id = ?3)
     AND NOT EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone = m.phone)";

/// A message with a file is counted, not listed: whoever sends from this list would send the text
/// without the file. Nor is what may not begin now, by the hours or the caps.
pub(super) fn waiting(
    db: &Connection,
    sdr: &SdrId,
    campaign: Option<&CampaignId>,
    limit: u32,
    now: UtcMs,
) -> rusqlite::Result<Outcome<Waiting>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    let office = office(db)?;
    let campaign = campaign.map(CampaignId::as_str);
    let mut total: u32 = 0;
    let lanes = db
        .prepare_cached(&format!(
            "SELECT m.zone_key, m.fresh, m.unanswered, count(*) FROM messages m WHERE {WAITING}
             GROUP BY m.zone_key, m.fresh, m.unanswered"
        ))?
        .query_map(params![sdr.as_str(), now.0, campaign], |row| {
            total = total.saturating_add(row.get(3)?);
            super::lanes::lane(row)
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let new_leads = super::lanes::new_leads(db, &office, sdr, now)?;
    let admitted = admit(&office, lanes, new_leads, now);
    let mut listed = db.prepare_cached(&format!(
        "SELECT m.id, m.phone, l.name, l.company, l.position, l.site, l.pain, m.text, m.seq
         FROM messages m JOIN leads l ON l.id = m.lead_id
         WHERE {WAITING} AND m.file_id IS NULL
             AND m.zone_key = ?4 AND m.fresh = ?5 AND m.unanswered = ?6
         ORDER BY m.seq LIMIT ?7"
    ))?;
    let mut offers = Vec::new();
    for lane in &admitted.lanes {
        let (key, fresh) = (&lane.zone_key, lane.fresh);
        let rows = listed.query_map(
            params![
                sdr.as_str(),
                now.0,
                campaign,
                key,
                fresh,
                lane.unanswered,
                limit
            ],
            |row| {
                Ok(Candidate {
                    seq: row.get(8)?,
                    fresh,
                    message: QueueContact {
                        contact_id: MessageId(row.get(0)?),
                        sdr_id: Some(sdr.clone()),
                        phone: row.get(1)?,
                        nome: row.get(2)?,
                        empresa: row.get(3)?,
                        cargo: row.get(4)?,
                        site: row.get(5)?,
                        dor_especifica: row.get(6)?,
                        message: row.get(7)?,
                    },
                })
            },
        )?;
        for row in rows {
            offers.push(row?);
        }
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let session = super::sessions::session(db, sdr)?.ok();
    Ok(Ok(Waiting {
        contacts: pick(offers, most, admitted.new_leads),
        total,
        why_nothing: admitted.why_nothing(&office),
        session: session.map(|seen| seen.session),
    }))
}

pub(super) fn counts(
    db: &Connection,
    office: &Office,
    sdr: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Counts> {
    let at = |state| {
        db.prepare_cached("SELECT count(*) FROM messages WHERE sdr_id = ?1 AND state = ?2")?
            .query_row([sdr.as_str(), state], |row| row.get(0))
    };
    let (queued, review) = (at("queued")?, at("review")?);
    let since = day_start(now, &office.time_zone);
    let sent_today = db
        .prepare_cached("SELECT count(*) FROM messages WHERE sdr_id = ?1 AND sent_at_ms >= ?2")?
        .query_row(params![sdr.as_str(), since.0], |row| row.get(0))?;
    Ok(Counts {
        queued,
        sent_today,
        review,
    })
}

/// Messages that are leased or begun and so may count for today soon.
pub(super) fn in_flight(db: &Connection, sdr: &SdrId) -> rusqlite::Result<u32> {
    db.prepare_cached(
        "SELECT count(*) FROM messages WHERE sdr_id = ?1 AND state IN ('leased', 'begun')",
    )?
    .query_row([sdr.as_str()], |row| row.get(0))
}
