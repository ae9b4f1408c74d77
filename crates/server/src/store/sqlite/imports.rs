//! Rows of a file of leads.

use super::people::must_be_sdr;
use super::row::Outcome;
use crate::phone::other_spelling;
use crate::store::NewLead;
use crate::store::leads::{ImportRows, Imported, ImportedRows, next_of};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, SdrId};
use rusqlite::{Connection, OptionalExtension, params};

/// What would become of a number.
pub(super) fn look(db: &Connection, phone: &str) -> rusqlite::Result<Imported> {
    let other = other_spelling(phone);
    let blocked = db
        .prepare_cached("SELECT 1 FROM do_not_contact WHERE phone IN (?1, ?2)")?
        .exists([Some(phone), other.as_deref()])?;
    if blocked {
        return Ok(Imported::Blocked);
    }
    let known = db
        .prepare_cached("SELECT lead_id, status FROM lead_book WHERE phone = ?1")?
        .query_row([phone], |row| {
            Ok(Imported::Known {
                id: LeadId(row.get(0)?),
                status: super::leads::status(row, 1)?,
            })
        })
        .optional()?;
    Ok(known.unwrap_or(Imported::Fresh))
}

pub(super) fn import(
    db: &Connection,
    import: &ImportRows,
    now: UtcMs,
) -> rusqlite::Result<Outcome<ImportedRows>> {
    for sdr in &import.to {
        if let Err(refusal) = must_be_sdr(db, sdr)? {
            return Ok(Err(refusal));
        }
    }
    let mut done = ImportedRows {
        rows: Vec::with_capacity(import.rows.len()),
        turn: import.turn,
    };
    for row in &import.rows {
        let found = look(db, &row.phone)?;
        let to = next_of(&import.to, done.turn).map(SdrId::as_str);
        let given = match &found {
            Imported::Blocked => 0,
            Imported::Fresh => {
                add(db, row, now)?;
                db.prepare_cached(
                    "UPDATE lead_book SET import_id = ?2, sdr_id = ?3 WHERE lead_id = ?1",
                )?
                .execute(params![row.id.as_str(), import.import, to])?
            }
            Imported::Known { id, .. } => {
                fill_in(db, id, row)?;
                let sql = "UPDATE lead_book SET sdr_id = ?2 WHERE lead_id = ?1 AND sdr_id IS NULL
                     AND ?2 IS NOT NULL";
                db.prepare_cached(sql)?.execute(params![id.as_str(), to])?
            }
        };
        done.turn = done.turn.wrapping_add(u32::from(given > 0));
        done.rows.push(found);
    }
    Ok(Ok(done))
}

fn add(db: &Connection, row: &NewLead, now: UtcMs) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO leads (id, name, phone, company, position, site, pain, consent, created_at_ms,
             time_zone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, ''), ?9, ?10)",
    )?
    .execute(params![
        row.id.as_str(),
        row.name,
        row.phone,
        row.company,
        row.position,
        row.site,
        row.pain,
        row.consent,
        now.0,
        row.time_zone
    ])
    .map(drop)
}

/// What a lead has stays as it is.
fn fill_in(db: &Connection, id: &LeadId, row: &NewLead) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE leads SET company = coalesce(nullif(company, ''), ?2),
             position = coalesce(nullif(position, ''), ?3), site = coalesce(nullif(site, ''), ?4),
             pain = coalesce(nullif(pain, ''), ?5),
             consent = coalesce(nullif(consent, ''), nullif(?6, '')),
             time_zone = coalesce(time_zone, ?7)
         WHERE id = ?1 AND (company, position, site, pain, consent, time_zone) IS NOT (
             coalesce(nullif(company, ''), ?2), coalesce(nullif(position, ''), ?3),
             coalesce(nullif(site, ''), ?4), coalesce(nullif(pain, ''), ?5),
             coalesce(nullif(consent, ''), nullif(?6, '')),
             coalesce(time_zone, ?7))",
    )?
    .execute(params![
        id.as_str(),
        row.company,
        row.position,
        row.site,
        row.pain,
        row.consent,
        row.time_zone
    ])
    .map(drop)
}
