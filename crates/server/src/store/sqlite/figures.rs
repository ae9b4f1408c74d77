//! What came of the messages of the last days.

use crate::store::figures::{Day, Failed, days, figures};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{DayFigures, Figures, Funnel};
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, params};

pub(super) fn read(
    db: &Connection,
    of: Option<&SdrId>,
    count: u32,
    now: UtcMs,
) -> rusqlite::Result<Figures> {
    let days = days(count, &super::people::office(db)?.time_zone, now);
    let mut left = Vec::new();
    for day in &days {
        left.extend(left_on(db, of, day)?);
    }
    let since = days.first().map_or(now, |day| day.from);
    let failed = failed(db, of, since)?;
    Ok(figures(&days, left, &failed, funnel(db, of, since)?))
}

fn left_on(db: &Connection, of: Option<&SdrId>, day: &Day) -> rusqlite::Result<Vec<DayFigures>> {
    // By way of the people, so that each one's messages of that day are found by the index.
    db.prepare_cached(
        "SELECT u.id, count(*), sum(m.state IN ('delivered', 'read')), sum(m.state = 'read'),
             sum(EXISTS (SELECT 1 FROM message_replies r WHERE r.message_id = m.id))
         FROM sdr_users u
         CROSS JOIN messages m ON m.sdr_id = u.id AND m.sent_at_ms >= ?2 AND m.sent_at_ms < ?3
         WHERE ?1 IS NULL OR u.id = ?1 GROUP BY u.id",
    )?
    .query_map(
        params![of.map(SdrId::as_str), day.from.0, day.to.0],
        |row| {
            Ok(DayFigures {
                day: day.name.clone(),
                sdr_id: SdrId(row.get(0)?),
                sent: row.get(1)?,
                delivered: row.get(2)?,
                read: row.get(3)?,
                replied: row.get(4)?,
                failed: 0,
            })
        },
    )?
    .collect()
}

/// A message that is `failed` failed at its last event in that state.
fn failed(db: &Connection, of: Option<&SdrId>, since: UtcMs) -> rusqlite::Result<Vec<Failed>> {
    db.prepare_cached(
        "SELECT * FROM (
             SELECT m.sdr_id, (SELECT max(e.at_ms) FROM events e
                 WHERE e.message_id = m.id AND e.to_state = 'failed') AS at, m.problem
             FROM messages m WHERE m.state = 'failed' AND (?1 IS NULL OR m.sdr_id = ?1))
         WHERE at >= ?2",
    )?
    .query_map(params![of.map(SdrId::as_str), since.0], |row| {
        Ok(Failed {
            sdr_id: SdrId(row.get(0)?),
            at: UtcMs(row.get(1)?),
            problem: row.get(2)?,
        })
    })?
    .collect()
}

fn funnel(db: &Connection, of: Option<&SdrId>, since: UtcMs) -> rusqlite::Result<Funnel> {
    db.prepare_cached(
        "SELECT count(*), count(m.sent_at_ms),
             count(*) FILTER (WHERE m.state IN ('delivered', 'read')),
             count(*) FILTER (WHERE m.state = 'read'),
             count(*) FILTER (WHERE EXISTS (
                 SELECT 1 FROM message_replies r WHERE r.message_id = m.id))
         FROM messages m WHERE m.created_at_ms >= ?2 AND (?1 IS NULL OR m.sdr_id = ?1)",
    )?
    .query_row(params![of.map(SdrId::as_str), since.0], |row| {
        Ok(Funnel {
            queued: row.get(0)?,
            sent: row.get(1)?,
            delivered: row.get(2)?,
            read: row.get(3)?,
            replied: row.get(4)?,
        })
    })
}
