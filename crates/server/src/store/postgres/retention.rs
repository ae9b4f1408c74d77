//! Takes the texts and files out of what ended long ago; ids, steps and counts stay. What is still to be sent, or is
//! for a person to decide, keeps its text however old it is.

use super::fault::Done;
use super::transaction::Db;
use hotdesk_protocol::UtcMs;

/// Whether there is more to do. A row that is moved right now is left for the next look.
pub(super) async fn forget(db: &Db, before: UtcMs, most: u32) -> Done<bool> {
    let limit = i64::from(most);
    let sql = "UPDATE hotdesk_queue.messages SET text = '', text_gone = true WHERE seq IN (
             SELECT seq FROM hotdesk_queue.messages WHERE NOT text_gone
                 AND state IN ('sent', 'delivered', 'read', 'failed', 'cancelled')
                 AND coalesce(sent_at_ms, created_at_ms) < $1
             ORDER BY coalesce(sent_at_ms, created_at_ms) LIMIT $2 FOR UPDATE SKIP LOCKED)";
    let messages = db.run(sql, &[&before.0, &limit]).await?;
    let sql = "UPDATE hotdesk_queue.message_replies r SET text = '', text_gone = true FROM (
             SELECT sdr_id, wa_message_id FROM hotdesk_queue.message_replies
             WHERE NOT text_gone AND received_at_ms < $1
             ORDER BY received_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED) old
         WHERE r.sdr_id = old.sdr_id AND r.wa_message_id = old.wa_message_id";
    let replies = db.run(sql, &[&before.0, &limit]).await?;
    Ok(messages == u64::from(most) || replies == u64::from(most))
}

/// Forgets files that nothing to be sent, decided about or read carries. The hashes of bytes to delete. A
/// file that somebody queues a message with right now is left for the next look.
pub(super) async fn forget_files(
    db: &Db,
    before: UtcMs,
    most: u32,
    now: UtcMs,
) -> Done<Vec<String>> {
    let limit = i64::from(most);
    let unused = "gone_at_ms IS NULL AND NOT EXISTS (
         SELECT 1 FROM hotdesk_queue.messages m WHERE m.file_id = f.id AND NOT m.text_gone)";
    let sql = format!(
        "SELECT f.id FROM hotdesk_queue.files f WHERE f.created_at_ms < $1 AND {unused}
         ORDER BY f.created_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED"
    );
    let held = db.rows(&sql, &[&before.0, &limit]).await?;
    let held: Vec<&str> = held
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    // Looked at again now that they are held: a message may have come between.
    let sql = format!(
        "UPDATE hotdesk_queue.files f SET gone_at_ms = $2, file_name = ''
         WHERE f.id = ANY($1) AND {unused}"
    );
    db.run(&sql, &[&held, &now.0]).await?;
    let sql = "SELECT DISTINCT f.sha256 FROM hotdesk_queue.files f
         WHERE f.gone_at_ms IS NOT NULL AND NOT f.bytes_gone AND NOT EXISTS (
             SELECT 1 FROM hotdesk_queue.files o WHERE o.sha256 = f.sha256 AND o.gone_at_ms IS NULL)
         LIMIT $1";
    let rows = db.rows(sql, &[&limit]).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// The bytes are deleted.
pub(super) async fn bytes_gone(db: &Db, sha256: &str) -> Done<()> {
    let sql = "UPDATE hotdesk_queue.files SET bytes_gone = true
         WHERE sha256 = $1 AND gone_at_ms IS NOT NULL";
    db.run(sql, &[&sha256]).await?;
    Ok(())
}
