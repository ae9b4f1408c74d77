//! The PINs of this machine's SDRs, as hashes, and how often each was wrong in a row.

use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, OptionalExtension, Result, params};

pub(super) const MIGRATION_11: &str = "
    CREATE TABLE pin (
        sdr_id TEXT PRIMARY KEY REFERENCES sdr (id) ON DELETE CASCADE,
        hash TEXT NOT NULL,
        wrong INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;";

/// Who has a PIN, and how often it was wrong in a row.
pub(super) fn all(db: &Connection) -> Result<Vec<(SdrId, u32)>> {
    db.prepare("SELECT sdr_id, wrong FROM pin")?
        .query_map([], |row| Ok((SdrId(row.get(0)?), row.get(1)?)))?
        .collect()
}

pub(super) fn put(db: &Connection, sdr: &SdrId, hash: &str) -> Result<()> {
    db.execute(
        "INSERT INTO pin (sdr_id, hash) VALUES (?1, ?2)
         ON CONFLICT (sdr_id) DO UPDATE SET hash = excluded.hash, wrong = 0",
        [sdr.as_str(), hash],
    )?;
    Ok(())
}

/// Counts a try as a wrong one, and answers the hash it may be held against and how many tries that
/// makes; `None` where there is no PIN or it was wrong `most` times.
pub(super) fn count_try(db: &Connection, sdr: &SdrId, most: u32) -> Result<Option<(String, u32)>> {
    db.query_row(
        "UPDATE pin SET wrong = wrong + 1 WHERE sdr_id = ?1 AND wrong < ?2 RETURNING hash, wrong",
        params![sdr.as_str(), most],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
    .optional()
}

/// No try was wrong; false if there is no PIN.
pub(super) fn forgive(db: &Connection, sdr: &SdrId) -> Result<bool> {
    let changed = db.execute("UPDATE pin SET wrong = 0 WHERE sdr_id = ?1", [sdr.as_str()])?;
    Ok(changed > 0)
}
