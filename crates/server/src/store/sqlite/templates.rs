//! Table `templates`: texts that are kept.

use super::row::Outcome;
use crate::store::Refusal;
use crate::store::campaigns::{KeptTemplate, NewTemplate};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::TemplateId;
use rusqlite::{Connection, OptionalExtension, Row, params};

const ROW: &str = "SELECT t.id, t.name, t.text, t.changed_at_ms, coalesce(u.name, t.changed_by)
     FROM templates t LEFT JOIN sdr_users u ON u.id = t.changed_by";

/// By name.
pub(super) fn list(db: &Connection) -> rusqlite::Result<Vec<KeptTemplate>> {
    db.prepare_cached(&format!("{ROW} ORDER BY t.name_key"))?
        .query_map([], row)?
        .collect()
}

pub(super) fn add(
    db: &Connection,
    new: &NewTemplate,
    now: UtcMs,
) -> rusqlite::Result<Outcome<KeptTemplate>> {
    if is_taken(db, new)? {
        return Ok(Err(Refusal::NameTaken));
    }
    db.prepare_cached(
        "INSERT INTO templates (id, name, name_key, text, changed_by, changed_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        new.id.as_str(),
        new.name,
        new.key(),
        new.text,
        new.by.as_str(),
        now.0
    ])?;
    one(db, &new.id)
}

pub(super) fn change(
    db: &Connection,
    new: &NewTemplate,
    now: UtcMs,
) -> rusqlite::Result<Outcome<KeptTemplate>> {
    if is_taken(db, new)? {
        return Ok(Err(Refusal::NameTaken));
    }
    db.prepare_cached(
        "UPDATE templates SET name = ?2, name_key = ?3, text = ?4, changed_by = ?5,
             changed_at_ms = ?6 WHERE id = ?1",
    )?
    .execute(params![
        new.id.as_str(),
        new.name,
        new.key(),
        new.text,
        new.by.as_str(),
        now.0
    ])?;
    one(db, &new.id)
}

/// False if there was none.
pub(super) fn remove(db: &Connection, id: &TemplateId) -> rusqlite::Result<bool> {
    let removed = db
        .prepare_cached("DELETE FROM templates WHERE id = ?1")?
        .execute([id.as_str()])?;
    Ok(removed > 0)
}

/// Another one has this name.
fn is_taken(db: &Connection, new: &NewTemplate) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM templates WHERE name_key = ?1 AND id <> ?2")?
        .exists([new.key().as_str(), new.id.as_str()])
}

fn one(db: &Connection, id: &TemplateId) -> rusqlite::Result<Outcome<KeptTemplate>> {
    let found = db
        .prepare_cached(&format!("{ROW} WHERE t.id = ?1"))?
        .query_row([id.as_str()], row)
        .optional()?;
    Ok(found.ok_or(Refusal::NoSuchTemplate))
}

fn row(row: &Row<'_>) -> rusqlite::Result<KeptTemplate> {
    Ok(KeptTemplate {
        id: TemplateId(row.get(0)?),
        name: row.get(1)?,
        text: row.get(2)?,
        changed_at_ms: UtcMs(row.get(3)?),
        changed_by: row.get(4)?,
    })
}
