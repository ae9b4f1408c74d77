//! Numbered migrations, never edited once released.

use super::error::StoreError;
use super::{
    activity, audit, desktop, opt_outs, outbox, pin, replies, sdr, sealed, server, session_cache,
};
use rusqlite::Connection;

const MIGRATIONS: [&str; 13] = [
    desktop::MIGRATION_1,
    sdr::MIGRATION_2,
    outbox::MIGRATION_3,
    session_cache::MIGRATION_4,
    activity::MIGRATION_5,
    replies::MIGRATION_6,
    server::MIGRATION_7,
    replies::MIGRATION_8,
    desktop::MIGRATION_9,
    opt_outs::MIGRATION_10,
    pin::MIGRATION_11,
    audit::MIGRATION_12,
    sealed::MIGRATION_13,
];

pub(super) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = db
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| StoreError::from_sqlite(&error))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let applied = usize::try_from(found).unwrap_or(0);
    for (at, sql) in MIGRATIONS.iter().enumerate().skip(applied) {
        let step = || -> rusqlite::Result<()> {
            let transaction = db.transaction()?;
            transaction.execute_batch(sql)?;
            transaction.execute_batch(&format!("PRAGMA user_version = {}", at + 1))?;
            transaction.commit()
        };
        let mut step = step;
        step().map_err(|error| StoreError::from_sqlite(&error))?;
    }
    Ok(())
}
