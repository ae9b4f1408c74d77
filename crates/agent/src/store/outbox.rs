//! Messages in flight, and of finished ones what is needed never to send them again.

use hotdesk_engine::effect::OutboxRow;
use hotdesk_protocol::ids::{MessageId, SdrId};
use rusqlite::{Connection, Result, params};

pub(super) const MIGRATION_3: &str = "
    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY,
        sdr_id TEXT NOT NULL REFERENCES sdr (id) ON DELETE CASCADE,
        message_id TEXT NOT NULL,
        wa_message_id TEXT NOT NULL,
        body_hash TEXT NOT NULL,
        finished INTEGER NOT NULL DEFAULT 0,
        row TEXT NOT NULL,
        UNIQUE (sdr_id, message_id)
    ) STRICT;";

/// An SDR's rows, oldest first.
pub struct Found {
    /// Whose end is not yet reported.
    pub in_flight: Vec<OutboxRow>,
    /// Whose end is reported; without their texts and names.
    pub finished: Vec<OutboxRow>,
}

pub(super) fn all(db: &Connection, sdr: &SdrId) -> Result<Found> {
    let mut statement =
        db.prepare("SELECT finished, row FROM outbox WHERE sdr_id = ?1 ORDER BY place")?;
    let mut rows = statement.query([sdr.as_str()])?;
    let mut found = Found {
        in_flight: Vec::new(),
        finished: Vec::new(),
    };
    while let Some(row) = rows.next()? {
        let json: String = row.get(1)?;
        let parsed = serde_json::from_str(&json).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, error.into())
        })?;
        if row.get(0)? {
            found.finished.push(parsed);
        } else {
            found.in_flight.push(parsed);
        }
    }
    Ok(found)
}

/// Insert or replace; a finished row that learns of a later tick is in flight again until that
/// is reported too.
pub(super) fn put(db: &Connection, sdr: &SdrId, row: &OutboxRow) -> Result<()> {
    let json = serde_json::to_string(row)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    db.prepare_cached(
        "INSERT INTO outbox (sdr_id, message_id, wa_message_id, body_hash, row)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (sdr_id, message_id) DO UPDATE SET
            wa_message_id = excluded.wa_message_id, body_hash = excluded.body_hash,
            finished = 0, row = excluded.row",
    )?
    .execute(params![
        sdr.as_str(),
        row.message_id.as_str(),
        row.wa_message_id.as_str(),
        row.body_hash,
        json
    ])?;
    Ok(())
}

pub(super) fn finish(db: &Connection, sdr: &SdrId, message: &MessageId) -> Result<()> {
    db.prepare_cached(
        "UPDATE outbox SET finished = 1, row = json_set(row, '$.text', '', '$.lead_name', '')
         WHERE sdr_id = ?1 AND message_id = ?2",
    )?
    .execute([sdr.as_str(), message.as_str()])?;
    Ok(())
}

pub(super) fn remove(db: &Connection, sdr: &SdrId, message: &MessageId) -> Result<()> {
    db.execute(
        "DELETE FROM outbox WHERE sdr_id = ?1 AND message_id = ?2",
        [sdr.as_str(), message.as_str()],
    )?;
    Ok(())
}

/// A row that is in flight again stays.
pub(super) fn forget(db: &Connection, sdr: &SdrId, messages: &[MessageId]) -> Result<()> {
    for message in messages {
        db.prepare_cached(
            "DELETE FROM outbox WHERE sdr_id = ?1 AND message_id = ?2 AND finished = 1",
        )?
        .execute([sdr.as_str(), message.as_str()])?;
    }
    Ok(())
}
