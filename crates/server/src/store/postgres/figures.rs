//! What came of the messages of the last days.

use super::fault::Done;
use super::row::number;
use super::transaction::Db;
use crate::store::figures::{Day, Failed, days, figures};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{DayFigures, Figures, Funnel};
use hotdesk_protocol::ids::SdrId;

const REPLIED: &str = "count(*) FILTER (WHERE EXISTS (
     SELECT 1 FROM hotdesk_queue.message_replies r WHERE r.message_id = m.id))";

pub(super) async fn read(db: &Db, of: Option<&SdrId>, count: u32, now: UtcMs) -> Done<Figures> {
    let days = days(count, &super::people::office(db).await?.time_zone, now);
    let mut left = Vec::new();
    for day in &days {
        left.extend(left_on(db, of, day).await?);
    }
    let since = days.first().map_or(now, |day| day.from);
    let failed = failed(db, of, since).await?;
    Ok(figures(&days, left, &failed, funnel(db, of, since).await?))
}

async fn left_on(db: &Db, of: Option<&SdrId>, day: &Day) -> Done<Vec<DayFigures>> {
    // By way of the people, so that each one's messages of that day are found by the index.
    let sql = format!(
        "SELECT u.id::text, l.sent, l.delivered, l.seen, l.replied
         FROM sdr_users u
         CROSS JOIN LATERAL (
             SELECT count(*) AS sent,
                 count(*) FILTER (WHERE m.state IN ('delivered', 'read')) AS delivered,
                 count(*) FILTER (WHERE m.state = 'read') AS seen, {REPLIED} AS replied
             FROM hotdesk_queue.messages m
             WHERE m.sdr_id = u.id::text AND m.sent_at_ms >= $2 AND m.sent_at_ms < $3
         ) l
         WHERE ($1::text IS NULL OR u.id::text = $1) AND l.sent > 0"
    );
    let rows = db
        .rows(&sql, &[&of.map(SdrId::as_str), &day.from.0, &day.to.0])
        .await?;
    let line = |row: &tokio_postgres::Row| -> Done<DayFigures> {
        Ok(DayFigures {
            day: day.name.clone(),
            sdr_id: SdrId(row.try_get(0)?),
            sent: number(row, 1)?,
            delivered: number(row, 2)?,
            read: number(row, 3)?,
            replied: number(row, 4)?,
            failed: 0,
        })
    };
    rows.iter().map(line).collect()
}

/// A message that is `failed` failed at its last event in that state.
async fn failed(db: &Db, of: Option<&SdrId>, since: UtcMs) -> Done<Vec<Failed>> {
    let sql = "SELECT * FROM (
             SELECT m.sdr_id, (SELECT max(e.at_ms) FROM hotdesk_queue.events e
                 WHERE e.message_id = m.id AND e.to_state = 'failed') AS at, m.problem
             FROM hotdesk_queue.messages m
             WHERE m.state = 'failed' AND ($1::text IS NULL OR m.sdr_id = $1)) f
         WHERE at >= $2";
    let rows = db.rows(sql, &[&of.map(SdrId::as_str), &since.0]).await?;
    let failed = |row: &tokio_postgres::Row| -> Done<Failed> {
        Ok(Failed {
            sdr_id: SdrId(row.try_get(0)?),
            at: UtcMs(row.try_get(1)?),
            problem: row.try_get(2)?,
        })
    };
    rows.iter().map(failed).collect()
}

async fn funnel(db: &Db, of: Option<&SdrId>, since: UtcMs) -> Done<Funnel> {
    let sql = format!(
        "SELECT count(*), count(m.sent_at_ms),
             count(*) FILTER (WHERE m.state IN ('delivered', 'read')),
             count(*) FILTER (WHERE m.state = 'read'), {REPLIED}
         FROM hotdesk_queue.messages m
         WHERE m.created_at_ms >= $2 AND ($1::text IS NULL OR m.sdr_id = $1)"
    );
    let row = db.one(&sql, &[&of.map(SdrId::as_str), &since.0]).await?;
    Ok(Funnel {
        queued: number(&row, 0)?,
        sent: number(&row, 1)?,
        delivered: number(&row, 2)?,
        read: number(&row, 3)?,
        replied: number(&row, 4)?,
    })
}
