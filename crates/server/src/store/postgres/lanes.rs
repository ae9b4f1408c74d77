//! Which messages are held back or offered together: the columns `zone_key`, `fresh` and `unanswered`.

use super::fault::Done;
use super::row::number;
use super::transaction::{Db, Values};
use crate::hours::zone_key;
use crate::store::Office;
use crate::store::lanes::{Admitted, Lane, UNKNOWN, admit, new_leads_left};
use crate::store::rules::day_start;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use tokio_postgres::Row;

/// What of an SDR's queue may be offered.
pub(super) async fn admitted(db: &Db, office: &Office, sdr: &SdrId, now: UtcMs) -> Done<Admitted> {
    let mut lanes = of_queue(db, sdr).await?;
    if lanes.iter().any(|lane| lane.zone_key == UNKNOWN) {
        look_at_zones(db).await?;
        lanes = of_queue(db, sdr).await?;
    }
    let new_leads = new_leads(db, office, sdr, now).await?;
    Ok(admit(office, lanes, new_leads, now))
}

pub(super) fn lane(row: &Row) -> Done<Lane> {
    Ok(Lane {
        zone_key: row.try_get(0)?,
        fresh: number(row, 1)? > 0,
        unanswered: number(row, 2)?,
    })
}

/// The lanes of an SDR, each by one look into the index: behind the one before.
async fn of_queue(db: &Db, sdr: &SdrId) -> Done<Vec<Lane>> {
    let sql = "SELECT zone_key, fresh, unanswered FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state = 'queued'
             AND (zone_key, fresh, unanswered) > ($2, $3, $4)
         ORDER BY zone_key, fresh, unanswered, seq LIMIT 1";
    let mut lanes: Vec<Lane> = Vec::new();
    loop {
        let after = lanes.last().map_or(("", -1_i64, -1_i64), |last| {
            let (fresh, unanswered) = (i64::from(last.fresh), i64::from(last.unanswered));
            (last.zone_key.as_str(), fresh, unanswered)
        });
        let values: Values<'_> = &[&sdr.as_str(), &after.0, &after.1, &after.2];
        match db.row(sql, values).await? {
            Some(row) => lanes.push(lane(&row)?),
            None => return Ok(lanes),
        }
    }
}

/// How many more leads an SDR may write to for the first time today; none for any number.
pub(super) async fn new_leads(
    db: &Db,
    office: &Office,
    sdr: &SdrId,
    now: UtcMs,
) -> Done<Option<u32>> {
    if office.caps.new_leads.is_none() {
        return Ok(None);
    }
    let since = day_start(now, &office.time_zone);
    let written = "SELECT count(DISTINCT m.phone) FROM hotdesk_queue.messages m
         WHERE m.sdr_id = $1 AND m.sent_at_ms >= $2 AND NOT EXISTS (
             SELECT 1 FROM hotdesk_queue.messages o
             WHERE o.phone = m.phone AND o.sent_at_ms IS NOT NULL
                 AND (o.sent_at_ms, o.seq) < (m.sent_at_ms, m.seq))";
    let written = number(&db.one(written, &[&sdr.as_str(), &since.0]).await?, 0)?;
    let begun = "SELECT count(DISTINCT phone) FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state IN ('leased', 'begun') AND fresh = 1";
    let begun = number(&db.one(begun, &[&sdr.as_str()]).await?, 0)?;
    Ok(new_leads_left(office, written.saturating_add(begun)))
}

/// Fills in the zones that nobody has looked at: of messages that are older than that column, and of
/// those whose lead got another zone written down.
pub(super) async fn look_at_zones(db: &Db) -> Done<()> {
    let leads = "SELECT DISTINCT m.lead_id, m.phone, l.time_zone::text
         FROM hotdesk_queue.messages m LEFT JOIN leads l ON l.id::text = m.lead_id
         WHERE m.zone_key = '?' AND m.state IN ('queued', 'leased', 'begun', 'review', 'dead')
         ORDER BY 1, 2";
    let fill_in = "UPDATE hotdesk_queue.messages SET zone_key = $3
         WHERE lead_id = $1 AND phone = $2 AND zone_key = '?'
             AND state IN ('queued', 'leased', 'begun', 'review', 'dead')";
    for row in &db.rows(leads, &[]).await? {
        let (lead, phone): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let key = zone_key(phone, row.try_get(2)?);
        db.run(fill_in, &[&lead, &phone, &key]).await?;
    }
    Ok(())
}

/// Counts anew what has left to a number and was not answered, for its messages that may still leave.
/// Those of other SDRs too, whose queues are not held: two of these may be in each other's way, and then
/// one is tried again.
pub(super) async fn renew(db: &Db, phone: &str) -> Done<()> {
    let sql =
        "UPDATE hotdesk_queue.messages m SET fresh = n.fresh, unanswered = n.unanswered FROM (
             SELECT (count(o.sent_at_ms) = 0)::int::bigint AS fresh,
                 count(*) FILTER (WHERE o.sent_at_ms > coalesce((
                     SELECT max(least(r.at_ms, r.received_at_ms))
                     FROM hotdesk_queue.message_replies r
                     JOIN hotdesk_queue.messages q ON q.id = r.message_id
                     WHERE q.phone = $1), -1)) AS unanswered
             FROM hotdesk_queue.messages o WHERE o.phone = $1) n
         WHERE m.phone = $1 AND m.state IN ('queued', 'leased', 'begun', 'review', 'dead')
             AND (m.fresh, m.unanswered) <> (n.fresh, n.unanswered)";
    db.run(sql, &[&phone]).await.map(drop)
}
