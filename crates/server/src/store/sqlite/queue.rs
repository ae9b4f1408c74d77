//! Looking at the queue without changing it.

use super::people::office;
use super::row::Outcome;
use crate::store::rules::day_start;
use crate::store::{Counts, Waiting};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{MessageId, SdrId};
use hotdesk_protocol::queue::QueueContact;
use rusqlite::{Connection, params};

const WAITING: &str = "m.sdr_id = ?1 AND (m.state = 'queued'
     OR (m.state = 'leased' AND m.lease_until_ms <= ?2))
     AND m.pinned_to IS NULL
     AND NOT EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone = m.phone)";

/// A message with a file is counted, not listed: whoever sends from this list would send the text
/// without the file.
pub(super) fn waiting(
    db: &Connection,
    sdr: &SdrId,
    limit: u32,
    now: UtcMs,
) -> rusqlite::Result<Outcome<Waiting>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM messages m WHERE {WAITING}"))?
        .query_row(params![sdr.as_str(), now.0], |row| row.get(0))?;
    let contacts = db
        .prepare_cached(&format!(
            "SELECT m.id, m.phone, l.name, l.company, l.position, l.site, l.pain, m.text
             FROM messages m JOIN leads l ON l.id = m.lead_id
             WHERE {WAITING} AND m.file_id IS NULL
             ORDER BY m.seq LIMIT ?3"
        ))?
        .query_map(params![sdr.as_str(), now.0, limit], |row| {
            Ok(QueueContact {
                contact_id: MessageId(row.get(0)?),
                sdr_id: Some(sdr.clone()),
                phone: row.get(1)?,
                nome: row.get(2)?,
                empresa: row.get(3)?,
                cargo: row.get(4)?,
                site: row.get(5)?,
                dor_especifica: row.get(6)?,
                message: row.get(7)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let session = super::sessions::session(db, sdr)?.ok();
    Ok(Ok(Waiting {
        contacts,
        total,
        session: session.map(|seen| seen.session),
    }))
}

pub(super) fn counts(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<Counts> {
    let at = |state| {
        db.prepare_cached("SELECT count(*) FROM messages WHERE sdr_id = ?1 AND state = ?2")?
            .query_row([sdr.as_str(), state], |row| row.get(0))
    };
    let (queued, review) = (at("queued")?, at("review")?);
    let since = day_start(now, &office(db)?.time_zone);
    let sent_today = db
        .prepare_cached("SELECT count(*) FROM messages WHERE sdr_id = ?1 AND sent_at_ms >= ?2")?
        .query_row(params![sdr.as_str(), since.0], |row| row.get(0))?;
    Ok(Counts {
        queued,
        sent_today,
        review,
    })
}

/// Messages that are leased or begun and so may count for today soon.
pub(super) fn in_flight(db: &Connection, sdr: &SdrId) -> rusqlite::Result<u32> {
    db.prepare_cached(
        "SELECT count(*) FROM messages WHERE sdr_id = ?1 AND state IN ('leased', 'begun')",
    )?
    .query_row([sdr.as_str()], |row| row.get(0))
}
