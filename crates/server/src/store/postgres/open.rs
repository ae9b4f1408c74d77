//! Connects, and brings a database to this version: one transaction for each migration, under a lock
//! that keeps out the other processes that start.

use super::address::Address;
use crate::store::{OpenError, StoreError};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use std::future::poll_fn;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls};

/// Migrations in order; number N brings a database to version N. Never edited, only added to.
const MIGRATIONS: [&str; 13] = [
    include_str!("migrations/0001_office.sql"),
    include_str!("migrations/0002_queue.sql"),
    include_str!("migrations/0003_log.sql"),
    include_str!("migrations/0004_audit.sql"),
    include_str!("migrations/0005_dashboard.sql"),
    include_str!("migrations/0006_leads.sql"),
    include_str!("migrations/0007_policy.sql"),
    include_str!("migrations/0008_webhooks.sql"),
    include_str!("migrations/0009_campaigns.sql"),
    include_str!("migrations/0010_retention.sql"),
    include_str!("migrations/0011_pairing_code.sql"),
    include_str!("migrations/0012_files_forgotten.sql"),
    include_str!("migrations/0013_standings.sql"),
];

/// Most connections of one server process; PostgreSQL allows a hundred in all if not told otherwise.
const MOST_CONNECTIONS: usize = 16;
/// How long a call waits for a connection before it is answered "busy".
const PATIENCE: Duration = Duration::from_secs(5);

/// The connections that a server's calls share; none is made yet.
pub(super) fn pool(address: &Address) -> Result<Pool, OpenError> {
    let recycling = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let config = address.config();
    Pool::builder(match address.tls()? {
        Some(tls) => Manager::from_config(config, tls, recycling),
        None => Manager::from_config(config, NoTls, recycling),
    })
    .max_size(MOST_CONNECTIONS)
    .runtime(Runtime::Tokio1)
    .wait_timeout(Some(PATIENCE))
    .create_timeout(Some(PATIENCE))
    .build()
    .map_err(|error| address.unreachable(&error))
}

/// What a database lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its version.
    pub from: u32,
    /// The newest one.
    pub to: u32,
    /// What would be run.
    pub sql: String,
}

/// A connection of its own, which ends when the client is dropped.
async fn connect(address: &Address) -> Result<Client, OpenError> {
    connect_with(address, drop).await
}

/// As [`connect`], and what the database says unasked goes to `heard`.
pub(super) async fn connect_with(
    address: &Address,
    heard: impl FnMut(AsyncMessage) + Send + 'static,
) -> Result<Client, OpenError> {
    let refused = |error: tokio_postgres::Error| address.unreachable(&error);
    let config = address.config();
    Ok(match address.tls()? {
        Some(tls) => {
            let (client, connection) = config.connect(tls).await.map_err(refused)?;
            tokio::spawn(drive(connection, heard));
            client
        }
        None => {
            let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
            tokio::spawn(drive(connection, heard));
            client
        }
    })
}

/// An error ends the connection, and the client's next statement tells it.
async fn drive<S, T>(mut connection: Connection<S, T>, mut heard: impl FnMut(AsyncMessage))
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        heard(message);
    }
}

/// What [`PostgresStore::open`](super::PostgresStore::open) would run now; changes nothing.
pub async fn plan(address: &Address) -> Result<Planned, OpenError> {
    let client = connect(address).await?;
    let from = version(&client, address).await?;
    let sql = missing(from).map(|(number, sql)| step(number, sql));
    Ok(Planned {
        from,
        to: known(),
        sql: sql.collect(),
    })
}

/// Brings a database to this version; one of a newer version is left as it is.
pub(super) async fn migrate(address: &Address) -> Result<(), OpenError> {
    let mut client = connect(address).await?;
    if version(&client, address).await? == known() {
        return Ok(());
    }
    let failed = |error: tokio_postgres::Error| address.not_migrated(&error);
    let locking = "SET lock_timeout = '60s'; SELECT pg_advisory_lock(1752134756, 1)";
    client.batch_execute(locking).await.map_err(failed)?;
    // Another process may have done it while this one waited.
    let from = version(&client, address).await?;
    for (number, sql) in missing(from) {
        let transaction = client.transaction().await.map_err(failed)?;
        let done = transaction.batch_execute(&step(number, sql)).await;
        done.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(())
}

fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

fn missing(from: u32) -> impl Iterator<Item = (u32, &'static str)> {
    (1..)
        .zip(MIGRATIONS)
        .filter(move |(number, _)| *number > from)
}

fn step(number: u32, sql: &str) -> String {
    format!("{sql}\nINSERT INTO hotdesk_queue.migrations (version) VALUES ({number});\n\n")
}

/// The database's version; 0 before the first migration.
async fn version(client: &Client, address: &Address) -> Result<u32, OpenError> {
    let failed = |error: tokio_postgres::Error| address.not_migrated(&error);
    let any = "SELECT to_regclass('hotdesk_queue.migrations') IS NOT NULL";
    let any = client.query_one(any, &[]).await.map_err(failed)?;
    if !any.try_get::<_, bool>(0).map_err(failed)? {
        return Ok(0);
    }
    let last = "SELECT coalesce(max(version), 0) FROM hotdesk_queue.migrations";
    let last = client.query_one(last, &[]).await.map_err(failed)?;
    let found = u32::try_from(last.try_get::<_, i32>(0).map_err(failed)?).unwrap_or(0);
    if found > known() {
        let known = known();
        return Err(OpenError::Newer { found, known });
    }
    Ok(found)
}

impl Address {
    /// The step after the migrations did not go through.
    pub(super) fn zones_not_looked_at(&self, error: &StoreError) -> OpenError {
        OpenError::NotMigrated {
            database: self.to_string(),
            reason: error.to_string(),
        }
    }

    fn not_migrated(&self, error: &tokio_postgres::Error) -> OpenError {
        let reason = error.as_db_error().map_or_else(
            || error.to_string(),
            |refused| format!("{} (SQLSTATE {})", refused.message(), refused.code().code()),
        );
        OpenError::NotMigrated {
            database: self.to_string(),
            reason,
        }
    }
}
