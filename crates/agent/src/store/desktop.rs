//! This installation's id.

use hotdesk_protocol::ids::DesktopId;
use rusqlite::{Connection, OptionalExtension, Result};

pub(super) const MIGRATION_1: &str = "
    CREATE TABLE desktop (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        id TEXT NOT NULL
    ) STRICT;";

pub(super) const MIGRATION_9: &str = "
    ALTER TABLE desktop ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;";

/// Whether this database is, or once was, a copy put in the place of a damaged one.
pub(super) fn is_restored(db: &Connection) -> Result<bool> {
    let found = db.query_row("SELECT restored FROM desktop", [], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(false))
}

/// The id; chosen at the first call.
pub(super) fn id(db: &Connection) -> Result<DesktopId> {
    let found = db
        .query_row("SELECT id FROM desktop", [], |row| row.get::<_, String>(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(DesktopId(id));
    }
    let id = uuid::Uuid::new_v4().to_string();
    db.execute("INSERT INTO desktop (only_row, id) VALUES (1, ?1)", [&id])?;
    Ok(DesktopId(id))
}
