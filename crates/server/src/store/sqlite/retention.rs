//! Takes the texts out of what ended long ago; ids, steps and counts stay. What is still to be sent, or is
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
