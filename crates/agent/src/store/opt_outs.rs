//! The numbers that are not to be sent to, and how far they are known: each SDR's own, because each
//! hears of them under their own sign-in.

use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::OptOuts;
use rusqlite::{Connection, Result, params};

pub(super) const MIGRATION_10: &str = "
    CREATE TABLE opt_out (
        sdr_id TEXT NOT NULL REFERENCES sdr (id) ON DELETE CASCADE,
        phone TEXT NOT NULL,
        PRIMARY KEY (sdr_id, phone)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE sdr ADD COLUMN opt_outs_since INTEGER NOT NULL DEFAULT 0;";

pub(super) fn all(db: &Connection, sdr: &SdrId) -> Result<OptOuts> {
    let numbers = db
        .prepare("SELECT phone FROM opt_out WHERE sdr_id = ?1")?
        .query_map([sdr.as_str()], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let cursor = db.query_row(
        "SELECT opt_outs_since FROM sdr WHERE id = ?1",
        [sdr.as_str()],
        |row| row.get(0),
    )?;
    Ok(OptOuts {
        numbers,
        cursor,
        more: false,
    })
}

/// The numbers and the cursor.
pub(super) fn put(db: &Connection, sdr: &SdrId, numbers: &[String], cursor: i64) -> Result<()> {
    for phone in numbers {
        db.prepare_cached("INSERT OR IGNORE INTO opt_out (sdr_id, phone) VALUES (?1, ?2)")?
            .execute([sdr.as_str(), phone])?;
    }
    db.execute(
        "UPDATE sdr SET opt_outs_since = ?2 WHERE id = ?1",
        params![sdr.as_str(), cursor],
    )?;
    Ok(())
}
