//! Takes the texts out of what ended long ago; ids, steps and counts stay. What is still to be sent, or is
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
