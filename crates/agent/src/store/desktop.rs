//! This installation's id.

use hotdesk_protocol::ids::DesktopId;
use rusqlite::{Connection, OptionalExtension, Result};

pub(super) const MIGRATION_1: &str = "
    CREATE TABLE desktop (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        id TEXT NOT NULL
    ) STRICT;";

/// The id; chosen at the first call.
pub(super) fn id(db: &Connection) -> Result<DesktopId> {
    let found = db
        .query_row("SELECT id FROM desktop", [], |row| row.get::<_, String>(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(DesktopId(id));
    }
    let id = uuid::Uuid::new_v4().to_string();
    db.execute("INSERT INTO desktop VALUES (1, ?1)", [&id])?;
    Ok(DesktopId(id))
}
