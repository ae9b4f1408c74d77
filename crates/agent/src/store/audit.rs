//! What people did on this machine, until the server has it and for some time after.

use hotdesk_engine::effect::{OutboxRow, Stage};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditAct, AuditActor, AuditEntry};
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, Result, params};

/// What was done stays when its SDR is removed, until the server has it.
pub(super) const MIGRATION_12: &str = "
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        sdr_id TEXT,
        at_ms INTEGER NOT NULL,
        entry TEXT NOT NULL,
        told INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX audit_untold ON audit (told, sdr_id, seq);";

/// Entries about this SDR or the window that the server has not yet taken, oldest first.
pub(super) fn untold(db: &Connection, sdr: &SdrId, most: usize) -> Result<Vec<AuditEntry>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT entry FROM audit WHERE told = 0 AND (sdr_id = ?1 OR sdr_id IS NULL)
         ORDER BY seq LIMIT ?2",
    )?
    .query_map(params![sdr.as_str(), most], |row| {
        let json: String = row.get(0)?;
        serde_json::from_str(&json).map_err(|error| {
            let text = rusqlite::types::Type::Text;
            rusqlite::Error::FromSqlConversionFailure(0, text, error.into())
        })
    })?
    .collect()
}

/// An entry that is there stays as it is.
pub(super) fn put(db: &Connection, entry: &AuditEntry) -> Result<()> {
    let json = serde_json::to_string(entry)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    db.prepare_cached(
        "INSERT INTO audit (id, sdr_id, at_ms, entry) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        entry.id,
        entry.sdr_id.as_ref().map(SdrId::as_str),
        entry.at_ms.0,
        json
    ])?;
    Ok(())
}

/// A message that left, at its first tick; every later one finds the entry there.
pub(super) fn put_left(db: &Connection, sdr: &SdrId, row: &OutboxRow) -> Result<()> {
    match row.stage {
        Stage::Sent | Stage::Delivered | Stage::Read => {}
        Stage::Intent | Stage::Submitted | Stage::Failed | Stage::Review => return Ok(()),
    }
    let left = |(stage, _): &&(Stage, UtcMs)| *stage == Stage::Sent;
    let at = row.at.iter().find(left).or(row.at.last());
    put(
        db,
        &AuditEntry {
            id: format!("sent-{}-{}", row.wa_message_id, row.generation),
            at_ms: at.map_or(UtcMs(0), |(_, at)| *at),
            sdr_id: Some(sdr.clone()),
            actor: AuditActor::Hotdesk,
            who: None,
            act: AuditAct::Sent,
            message_id: Some(row.message_id.clone()),
            note: None,
        },
    )
}

/// The server has these.
pub(super) fn told(db: &Connection, ids: &[String]) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE audit SET told = 1 WHERE id = ?1")?;
    for id in ids {
        update.execute([id])?;
    }
    Ok(())
}

/// What the server has of an SDR who is removed goes with them.
pub(super) fn forget(db: &Connection, sdr: &SdrId) -> Result<()> {
    db.execute(
        "DELETE FROM audit WHERE sdr_id = ?1 AND told = 1",
        [sdr.as_str()],
    )?;
    Ok(())
}

/// What the server has and is older than that goes.
pub(super) fn purge(db: &Connection, before: UtcMs) -> Result<()> {
    db.execute(
        "DELETE FROM audit WHERE told = 1 AND at_ms < ?1",
        [before.0],
    )?;
    Ok(())
}
