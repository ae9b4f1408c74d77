//! Tables `webhooks`, `webhook_events` and `webhook_deliveries`.

use super::fault::{Done, Fault};
use super::row::to_json;
use super::transaction::Db;
use crate::store::webhooks::{
    Delivery, Due, TAKEN_MS, TEST, Tried, Webhook, WebhookSecret, WebhookView, after,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use tokio_postgres::Row;

pub(super) async fn add(db: &Db, webhook: &Webhook) -> Done<()> {
    db.run(
        "INSERT INTO hotdesk_queue.webhooks (id, url, secret, kinds, created_by, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &webhook.id,
            &webhook.url,
            &webhook.secret.0.as_slice(),
            &to_json(&webhook.kinds)?,
            &webhook.created_by.as_str(),
            &webhook.created_at_ms.0,
        ],
    )
    .await?;
    Ok(())
}

/// False if there was none.
pub(super) async fn remove(db: &Db, id: &str) -> Done<bool> {
    let sql = "DELETE FROM hotdesk_queue.webhooks WHERE id = $1";
    Ok(db.run(sql, &[&id]).await? > 0)
}

pub(super) async fn list(db: &Db, now: UtcMs) -> Done<Vec<WebhookView>> {
    let sql = "SELECT id, url, secret, kinds, created_by, created_at_ms,
             EXISTS (SELECT 1 FROM hotdesk_queue.webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at_ms <= $1),
             (SELECT count(*) FROM hotdesk_queue.webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'waiting'),
             (SELECT count(*) FROM hotdesk_queue.webhook_deliveries d
                 WHERE d.webhook_id = w.id AND d.state = 'failed')
         FROM hotdesk_queue.webhooks w ORDER BY created_at_ms, id";
    db.rows(sql, &[&now.0]).await?.iter().map(view).collect()
}

fn view(row: &Row) -> Done<WebhookView> {
    let secret = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>(2)?);
    let kinds = serde_json::from_str(row.try_get(3)?);
    Ok(WebhookView {
        webhook: Webhook {
            id: row.try_get(0)?,
            url: row.try_get(1)?,
            secret: WebhookSecret(secret.map_err(|_| Fault::Unreadable("secret"))?),
            kinds: kinds.map_err(|_| Fault::Unreadable("kinds"))?,
            created_by: SdrId(row.try_get(4)?),
            created_at_ms: UtcMs(row.try_get(5)?),
        },
        due: row.try_get(6)?,
        waiting: count(row, 7)?,
        failed: count(row, 8)?,
    })
}

fn count(row: &Row, column: usize) -> Done<u32> {
    Ok(u32::try_from(row.try_get::<_, i64>(column)?).unwrap_or(u32::MAX))
}

/// Takes deliveries that are due, oldest first, and counts the try. What another process takes at the same
/// moment is left to it.
pub(super) async fn take(db: &Db, webhook: &str, limit: u32, now: UtcMs) -> Done<Vec<Due>> {
    let sql = "WITH taken AS (
             SELECT seq FROM hotdesk_queue.webhook_deliveries
             WHERE webhook_id = $1 AND state = 'waiting' AND due_at_ms <= $2
             ORDER BY due_at_ms, seq LIMIT $3 FOR UPDATE SKIP LOCKED),
         counted AS (
             UPDATE hotdesk_queue.webhook_deliveries d
             SET attempts = attempts + 1, tried_at_ms = $2, due_at_ms = $4
             FROM taken WHERE d.seq = taken.seq RETURNING d.seq, d.id, d.event_seq, d.attempts)
         SELECT c.id, e.kind, e.at_ms, e.data, c.attempts
         FROM counted c JOIN hotdesk_queue.webhook_events e ON e.seq = c.event_seq ORDER BY c.seq";
    let until = now.0.saturating_add(TAKEN_MS);
    let rows = db
        .rows(sql, &[&webhook, &now.0, &i64::from(limit), &until])
        .await?;
    let due = |row: &Row| {
        Ok(Due {
            id: row.try_get(0)?,
            kind: row.try_get(1)?,
            at_ms: UtcMs(row.try_get(2)?),
            data: row.try_get(3)?,
            attempts: count(row, 4)?,
        })
    };
    rows.iter().map(due).collect()
}

