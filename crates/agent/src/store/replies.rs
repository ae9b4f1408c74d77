//! What leads answered, until the server has it.

use hotdesk_protocol::ids::{SdrId, WaMessageId};
use hotdesk_protocol::queue::ReplyRequest;
use rusqlite::{Connection, Result, params};

pub(super) const MIGRATION_6: &str = "
    CREATE TABLE reply (
        place INTEGER PRIMARY KEY,
        sdr_id TEXT NOT NULL REFERENCES sdr (id) ON DELETE CASCADE,
        wa_message_id TEXT NOT NULL,
        request TEXT NOT NULL,
        UNIQUE (sdr_id, wa_message_id)
    ) STRICT;";

/// Answers that stay here because the server has no place for them.
pub(super) const MIGRATION_8: &str =
    "ALTER TABLE reply ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;";

/// What the server has not yet taken, oldest first.
pub(super) fn all(db: &Connection, sdr: &SdrId) -> Result<Vec<ReplyRequest>> {
    db.prepare("SELECT request FROM reply WHERE sdr_id = ?1 AND kept = 0 ORDER BY place")?
        .query_map([sdr.as_str()], |row| {
            let json: String = row.get(0)?;
            serde_json::from_str(&json).map_err(|error| {
                let text = rusqlite::types::Type::Text;
                rusqlite::Error::FromSqlConversionFailure(0, text, error.into())
            })
        })?
        .collect()
}

/// An answer that is already here stays as it is.
pub(super) fn put(db: &Connection, sdr: &SdrId, request: &ReplyRequest) -> Result<()> {
    let json = serde_json::to_string(request)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    db.prepare_cached(
        "INSERT INTO reply (sdr_id, wa_message_id, request) VALUES (?1, ?2, ?3)
         ON CONFLICT (sdr_id, wa_message_id) DO NOTHING",
    )?
    .execute(params![sdr.as_str(), request.wa_message_id.as_str(), json])?;
    Ok(())
}

/// Stays here for good; the SDR's removal takes it along.
pub(super) fn keep(db: &Connection, sdr: &SdrId, request: &ReplyRequest) -> Result<()> {
    put(db, sdr, request)?;
    db.prepare_cached("UPDATE reply SET kept = 1 WHERE sdr_id = ?1 AND wa_message_id = ?2")?
        .execute([sdr.as_str(), request.wa_message_id.as_str()])?;
    Ok(())
}

/// With its text (`secure_delete` is on).
pub(super) fn remove(db: &Connection, sdr: &SdrId, id: &WaMessageId) -> Result<()> {
    db.prepare_cached("DELETE FROM reply WHERE sdr_id = ?1 AND wa_message_id = ?2 AND kept = 0")?
        .execute([sdr.as_str(), id.as_str()])?;
    Ok(())
}
