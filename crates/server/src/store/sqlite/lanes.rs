//! Which messages are held back or offered together: the columns `zone_key`, `fresh` and `unanswered`.

use crate::hours::zone_key;
use crate::store::Office;
use crate::store::lanes::{Admitted, Lane, UNKNOWN, admit, new_leads_left};
use crate::store::rules::day_start;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// What of an SDR's queue may be offered.
pub(super) fn admitted(
    db: &Connection,
    office: &Office,
    sdr: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Admitted> {
    let mut lanes = of_queue(db, sdr)?;
    if lanes.iter().any(|lane| lane.zone_key == UNKNOWN) {
        look_at_zones(db)?;
        lanes = of_queue(db, sdr)?;
    }
    let new_leads = new_leads(db, office, sdr, now)?;
    Ok(admit(office, lanes, new_leads, now))
}

pub(super) fn lane(row: &Row<'_>) -> rusqlite::Result<Lane> {
    Ok(Lane {
        zone_key: row.get(0)?,
        fresh: row.get(1)?,
        unanswered: row.get(2)?,
    })
}

/// The lanes of an SDR, each by three looks into the index: SQLite would go over all messages of the lane
/// before if it were asked for what is greater than the three columns at once.
fn of_queue(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Vec<Lane>> {
    let first = |beyond: &str| {
        format!(
            "SELECT * FROM (
                 SELECT zone_key, fresh, unanswered FROM messages INDEXED BY messages_in_lanes
                 WHERE sdr_id = ?1 AND state = 'queued' AND {beyond}
                 ORDER BY zone_key, fresh, unanswered LIMIT 1)"
        )
    };
    let mut next = db.prepare_cached(&format!(
        "{} UNION ALL {} UNION ALL {} ORDER BY zone_key, fresh, unanswered LIMIT 1",
        first("zone_key = ?2 AND fresh = ?3 AND unanswered > ?4"),
        first("zone_key = ?2 AND fresh > ?3"),
        first("zone_key > ?2"),
    ))?;
    let mut lanes: Vec<Lane> = Vec::new();
    loop {
        let after = lanes.last().map_or(("", -1, -1), |last| {
            let (fresh, unanswered) = (i64::from(last.fresh), i64::from(last.unanswered));
            (last.zone_key.as_str(), fresh, unanswered)
        });
        let found = next
            .query_row(params![sdr.as_str(), after.0, after.1, after.2], lane)
            .optional()?;
        match found {
            Some(lane) => lanes.push(lane),
            None => return Ok(lanes),
        }
    }
}

/// How many more leads an SDR may write to for the first time today; none for any number.
pub(super) fn new_leads(
    db: &Connection,
    office: &Office,
    sdr: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Option<u32>> {
    if office.caps.new_leads.is_none() {
        return Ok(None);
    }
    let since = day_start(now, &office.time_zone);
    let written: u32 = db
        .prepare_cached(
            "SELECT count(DISTINCT m.phone) FROM messages m
             WHERE m.sdr_id = ?1 AND m.sent_at_ms >= ?2 AND NOT EXISTS (
                 SELECT 1 FROM messages o WHERE o.phone = m.phone AND o.sent_at_ms IS NOT NULL
                     AND (o.sent_at_ms, o.seq) < (m.sent_at_ms, m.seq))",
        )?
        .query_row(params![sdr.as_str(), since.0], |row| row.get(0))?;
    let begun: u32 = db
        .prepare_cached(
            "SELECT count(DISTINCT phone) FROM messages
             WHERE sdr_id = ?1 AND state IN ('leased', 'begun') AND fresh = 1",
        )?
        .query_row([sdr.as_str()], |row| row.get(0))?;
    Ok(new_leads_left(office, written.saturating_add(begun)))
}

/// Fills in the zones that nobody has looked at: of messages that are older than that column, and of
/// those whose lead got another zone written down.
pub(super) fn look_at_zones(db: &Connection) -> rusqlite::Result<()> {
    let leads = db
        .prepare_cached(
            "SELECT DISTINCT m.lead_id, m.phone, l.time_zone
             FROM messages m JOIN leads l ON l.id = m.lead_id
             WHERE m.zone_key = '?' AND m.state IN ('queued', 'leased', 'begun', 'review', 'dead')",
        )?
        .query_map([], |row| {
            let (lead, phone): (String, String) = (row.get(0)?, row.get(1)?);
            Ok((lead, phone, row.get::<_, Option<String>>(2)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut fill_in = db.prepare_cached(
        "UPDATE messages SET zone_key = ?3 WHERE lead_id = ?1 AND phone = ?2 AND zone_key = '?'
             AND state IN ('queued', 'leased', 'begun', 'review', 'dead')",
    )?;
    for (lead, phone, written) in leads {
        let key = zone_key(&phone, written.as_deref());
        fill_in.execute(params![lead, phone, key])?;
    }
    Ok(())
}

/// Counts anew what has left to a number and was not answered, for its messages that may still leave.
pub(super) fn renew(db: &Connection, phone: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE messages SET fresh = n.fresh, unanswered = n.unanswered FROM (
             SELECT count(o.sent_at_ms) = 0 AS fresh,
                 count(*) FILTER (WHERE o.sent_at_ms > coalesce((
                     SELECT max(min(r.at_ms, r.received_at_ms)) FROM message_replies r
                     JOIN messages q ON q.id = r.message_id WHERE q.phone = ?1), -1)) AS unanswered
             FROM messages o WHERE o.phone = ?1) n
         WHERE messages.phone = ?1
             AND messages.state IN ('queued', 'leased', 'begun', 'review', 'dead')
             AND (messages.fresh, messages.unanswered) <> (n.fresh, n.unanswered)",
    )?
    .execute([phone])
    .map(drop)
}