/// Keeps how a try went. One that was removed, or that another process has delivered, stays as it is.
pub(super) async fn tried(db: &Db, id: &str, tried: &Tried, now: UtcMs) -> Done<()> {
    let sql = "SELECT attempts FROM hotdesk_queue.webhook_deliveries
         WHERE id = $1 AND state = 'waiting' FOR UPDATE";
    let Some(row) = db.row(sql, &[&id]).await? else {
        return Ok(());
    };
    let (state, due) = after(tried, count(&row, 0)?, now);
    db.run(
        "UPDATE hotdesk_queue.webhook_deliveries
         SET state = $2, due_at_ms = $3, status = $4, problem = $5 WHERE id = $1",
        &[
            &id,
            &state,
            &due,
            &tried.status.map(i64::from),
            &tried.problem,
        ],
    )
    .await?;
    Ok(())
}

/// Newest first, with a number below `before`.
pub(super) async fn log(db: &Db, webhook: &str, before: i64, limit: u32) -> Done<Vec<Delivery>> {
    let sql = "SELECT d.seq, d.id, e.kind, e.at_ms, d.state, d.attempts, d.tried_at_ms,
             CASE WHEN d.state = 'waiting' THEN d.due_at_ms END, d.status, d.problem
         FROM hotdesk_queue.webhook_deliveries d
         JOIN hotdesk_queue.webhook_events e ON e.seq = d.event_seq
         WHERE d.webhook_id = $1 AND d.seq < $2 ORDER BY d.seq DESC LIMIT $3";
    let rows = db
        .rows(sql, &[&webhook, &before, &i64::from(limit)])
        .await?;
    rows.iter().map(delivery).collect()
}

fn delivery(row: &Row) -> Done<Delivery> {
    let time = |at: Option<i64>| at.map(UtcMs);
    let status: Option<i64> = row.try_get(8)?;
    Ok(Delivery {
        seq: row.try_get(0)?,
        id: row.try_get(1)?,
        kind: row.try_get(2)?,
        at_ms: UtcMs(row.try_get(3)?),
        state: row.try_get(4)?,
        attempts: count(row, 5)?,
        tried_at_ms: time(row.try_get(6)?),
        due_at_ms: time(row.try_get(7)?),
        status: status.and_then(|status| u16::try_from(status).ok()),
        problem: row.try_get(9)?,
    })
}

/// Delivers once more, from the first wait on; false if there is no such delivery.
pub(super) async fn replay(db: &Db, id: &str) -> Done<bool> {
    let sql = "UPDATE hotdesk_queue.webhook_deliveries
         SET state = 'waiting', attempts = 0, due_at_ms = 0 WHERE id = $1";
    Ok(db.run(sql, &[&id]).await? > 0)
}

/// Tells one webhook that it works; false if there is none.
pub(super) async fn test(db: &Db, id: &str, now: UtcMs) -> Done<bool> {
    let sql = "WITH event AS (
             INSERT INTO hotdesk_queue.webhook_events (kind, at_ms, data)
             SELECT $2::text, $3::bigint, '{}' FROM hotdesk_queue.webhooks WHERE id = $1::text
             RETURNING seq)
         INSERT INTO hotdesk_queue.webhook_deliveries (webhook_id, event_seq)
         SELECT $1::text, seq FROM event";
    Ok(db.run(sql, &[&id, &TEST, &now.0]).await? > 0)
}

/// Forgets what happened before, whatever came of its deliveries but those that wait.
pub(super) async fn forget(db: &Db, before: UtcMs) -> Done<()> {
    let sql = "DELETE FROM hotdesk_queue.webhook_events e WHERE e.at_ms < $1 AND NOT EXISTS (
             SELECT 1 FROM hotdesk_queue.webhook_deliveries d
             WHERE d.event_seq = e.seq AND d.state = 'waiting')";
    db.run(sql, &[&before.0]).await?;
    Ok(())
}
