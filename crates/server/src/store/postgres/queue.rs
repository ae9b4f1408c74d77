//! Looking at the queue without changing it.

use super::fault::Done;
use super::people::office;
use super::row::{Outcome, number};
use super::transaction::{Db, Values};
use crate::store::lanes::{Candidate, admit, pick};
use crate::store::rules::day_start;
use crate::store::{Counts, Office, Waiting};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{CampaignId, MessageId, SdrId};
use hotdesk_protocol::queue::QueueContact;
use tokio_postgres::Row;

const WAITING: &str = "m.sdr_id = $1 AND (m.state = 'queued'
     OR (m.state = 'leased' AND m.lease_until_ms <= $2))
     AND m.pinned_to IS NULL AND ($3::text IS NULL OR m.campaign_id = $3)
     AND NOT EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone IN (m.phone, substr(m.phone, 2)))";

/// A message with a file is counted, not listed: whoever sends from this list would send the text
/// without the file. Nor is what may not begin now, by the hours or the caps.
pub(super) async fn waiting(
    db: &Db,
    sdr: &SdrId,
    campaign: Option<&CampaignId>,
    limit: u32,
    now: UtcMs,
) -> Done<Outcome<Waiting>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr).await? {
        return Ok(Err(refusal));
    }
    let office = office(db).await?;
    let campaign = campaign.map(CampaignId::as_str);
    let lanes = format!(
        "SELECT m.zone_key, m.fresh, m.unanswered, count(*) FROM hotdesk_queue.messages m
         WHERE {WAITING} GROUP BY m.zone_key, m.fresh, m.unanswered"
    );
    let (mut total, mut all) = (0_u32, Vec::new());
    for row in &db.rows(&lanes, &[&sdr.as_str(), &now.0, &campaign]).await? {
        total = total.saturating_add(number(row, 3)?);
        all.push(super::lanes::lane(row)?);
    }
    let new_leads = super::lanes::new_leads(db, &office, sdr, now).await?;
    let admitted = admit(&office, all, new_leads, now);
    let listed = format!(
        "SELECT m.id, m.phone, coalesce(l.name::text, ''), l.company::text, l.position::text,
             l.site::text, l.pain::text, m.text, m.seq
         FROM hotdesk_queue.messages m JOIN leads l ON l.id::text = m.lead_id
         WHERE {WAITING} AND m.file_id IS NULL
             AND m.zone_key = $4 AND m.fresh = $5 AND m.unanswered = $6
         ORDER BY m.seq LIMIT $7"
    );
    let mut offers = Vec::new();
    for lane in &admitted.lanes {
        let (fresh, unanswered) = (i64::from(lane.fresh), i64::from(lane.unanswered));
        let values: Values<'_> = &[
            &sdr.as_str(),
            &now.0,
            &campaign,
            &lane.zone_key,
            &fresh,
            &unanswered,
            &i64::from(limit),
        ];
        for row in &db.rows(&listed, values).await? {
            offers.push(Candidate {
                seq: row.try_get(8)?,
                fresh: lane.fresh,
                message: contact(sdr, row)?,
            });
        }
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let session = super::sessions::session(db, sdr).await?.ok();
    Ok(Ok(Waiting {
        contacts: pick(offers, most, admitted.new_leads),
        total,
        why_nothing: admitted.why_nothing(&office),
        session: session.map(|seen| seen.session),
    }))
}

fn contact(sdr: &SdrId, row: &Row) -> Done<QueueContact> {
    Ok(QueueContact {
        contact_id: MessageId(row.try_get(0)?),
        sdr_id: Some(sdr.clone()),
        phone: row.try_get(1)?,
        nome: row.try_get(2)?,
        empresa: row.try_get(3)?,
        cargo: row.try_get(4)?,
        site: row.try_get(5)?,
        dor_especifica: row.try_get(6)?,
        message: row.try_get(7)?,
    })
}

/// [`counts`], by the office's rules of now.
pub(super) async fn counts_now(db: &Db, sdr: &SdrId, now: UtcMs) -> Done<Counts> {
    counts(db, &office(db).await?, sdr, now).await
}

pub(super) async fn counts(db: &Db, office: &Office, sdr: &SdrId, now: UtcMs) -> Done<Counts> {
    let since = day_start(now, &office.time_zone);
    let row = db
        .one(
            "SELECT (SELECT count(*) FROM hotdesk_queue.messages
                     WHERE sdr_id = $1 AND state = 'queued'),
                 (SELECT count(*) FROM hotdesk_queue.messages
                  WHERE sdr_id = $1 AND sent_at_ms >= $2),
                 (SELECT count(*) FROM hotdesk_queue.messages
                  WHERE sdr_id = $1 AND state = 'review')",
            &[&sdr.as_str(), &since.0],
        )
        .await?;
    Ok(Counts {
        queued: number(&row, 0)?,
        sent_today: number(&row, 1)?,
        review: number(&row, 2)?,
    })
}

/// Messages that are leased or begun and so may count for today soon.
pub(super) async fn in_flight(db: &Db, sdr: &SdrId) -> Done<u32> {
    let sql = "SELECT count(*) FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state IN ('leased', 'begun')";
    number(&db.one(sql, &[&sdr.as_str()]).await?, 0)
}
