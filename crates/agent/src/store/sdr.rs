//! The SDRs of this machine.

use crate::queue_client::Token;
use hotdesk_protocol::ids::SdrId;
use rusqlite::{Connection, Result, Row, params};

pub(super) const MIGRATION_2: &str = "
    CREATE TABLE sdr (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        token TEXT NOT NULL,
        position INTEGER NOT NULL UNIQUE,
        paused INTEGER NOT NULL DEFAULT 0,
        connect INTEGER NOT NULL DEFAULT 1,
        marker TEXT,
        account_phone TEXT
    ) STRICT, WITHOUT ROWID;";

/// One SDR. Has no `Debug`: it holds a token.
#[derive(Clone)]
pub struct SdrRow {
    /// Their id.
    pub id: SdrId,
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Their bearer at the queue server.
    pub token: Token,
    /// A person paused it.
    pub paused: bool,
    /// The page is to be open.
    pub connect: bool,
    /// The marker last written into the profile.
    pub marker: Option<String>,
    /// The number linked last, E.164.
    pub account_phone: Option<String>,
    /// In strict mode and locked: what belongs to them is closed, and the token is none.
    pub sealed: bool,
    /// That, and their sign-in had ended before.
    pub signed_out: bool,
}

fn read(row: &Row<'_>) -> Result<SdrRow> {
    Ok(SdrRow {
        id: SdrId(row.get(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        token: Token::new(row.get(3)?),
        paused: row.get(4)?,
        connect: row.get(5)?,
        marker: row.get(6)?,
        account_phone: row.get(7)?,
        sealed: row.get::<_, Option<bool>>(8)?.is_some(),
        signed_out: row.get::<_, Option<bool>>(8)?.unwrap_or(false),
    })
}

pub(super) fn all(db: &Connection) -> Result<Vec<SdrRow>> {
    db.prepare(
        "SELECT id, name, email, token, paused, connect, marker, account_phone,
            (SELECT signed_out FROM sealed WHERE sdr_id = sdr.id)
         FROM sdr ORDER BY position",
    )?
    .query_map([], read)?
    .collect()
}

/// A known SDR keeps all but their account: place, wishes, marker and linked number.
pub(super) fn put(db: &Connection, sdr: &SdrRow) -> Result<()> {
    db.execute(
        "INSERT INTO sdr (id, name, email, token, position, paused, connect)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) + 1 FROM sdr), ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, email = excluded.email, token = excluded.token",
        params![
            sdr.id.as_str(),
            sdr.name,
            sdr.email,
            sdr.token.expose(),
            sdr.paused,
            sdr.connect
        ],
    )?;
    Ok(())
}

pub(super) fn set_paused(db: &Connection, id: &SdrId, paused: bool) -> Result<()> {
    db.execute(
        "UPDATE sdr SET paused = ?2 WHERE id = ?1",
        params![id.as_str(), paused],
    )?;
    Ok(())
}

pub(super) fn set_connect(db: &Connection, id: &SdrId, connect: bool) -> Result<()> {
    db.execute(
        "UPDATE sdr SET connect = ?2 WHERE id = ?1",
        params![id.as_str(), connect],
    )?;
    Ok(())
}

pub(super) fn set_marker(db: &Connection, id: &SdrId, marker: &str) -> Result<()> {
    db.execute(
        "UPDATE sdr SET marker = ?2 WHERE id = ?1",
        params![id.as_str(), marker],
    )?;
    Ok(())
}

pub(super) fn set_account_phone(db: &Connection, id: &SdrId, phone: &str) -> Result<()> {
    db.execute(
        "UPDATE sdr SET account_phone = ?2 WHERE id = ?1",
        params![id.as_str(), phone],
    )?;
    Ok(())
}

/// The rows of the other tables go with it.
pub(super) fn remove(db: &Connection, id: &SdrId) -> Result<()> {
    db.execute("DELETE FROM sdr WHERE id = ?1", [id.as_str()])?;
    Ok(())
}
