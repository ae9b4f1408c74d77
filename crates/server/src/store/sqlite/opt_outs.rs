//! Table `do_not_contact`: who does not want messages.

use super::row::{Mover, Outcome, message, move_to, standing};
use crate::cursor;
use crate::store::leads::{FoundOptOuts, OptOutPage};
use crate::store::rules::{MAX_OPT_OUTS, source, state_name};
use crate::store::{Cause, OptOutOf, OptedOut};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::OptOutRow;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::OptOuts;
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, params};

pub(super) fn opt_out(
    db: &Connection,
    of: &OptOutOf,
    by: &SdrId,
    reason: &str,
    now: UtcMs,
) -> rusqlite::Result<Outcome<OptedOut>> {
    let phone = match of {
        OptOutOf::Phone(phone) => phone.clone(),
        OptOutOf::Message(id) => match message(db, id, Some(by))? {
            Ok(found) => found.phone,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    db.execute(
        "INSERT INTO do_not_contact (phone, reason, blocked_at_ms, blocked_by, source, seq)
         VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(seq), 0) + 1 FROM do_not_contact))
         ON CONFLICT (phone) DO NOTHING",
        params![phone, reason, now.0, by.as_str(), source(of)],
    )?;
    let waiting = db
        .prepare_cached(&format!(
            "SELECT {} FROM messages WHERE phone = ?1 AND state IN (?2, ?3) ORDER BY seq",
            super::row::STANDING
        ))?
        .query_map(
            params![
                phone,
                state_name(MessageState::Queued),
                state_name(MessageState::Leased)
            ],
            standing,
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mover = Mover {
        person: Some(by),
        ..Mover::default()
    };
    let mut sdrs: Vec<SdrId> = Vec::new();
    for message in &waiting {
        let to = MessageState::Cancelled;
        move_to(
            db,
            &message.id,
            message.state,
            to,
            Cause::OptedOut,
            mover,
            now,
        )?;
        if !sdrs.contains(&message.sdr_id) {
            sdrs.push(message.sdr_id.clone());
        }
    }
    let cancelled = db
        .prepare_cached(
            "SELECT count(*) FROM events e JOIN messages m ON m.id = e.message_id
             WHERE m.phone = ?1 AND e.cause = ?2 AND e.to_state = ?3",
        )?
        .query_row(
            params![
                phone,
                Cause::OptedOut.as_str(),
                state_name(MessageState::Cancelled)
            ],
            |row| row.get(0),
        )?;
    Ok(Ok(OptedOut { cancelled, sdrs }))
}

/// The numbers blocked after a cursor, for the last look before a submit.
pub(super) fn since(db: &Connection, cursor: Option<i64>) -> rusqlite::Result<Option<OptOuts>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let mut rows = db
        .prepare_cached(
            "SELECT seq, phone FROM do_not_contact WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?
        .query_map(
            params![cursor, i64::try_from(MAX_OPT_OUTS + 1).unwrap_or(i64::MAX)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
    let more = rows.len() > MAX_OPT_OUTS;
    rows.truncate(MAX_OPT_OUTS);
    Ok(Some(OptOuts {
        cursor: rows.last().map_or(cursor, |(seq, _)| *seq),
        numbers: rows.into_iter().map(|(_, phone)| phone).collect(),
        more,
    }))
}

/// Newest first.
pub(super) fn page(db: &Connection, page: &OptOutPage) -> rusqlite::Result<FoundOptOuts> {
    const FITS: &str = "(?1 IS NULL OR instr(d.phone, ?1) > 0)";
    let total = db
        .prepare_cached(&format!(
            "SELECT count(*) FROM do_not_contact d WHERE {FITS}"
        ))?
        .query_row([&page.digits], |row| row.get(0))?;
    let rows = db
        .prepare_cached(&format!(
            "SELECT d.seq, d.phone, d.reason, d.blocked_at_ms, d.blocked_by, u.name, d.source
             FROM do_not_contact d LEFT JOIN sdr_users u ON u.id = d.blocked_by
             WHERE {FITS} AND d.seq < ?2 ORDER BY d.seq DESC LIMIT ?3"
        ))?
        .query_map(
            params![page.digits, page.before, page.limit.saturating_add(1)],
            |row| {
                let opt_out = OptOutRow {
                    phone: row.get(1)?,
                    reason: row.get(2)?,
                    at_ms: UtcMs(row.get(3)?),
                    by: row.get::<_, Option<String>>(4)?.map(SdrId),
                    by_name: row.get(5)?,
                    source: row.get(6)?,
                };
                Ok((row.get(0)?, opt_out))
            },
        )?
        .collect::<rusqlite::Result<Vec<(i64, OptOutRow)>>>()?;
    let (rows, next) = cursor::page(rows, page.limit, |(seq, _)| *seq);
    Ok(FoundOptOuts {
        next,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        total,
    })
}
