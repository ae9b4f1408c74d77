//! One transaction on one connection of the pool, and how often a call is tried.

use super::fault::{Done, Fault};
use super::row::Outcome;
use crate::store::StoreError;
use deadpool_postgres::{Object, Pool};
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// How often a call is tried that another one is in the way of.
const MOST_TRIES: u32 = 6;

/// The values of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Sees one moment of the database from its first statement to its last.
    Read,
    /// Each statement sees what is committed; who may change what is held by locks.
    Write,
}

/// A transaction. If it is dropped before its end, as when a caller hangs up, its connection is closed,
/// so that what it wrote is taken back.
pub(super) struct Db {
    client: Option<Object>,
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Db {
    pub(super) async fn begin(pool: &Pool, kind: Kind) -> Done<Self> {
        let client = pool.get().await.map_err(Fault::NoConnection)?;
        let db = Self {
            client: Some(client),
        };
        let begin = match kind {
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Kind::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        db.client()?.batch_execute(begin).await?;
        Ok(db)
    }

    /// Commits what was done, a refusal's too; takes a failed call back.
    pub(super) async fn end<T>(mut self, done: Done<T>) -> Done<T> {
        match done {
            Ok(value) => {
                self.client()?
                    .batch_execute("COMMIT")
                    .await
                    .map_err(Fault::InDoubt)?;
                drop(self.client.take());
                Ok(value)
            }
            Err(fault) => {
                if self.client()?.batch_execute("ROLLBACK").await.is_ok() {
                    drop(self.client.take());
                }
                Err(fault)
            }
        }
    }

    fn client(&self) -> Done<&Object> {
        let ended = || Fault::Unwritable("its transaction has ended".to_owned());
        self.client.as_ref().ok_or_else(ended)
    }

    pub(super) async fn rows(&self, sql: &str, values: Values<'_>) -> Done<Vec<Row>> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.query(&statement, values).await?)
    }

    /// The first row.
    pub(super) async fn row(&self, sql: &str, values: Values<'_>) -> Done<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// The row of a statement that always has one.
    pub(super) async fn one(&self, sql: &str, values: Values<'_>) -> Done<Row> {
        let row = self.row(sql, values).await?;
        row.ok_or(Fault::Unreadable("of a row that is gone"))
    }

    pub(super) async fn exists(&self, sql: &str, values: Values<'_>) -> Done<bool> {
        Ok(self.row(sql, values).await?.is_some())
    }

    /// How many rows a statement changed.
    pub(super) async fn run(&self, sql: &str, values: Values<'_>) -> Done<u64> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, values).await?)
    }
}

/// How often one call was tried.
#[derive(Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// The call's answer; none if it is to be tried again now.
    pub(super) async fn answer<T>(
        &mut self,
        outcome: Done<Outcome<T>>,
    ) -> Option<Result<T, StoreError>> {
        self.0 += 1;
        match outcome {
            Ok(granted) => Some(granted.map_err(StoreError::from)),
            Err(fault) if fault.is_conflict() && self.0 < MOST_TRIES => {
                let most = 8_u64 << self.0;
                tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=most))).await;
                None
            }
            Err(fault) => Some(Err(fault.into())),
        }
    }
}
