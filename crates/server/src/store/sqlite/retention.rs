//! Takes the texts and files out of what ended long ago; ids, steps and counts stay. What is still to be sent, or is
//! for a person to decide, keeps its text however old it is.

use hotdesk_protocol::UtcMs;
use rusqlite::{Connection, params};

/// Whether there is more to do.
pub(super) fn forget(db: &Connection, before: UtcMs, most: u32) -> rusqlite::Result<bool> {
    let messages = db
        .prepare_cached(
            "UPDATE messages SET text = '', text_gone = 1 WHERE seq IN (
                 SELECT seq FROM messages WHERE text_gone = 0
                     AND state IN ('sent', 'delivered', 'read', 'failed', 'cancelled')
                     AND coalesce(sent_at_ms, created_at_ms) < ?1
                 ORDER BY coalesce(sent_at_ms, created_at_ms) LIMIT ?2)",
        )?
        .execute(params![before.0, most])?;
    let replies = db
        .prepare_cached(
            "UPDATE message_replies SET text = '', text_gone = 1 WHERE (sdr_id, wa_message_id) IN (
                 SELECT sdr_id, wa_message_id FROM message_replies
                 WHERE text_gone = 0 AND received_at_ms < ?1
                 ORDER BY received_at_ms LIMIT ?2)",
        )?
        .execute(params![before.0, most])?;
    let full = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(messages == full || replies == full)
}

/// Forgets files that nothing to be sent, decided about or read carries. The hashes of bytes to delete.
pub(super) fn forget_files(
    db: &Connection,
    before: UtcMs,
    most: u32,
    now: UtcMs,
) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(
        "UPDATE files SET gone_at_ms = ?3, file_name = '' WHERE id IN (
             SELECT f.id FROM files f WHERE f.gone_at_ms IS NULL AND f.created_at_ms < ?1
                 AND NOT EXISTS (
                     SELECT 1 FROM messages m WHERE m.file_id = f.id AND m.text_gone = 0)
             ORDER BY f.created_at_ms LIMIT ?2)",
    )?
    .execute(params![before.0, most, now.0])?;
    db.prepare_cached(
        "SELECT DISTINCT f.sha256 FROM files f WHERE f.gone_at_ms IS NOT NULL AND f.bytes_gone = 0
             AND NOT EXISTS (
                 SELECT 1 FROM files o WHERE o.sha256 = f.sha256 AND o.gone_at_ms IS NULL)
         LIMIT ?1",
    )?
    .query_map([most], |row| row.get(0))?
    .collect()
}

/// The bytes are deleted.
pub(super) fn bytes_gone(db: &Connection, sha256: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE files SET bytes_gone = 1 WHERE sha256 = ?1 AND gone_at_ms IS NOT NULL",
    )?
    .execute([sha256])?;
    Ok(())
}
