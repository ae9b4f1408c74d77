//! What of an end is kept for a while only: names, texts and answers. Ids, states, hashes and the
//! numbers by which an answer is told to belong to a message stay: nothing is sent twice for it.

use super::activity;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, Result, params};

/// Of what ended before that moment; what waits is left as it is. How many rows had something.
pub(super) fn purge(db: &Connection, sdr: &SdrId, before: UtcMs) -> Result<usize> {
    let mut forgotten = activity::purge(db, sdr, before)?;
    // Of a finished row nobody needs the name; of one that is merely watched, for a while.
    forgotten += db.execute(
        "UPDATE outbox SET row = json_set(row, '$.text', '', '$.lead_name', '')
         WHERE sdr_id = ?1 AND json_extract(row, '$.lead_name') <> '' AND (
            finished = 1
            OR json_extract(row, '$.stage') IN ('sent', 'delivered', 'read')
               AND json_extract(row, '$.reported') IS NOT NULL
               AND json_extract(row, '$.at[#-1][1]') < ?2)",
        params![sdr.as_str(), before.0],
    )?;
    forgotten += db.execute(
        "UPDATE reply SET request = json_set(request, '$.text', '')
         WHERE sdr_id = ?1 AND kept = 1 AND json_extract(request, '$.text') <> ''
            AND json_extract(request, '$.atMs') < ?2",
        params![sdr.as_str(), before.0],
    )?;
    Ok(forgotten)
}
