//! Table `audit`: what people did, only ever added to.

use super::row::column_error;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditEntry, KeptAudit};
use hotdesk_protocol::ids::{DesktopId, SdrId};
use rusqlite::{Connection, Row, params};

/// An entry that is there stays as it is.
pub(super) fn put(
    db: &Connection,
    entries: &[AuditEntry],
    desktop: Option<&DesktopId>,
    told_by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO audit (desktop_id, id, told_by, sdr_id, entry, at_ms, received_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (desktop_id, id) DO NOTHING",
    )?;
    for entry in entries {
        let json = serde_json::to_string(entry)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        insert.execute(params![
            desktop.map_or("", DesktopId::as_str),
            entry.id,
            told_by.as_str(),
            entry.sdr_id.as_ref().map(SdrId::as_str),
            json,
            entry.at_ms.0,
            now.0
        ])?;
    }
    Ok(())
}

/// Newest first.
pub(super) fn list(
    db: &Connection,
    of: Option<&SdrId>,
    before: i64,
    limit: u32,
) -> rusqlite::Result<Vec<KeptAudit>> {
    db.prepare_cached(
        "SELECT seq, entry, desktop_id, told_by, received_at_ms FROM audit
         WHERE seq < ?1 AND (?2 IS NULL OR sdr_id = ?2) ORDER BY seq DESC LIMIT ?3",
    )?
    .query_map(params![before, of.map(SdrId::as_str), limit], read)?
    .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptAudit> {
    let json: String = row.get(1)?;
    let desktop: String = row.get(2)?;
    Ok(KeptAudit {
        seq: row.get(0)?,
        entry: serde_json::from_str(&json).map_err(|_| column_error(1, "entry"))?,
        desktop_id: (!desktop.is_empty()).then_some(DesktopId(desktop)),
        told_by: SdrId(row.get(3)?),
        received_at_ms: UtcMs(row.get(4)?),
    })
}
