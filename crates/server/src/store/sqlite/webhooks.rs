//! Tables `webhooks`, `webhook_events` and `webhook_deliveries`.

use super::row::{column_error, to_json};
use crate::store::webhooks::{
    Delivery, Due, TAKEN_MS, TEST, Tried, Webhook, WebhookSecret, WebhookView, after,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn add(db: &Connection, webhook: &Webhook) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO webhooks (id, url, secret, kinds, created_by, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        webhook.id,
        webhook.url,
        webhook.secret.0,
        to_json(&webhook.kinds)?,
        webhook.created_by.as_str(),
        webhook.created_at_ms.0
    ])?;
    Ok(())
}

/// False if there was none.
pub(super) fn remove(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    let removed = db
        .prepare_cached("DELETE FROM webhooks WHERE id = ?1")?
        .execute([id])?;
    Ok(removed > 0)
}

pub(super) fn list(db: &Connection, now: UtcMs) -> rusqlite::Result<Vec<WebhookView>> {
    db.prepare_cached(
        "SELECT id, url, secret, kinds, created_by, created_at_ms,
             EXISTS (SELECT 1 FROM webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at_ms <= ?1),
             (SELECT count(*) FROM webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'waiting'),
             (SELECT count(*) FROM webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'failed')
         FROM webhooks w ORDER BY created_at_ms, id",
    )?
    .query_map([now.0], view)?
    .collect()
}

fn view(row: &Row<'_>) -> rusqlite::Result<WebhookView> {
    let kinds: String = row.get(3)?;
    Ok(WebhookView {
        webhook: Webhook {
            id: row.get(0)?,
            url: row.get(1)?,
            secret: WebhookSecret(row.get(2)?),
            kinds: serde_json::from_str(&kinds).map_err(|_| column_error(3, "kinds"))?,
            created_by: SdrId(row.get(4)?),
            created_at_ms: UtcMs(row.get(5)?),
        },
        due: row.get(6)?,
        waiting: row.get(7)?,
        failed: row.get(8)?,
    })
}

/// Takes deliveries that are due, oldest first, and counts the try.
pub(super) fn take(
    db: &Connection,
    webhook: &str,
    limit: u32,
    now: UtcMs,
) -> rusqlite::Result<Vec<Due>> {
    let taken = db
        .prepare_cached(
            "SELECT seq FROM webhook_deliveries
             WHERE webhook_id = ?1 AND state = 'waiting' AND due_at_ms <= ?2
             ORDER BY due_at_ms, seq LIMIT ?3",
        )?
        .query_map(params![webhook, now.0, limit], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    let mut due = taken
        .iter()
        .map(|seq| {
            db.prepare_cached(
                "UPDATE webhook_deliveries
                 SET attempts = attempts + 1, tried_at_ms = ?2, due_at_ms = ?3 WHERE seq = ?1",
            )?
            .execute(params![seq, now.0, now.0.saturating_add(TAKEN_MS)])?;
            db.prepare_cached(
                "SELECT d.id, e.kind, e.at_ms, e.data, d.attempts, d.seq
                 FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
                 WHERE d.seq = ?1",
            )?
            .query_row([seq], |row| {
                let due = Due {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    at_ms: UtcMs(row.get(2)?),
                    data: row.get(3)?,
                    attempts: row.get(4)?,
                };
                Ok((row.get::<_, i64>(5)?, due))
            })
        })
        .collect::<rusqlite::Result<Vec<_>>>()?;
    due.sort_unstable_by_key(|(seq, _)| *seq);
    Ok(due.into_iter().map(|(_, due)| due).collect())
}

/// Keeps how a try went. One that was removed, or that another process has delivered, stays as it is.
pub(super) fn tried(db: &Connection, id: &str, tried: &Tried, now: UtcMs) -> rusqlite::Result<()> {
    let attempts = db
        .prepare_cached(
            "SELECT attempts FROM webhook_deliveries WHERE id = ?1 AND state = 'waiting'",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(attempts) = attempts else {
        return Ok(());
    };
    let (state, due) = after(tried, attempts, now);
    db.prepare_cached(
        "UPDATE webhook_deliveries SET state = ?2, due_at_ms = ?3, status = ?4, problem = ?5
         WHERE id = ?1",
    )?
    .execute(params![id, state, due, tried.status, tried.problem])?;
    Ok(())
}

/// Newest first, with a number below `before`.
pub(super) fn log(
    db: &Connection,
    webhook: &str,
    before: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Delivery>> {
    db.prepare_cached(
        "SELECT d.seq, d.id, e.kind, e.at_ms, d.state, d.attempts, d.tried_at_ms,
             iif(d.state = 'waiting', d.due_at_ms, NULL), d.status, d.problem
         FROM webhook_deliveries d JOIN webhook_events e ON e.seq = d.event_seq
         WHERE d.webhook_id = ?1 AND d.seq < ?2 ORDER BY d.seq DESC LIMIT ?3",
    )?
    .query_map(params![webhook, before, limit], |row| {
        let time = |at: Option<i64>| at.map(UtcMs);
        Ok(Delivery {
            seq: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            at_ms: UtcMs(row.get(3)?),
            state: row.get(4)?,
            attempts: row.get(5)?,
            tried_at_ms: time(row.get(6)?),
            due_at_ms: time(row.get(7)?),
            status: row.get(8)?,
            problem: row.get(9)?,
        })
    })?
    .collect()
}

/// Delivers once more, from the first wait on; false if there is no such delivery.
pub(super) fn replay(db: &Connection, id: &str) -> rusqlite::Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, due_at_ms = 0
             WHERE id = ?1",
        )?
        .execute([id])?;
    Ok(changed > 0)
}

/// Tells one webhook that it works; false if there is none.
pub(super) fn test(db: &Connection, id: &str, now: UtcMs) -> rusqlite::Result<bool> {
    let known = db
        .prepare_cached("SELECT 1 FROM webhooks WHERE id = ?1")?
        .exists([id])?;
    if known {
        db.prepare_cached("INSERT INTO webhook_events (kind, at_ms, data) VALUES (?1, ?2, '{}')")?
            .execute(params![TEST, now.0])?;
        db.prepare_cached(
            "INSERT INTO webhook_deliveries (webhook_id, event_seq) VALUES (?1, ?2)",
        )?
        .execute(params![id, db.last_insert_rowid()])?;
    }
    Ok(known)
}

/// Forgets what happened before, whatever came of its deliveries but those that wait.
pub(super) fn forget(db: &Connection, before: UtcMs) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM webhook_events WHERE at_ms < ?1 AND NOT EXISTS (
             SELECT 1 FROM webhook_deliveries d WHERE d.event_seq = webhook_events.seq AND d.state = 'waiting')",
    )?
    .execute([before.0])?;
    Ok(())
}
