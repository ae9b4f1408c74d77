//! Opens the data file: settings, version gate, migrations.

use crate::store::OpenError;
use crate::store::folding::fold;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

/// Migrations in order; number N brings a file to version N. Never edited, only added to.
const MIGRATIONS: [Migration; 16] = [
    Migration::Sql(include_str!("migrations/0001_queue.sql")),
    Migration::Sql(include_str!("migrations/0002_files.sql")),
    Migration::Code(super::log::migrate),
    Migration::Sql(include_str!("migrations/0004_review.sql")),
    Migration::Sql(include_str!("migrations/0005_desktops.sql")),
    Migration::Sql(include_str!("migrations/0006_adapter_packs.sql")),
    Migration::Sql(include_str!("migrations/0007_audit.sql")),
    Migration::Sql(include_str!("migrations/0008_recovery_keys.sql")),
    Migration::Sql(include_str!("migrations/0009_dashboard.sql")),
    Migration::Sql(include_str!("migrations/0010_leads.sql")),
    Migration::Sql(include_str!("migrations/0011_policy.sql")),
    Migration::Sql(include_str!("migrations/0012_webhooks.sql")),
    Migration::Sql(include_str!("migrations/0013_campaigns.sql")),
    Migration::Sql(include_str!("migrations/0014_retention.sql")),
    Migration::Sql(include_str!("migrations/0015_pairing_code.sql")),
    Migration::Sql(include_str!("migrations/0016_files_forgotten.sql")),
];

/// The version of a file, the newest one, and the SQL between them; changes nothing. A file that is not
/// there is of version 0.
pub fn plan(path: &Path) -> Result<(u32, u32, String), OpenError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found = if path.exists() {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(path, flags)
            .and_then(|file| version(&file))
            .map_err(|error| OpenError::NotOurs {
                path: path.display().to_string(),
                reason: error.to_string(),
            })?
    } else {
        0
    };
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    let missing = (1..).zip(MIGRATIONS).filter(|(number, _)| *number > found);
    let sql = missing.map(|(number, migration)| {
        let sql = match migration {
            Migration::Sql(sql) => sql.to_owned(),
            Migration::Code(_) => {
                super::log::MIGRATION.join("\n-- here each event gets its hash\n\n")
            }
        };
        format!("{sql}\nPRAGMA user_version = {number};\n\n")
    });
    Ok((found, known, sql.collect()))
}

#[derive(Clone, Copy)]
enum Migration {
    Sql(&'static str),
    Code(fn(&Connection) -> rusqlite::Result<()>),
}

/// How long another process may hold the file before a call is answered "busy".
const BUSY: Duration = Duration::from_secs(5);

/// A connection that writes, on a file of the newest version.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let not_writable = |reason: String| OpenError::NotWritable {
        path: path.display().to_string(),
        reason,
    };
    create(path).map_err(|error| not_writable(error.to_string()))?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| not_writable(error.to_string()))?;
    if connection.is_readonly("main").unwrap_or(true) {
        return Err(not_writable("it is read-only".to_owned()));
    }
    prepare(connection, path)
}

/// A connection to a database in memory, of the newest version.
pub(super) fn in_memory() -> Result<Connection, OpenError> {
    let path = Path::new(":memory:");
    let connection = Connection::open_in_memory().map_err(|error| OpenError::NotOurs {
        path: path.display().to_string(),
        reason: error.to_string(),
    })?;
    prepare(connection, path)
}

/// A connection that only reads, beside a writer.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let open = || {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        teach(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    open().map_err(|error: rusqlite::Error| OpenError::NotWritable {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

/// The functions of ours that statements and triggers use, and that a plan is made once: since SQLite 3.54
/// a statement may be planned anew for other values, and with rusqlite, which takes the values out of what
/// it keeps, it always is. That was more than a third of this store's time.
fn teach(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("fold", 1, flags, |context| {
        let words = context.get_raw(0).as_str_or_null()?;
        Ok(words.map(fold))
    })
}

fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

fn prepare(mut connection: Connection, path: &Path) -> Result<Connection, OpenError> {
    let not_ours = |error: rusqlite::Error| OpenError::NotOurs {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    connection.busy_timeout(BUSY).map_err(not_ours)?;
    teach(&connection).map_err(not_ours)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found = version(&connection).map_err(not_ours)?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .map_err(not_ours)?;
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        .map_err(not_ours)?;
    // More than there are: else each call would parse its statements anew.
    connection.set_prepared_statement_cache_capacity(256);
    migrate(&mut connection).map_err(not_ours)?;
    Ok(connection)
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let step = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let from = version(&step)?;
    for (number, migration) in (1..).zip(MIGRATIONS) {
        if number > from {
            match migration {
                Migration::Sql(sql) => step.execute_batch(sql)?,
                Migration::Code(run) => run(&step)?,
            }
            step.pragma_update(None, "user_version", number)?;
        }
    }
    super::lanes::look_at_zones(&step)?;
    step.commit()
}
