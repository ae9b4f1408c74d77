//! The latest messages of each SDR, as the activity list shows them.

use crate::views::ActivityView;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, Result, params};

/// How many are kept for each SDR.
pub(crate) const MOST: usize = 50;

pub(super) const MIGRATION_5: &str = "
    CREATE TABLE activity (
        sdr_id TEXT NOT NULL REFERENCES sdr (id) ON DELETE CASCADE,
        message_id TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        view TEXT NOT NULL,
        PRIMARY KEY (sdr_id, message_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX activity_newest ON activity (sdr_id, since_ms);";

/// Newest first. A row an older version wrote in another shape is left out.
pub(super) fn newest(db: &Connection, sdr: &SdrId) -> Result<Vec<ActivityView>> {
    let rows: Vec<String> = db
        .prepare("SELECT view FROM activity WHERE sdr_id = ?1 ORDER BY since_ms DESC")?
        .query_map([sdr.as_str()], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let views = rows
        .iter()
        .filter_map(|json| serde_json::from_str(json).ok());
    Ok(views.take(MOST).collect())
}

pub(super) fn put(db: &Connection, sdr: &SdrId, view: &ActivityView) -> Result<()> {
    let json = serde_json::to_string(view)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let since_ms = view.steps.first().map_or(0, |step| step.at_ms.0);
    db.prepare_cached(
        "INSERT INTO activity VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (sdr_id, message_id) DO UPDATE SET
            since_ms = excluded.since_ms, view = excluded.view",
    )?
    .execute(params![
        sdr.as_str(),
        view.message_id.as_str(),
        since_ms,
        json
    ])?;
    Ok(())
}

/// Drop all but the newest.
pub(super) fn trim(db: &Connection, sdr: &SdrId) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM activity WHERE sdr_id = ?1 AND since_ms <= (
            SELECT since_ms FROM activity WHERE sdr_id = ?1
            ORDER BY since_ms DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![sdr.as_str(), MOST as u32])?;
    Ok(())
}

/// Drop what ended before that moment; how much that was. A row of another shape goes by its age.
pub(super) fn purge(db: &Connection, sdr: &SdrId, before: UtcMs) -> Result<usize> {
    let mut dropped = 0;
    let rows: Vec<(String, i64, String)> = db
        .prepare("SELECT message_id, since_ms, view FROM activity WHERE sdr_id = ?1")?
        .query_map([sdr.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_>>()?;
    for (message, since_ms, json) in rows {
        let old = match serde_json::from_str::<ActivityView>(&json) {
            Ok(view) => view.ended_before(before),
            Err(_) => since_ms < before.0,
        };
        if old {
            dropped += db.execute(
                "DELETE FROM activity WHERE sdr_id = ?1 AND message_id = ?2",
                [sdr.as_str(), &message],
            )?;
        }
    }
    Ok(dropped)
}
