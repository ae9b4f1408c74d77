//! Which dialect a queue server was found to speak.

use crate::queue_client::Dialect;
use rusqlite::{Connection, OptionalExtension, Result};

pub(super) const MIGRATION_7: &str = "
    CREATE TABLE server (
        url TEXT PRIMARY KEY,
        dialect TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;";

pub(super) fn dialect(db: &Connection, url: &str) -> Result<Option<Dialect>> {
    let name = db
        .query_row("SELECT dialect FROM server WHERE url = ?1", [url], |row| {
            row.get::<_, String>(0)
        })
        .optional()?;
    Ok(name.as_deref().and_then(Dialect::named))
}

pub(super) fn put_dialect(db: &Connection, url: &str, dialect: Dialect) -> Result<()> {
    db.execute(
        "INSERT INTO server VALUES (?1, ?2)
         ON CONFLICT (url) DO UPDATE SET dialect = excluded.dialect",
        [url, dialect.as_str()],
    )?;
    Ok(())
}
