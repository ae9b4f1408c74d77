//! What of an SDR in strict mode is closed while they are locked: their token, texts, numbers and
//! states. Their name, their place and a person's wishes stay readable.

use hotdesk_protocol::ids::SdrId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(super) const MIGRATION_13: &str = "
    CREATE TABLE strict (
        sdr_id TEXT PRIMARY KEY REFERENCES sdr (id) ON DELETE CASCADE,
        closer BLOB NOT NULL,
        by_pin BLOB NOT NULL,
        by_server BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sealed (
        sdr_id TEXT PRIMARY KEY REFERENCES sdr (id) ON DELETE CASCADE,
        -- Their sign-in had ended: the PIN alone opens nothing.
        signed_out INTEGER NOT NULL,
        closed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// Tables whose rows are closed whole, and what of each row comes back: a place is given anew, in the
/// same order.
const TABLES: [(&str, &str, &str); 5] = [
    (
        "outbox",
        "message_id, wa_message_id, body_hash, finished, row",
        "place",
    ),
    ("reply", "wa_message_id, request, kept", "place"),
    ("session_cache", "facts", "sdr_id"),
    ("activity", "message_id, since_ms, view", "since_ms"),
    ("opt_out", "phone", "phone"),
];
/// What of the SDR's own row is closed.
const OWN: &str = "token, marker, account_phone, opt_outs_since";

/// One SDR's keys, of which none opens anything by itself.
#[derive(Clone)]
pub(crate) struct StrictRow {
    pub(crate) closer: [u8; 32],
    pub(crate) by_pin: Vec<u8>,
    pub(crate) by_server: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Rows {
    own: Vec<Cell>,
    tables: BTreeMap<String, Vec<Vec<Cell>>>,
}

#[derive(Serialize, Deserialize)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
}

pub(super) fn strict(db: &Connection) -> Result<Vec<(SdrId, StrictRow)>> {
    db.prepare("SELECT sdr_id, closer, by_pin, by_server FROM strict")?
        .query_map([], |row| {
            let keys = StrictRow {
                closer: row.get(1)?,
                by_pin: row.get(2)?,
                by_server: row.get(3)?,
            };
            Ok((SdrId(row.get(0)?), keys))
        })?
        .collect()
}

pub(super) fn put_strict(db: &Connection, sdr: &SdrId, keys: &StrictRow) -> Result<()> {
    db.execute(
        "INSERT INTO strict (sdr_id, closer, by_pin, by_server) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (sdr_id) DO UPDATE SET
            closer = excluded.closer, by_pin = excluded.by_pin, by_server = excluded.by_server",
        params![sdr.as_str(), keys.closer, keys.by_pin, keys.by_server],
    )?;
    Ok(())
}

pub(super) fn put_by_pin(db: &Connection, sdr: &SdrId, by_pin: &[u8]) -> Result<()> {
    db.execute(
        "UPDATE strict SET by_pin = ?2 WHERE sdr_id = ?1",
        params![sdr.as_str(), by_pin],
    )?;
    Ok(())
}

pub(super) fn end_strict(db: &Connection, sdr: &SdrId) -> Result<()> {
    db.execute("DELETE FROM strict WHERE sdr_id = ?1", [sdr.as_str()])?;
    Ok(())
}

/// What is closed, if it is.
pub(super) fn closed(db: &Connection, sdr: &SdrId) -> Result<Option<Vec<u8>>> {
    db.query_row(
        "SELECT closed FROM sealed WHERE sdr_id = ?1",
        [sdr.as_str()],
        |row| row.get(0),
    )
    .optional()
}

/// Puts what `close` makes of an SDR's rows in their place; nothing where that is done already.
/// `close` may refuse, and then nothing is changed.
pub(super) fn seal(
    db: &Connection,
    sdr: &SdrId,
    close: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Result<bool> {
    if closed(db, sdr)?.is_some() {
        return Ok(true);
    }
    let json = zeroize::Zeroizing::new(
        serde_json::to_vec(&rows(db, sdr)?)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?,
    );
    let Some(closed) = close(&json) else {
        return Ok(false);
    };
    let signed_out = super::session_cache::get(db, sdr)?.signed_out;
    for (table, _, _) in TABLES {
        db.execute(
            &format!("DELETE FROM {table} WHERE sdr_id = ?1"),
            [sdr.as_str()],
        )?;
    }
    db.execute(
        "UPDATE sdr SET token = '', marker = NULL, account_phone = NULL, opt_outs_since = 0
         WHERE id = ?1",
        [sdr.as_str()],
    )?;
    db.execute(
        "INSERT INTO sealed (sdr_id, signed_out, closed) VALUES (?1, ?2, ?3)",
        params![sdr.as_str(), signed_out, closed],
    )?;
    Ok(true)
}

/// Puts the rows back, as [`seal`] gave them to `close`.
pub(super) fn unseal(db: &Connection, sdr: &SdrId, opened: &[u8]) -> Result<()> {
    let rows: Rows = serde_json::from_slice(opened).map_err(|error| {
        let blob = rusqlite::types::Type::Blob;
        rusqlite::Error::FromSqlConversionFailure(0, blob, error.into())
    })?;
    for (table, columns, _) in TABLES {
        let places = columns.split(", ").map(|_| "?");
        let places: Vec<_> = std::iter::once("?").chain(places).collect();
        let sql = format!(
            "INSERT INTO {table} (sdr_id, {columns}) VALUES ({})",
            places.join(", ")
        );
        let mut insert = db.prepare(&sql)?;
        for row in rows.tables.get(table).into_iter().flatten() {
            let cells = row.iter().map(Cell::value);
            let own = std::iter::once(Value::Text(sdr.0.clone()));
            insert.execute(params_from_iter(own.chain(cells)))?;
        }
    }
    let own = rows.own.iter().map(Cell::value);
    let id = std::iter::once(Value::Text(sdr.0.clone()));
    db.execute(
        &format!("UPDATE sdr SET ({OWN}) = (?, ?, ?, ?) WHERE id = ?"),
        params_from_iter(own.chain(id)),
    )?;
    db.execute("DELETE FROM sealed WHERE sdr_id = ?1", [sdr.as_str()])?;
    Ok(())
}

fn rows(db: &Connection, sdr: &SdrId) -> Result<Rows> {
    let mut tables = BTreeMap::new();
    for (table, columns, order) in TABLES {
        let sql = format!("SELECT {columns} FROM {table} WHERE sdr_id = ?1 ORDER BY {order}");
        tables.insert(table.to_owned(), cells(db, &sql, sdr)?);
    }
    let own = cells(db, &format!("SELECT {OWN} FROM sdr WHERE id = ?1"), sdr)?.pop();
    Ok(Rows {
        own: own.ok_or(rusqlite::Error::QueryReturnedNoRows)?,
        tables,
    })
}

fn cells(db: &Connection, sql: &str, sdr: &SdrId) -> Result<Vec<Vec<Cell>>> {
    let mut statement = db.prepare(sql)?;
    let width = statement.column_count();
    let found = statement.query_map([sdr.as_str()], |row| {
        (0..width)
            .map(|at| match row.get(at)? {
                Value::Null => Ok(Cell::Null),
                Value::Integer(number) => Ok(Cell::Integer(number)),
                Value::Text(text) => Ok(Cell::Text(text)),
                other @ (Value::Real(_) | Value::Blob(_)) => Err(
                    rusqlite::Error::InvalidColumnType(at, sql.to_owned(), other.data_type()),
                ),
            })
            .collect()
    })?;
    found.collect()
}

impl Cell {
    fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}
