//! Table `events`: the log of every message, chained.

use super::row::{Mover, column_error, state};
use crate::store::proof::{BrokenLog, FORM, Flaw, LogCheck, LogHash, Proof, event_hash};
use crate::store::rules::{parse_state, state_name};
use crate::store::{Cause, Event};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId, WaMessageId};
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn write_event(
    db: &Connection,
    id: &MessageId,
    from: Option<MessageState>,
    to: MessageState,
    cause: Cause,
    mover: Mover<'_>,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let (previous, generation) = db
        .prepare_cached(
            "SELECT coalesce(log_head, zeroblob(32)), generation FROM messages WHERE id = ?1",
        )?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // One writer, and no row ever goes: the next number is known before the row, so it is hashed too.
    let seq = db
        .prepare_cached("SELECT coalesce(max(seq), 0) + 1 FROM events")?
        .query_row([], |row| row.get(0))?;
    let mut event = Event {
        seq,
        at_ms: now,
        from,
        to,
        cause,
        generation: Some(generation),
        desktop_id: mover.desktop.cloned(),
        person_id: mover.person.cloned(),
        reported_at_ms: mover.reported_at,
        wa_message_id: mover.wa_message_id.cloned(),
        note: mover.note.map(str::to_owned),
        previous: LogHash(previous),
        hash: LogHash::default(),
    };
    event.hash = event_hash(id, &event);
    db.prepare_cached(
        "INSERT INTO events (seq, message_id, at_ms, from_state, to_state, cause, generation,
                             desktop_id, person_id, reported_at_ms, wa_message_id, note, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        event.seq,
        id.as_str(),
        event.at_ms.0,
        event.from.map(state_name),
        state_name(event.to),
        event.cause.as_str(),
        event.generation,
        event.desktop_id.as_ref().map(DesktopId::as_str),
        event.person_id.as_ref().map(SdrId::as_str),
        event.reported_at_ms.map(|at| at.0),
        event.wa_message_id.as_ref().map(WaMessageId::as_str),
        event.note,
        event.previous.0,
        event.hash.0,
    ])?;
    db.prepare_cached("UPDATE messages SET log_head = ?2 WHERE id = ?1")?
        .execute(params![id.as_str(), event.hash.0])?;
    Ok(())
}

pub(super) fn events(db: &Connection, id: &MessageId) -> rusqlite::Result<Vec<Event>> {
    db.prepare_cached(
        "SELECT seq, at_ms, from_state, to_state, cause, generation, desktop_id, person_id,
                reported_at_ms, wa_message_id, note, previous, hash
         FROM events WHERE message_id = ?1 ORDER BY seq",
    )?
    .query_map([id.as_str()], event)?
    .collect()
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let cause: String = row.get(4)?;
    let from = row
        .get::<_, Option<String>>(2)?
        .map(|word| parse_state(&word).ok_or_else(|| column_error(2, "from_state")));
    Ok(Event {
        seq: row.get(0)?,
        at_ms: UtcMs(row.get(1)?),
        from: from.transpose()?,
        to: state(row, 3)?,
        cause: Cause::parse(&cause).ok_or_else(|| column_error(4, "cause"))?,
        generation: row.get(5)?,
        desktop_id: row.get::<_, Option<String>>(6)?.map(DesktopId),
        person_id: row.get::<_, Option<String>>(7)?.map(SdrId),
        reported_at_ms: row.get::<_, Option<i64>>(8)?.map(UtcMs),
        wa_message_id: row.get::<_, Option<String>>(9)?.map(WaMessageId),
        note: row.get(10)?,
        previous: row.get::<_, Option<_>>(11)?.map_or(LogHash::START, LogHash),
        hash: row.get::<_, Option<_>>(12)?.map_or(LogHash::START, LogHash),
    })
}

pub(super) fn proof(db: &Connection, id: &MessageId) -> rusqlite::Result<Option<Proof>> {
    let found = db
        .prepare_cached("SELECT state, log_head FROM messages WHERE id = ?1")?
        .query_row([id.as_str()], |row| {
            let head = row.get::<_, Option<_>>(1)?.map_or(LogHash::START, LogHash);
            Ok((state(row, 0)?, head))
        })
        .optional()?;
    let Some((state, head)) = found else {
        return Ok(None);
    };
    Ok(Some(Proof {
        form: FORM.to_owned(),
        tenant: super::people::office(db)?.tenant,
        message_id: id.clone(),
        state,
        head,
        events: events(db, id)?,
    }))
}

pub(super) fn check(db: &Connection) -> rusqlite::Result<LogCheck> {
    let missing: i64 = db.query_row(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) - count(*)
         FROM events",
        [],
        |row| row.get(0),
    )?;
    let mut checked = LogCheck {
        missing: u64::try_from(missing).unwrap_or(0),
        ..LogCheck::default()
    };
    let mut query =
        db.prepare("SELECT id FROM messages UNION SELECT message_id FROM events ORDER BY 1")?;
    let mut ids = query.query([])?;
    while let Some(row) = ids.next()? {
        let message_id = MessageId(row.get(0)?);
        checked.messages += 1;
        if let Err(flaw) = check_one(db, &message_id)? {
            checked.broken.push(BrokenLog { message_id, flaw });
        }
    }
    Ok(checked)
}

fn check_one(db: &Connection, id: &MessageId) -> rusqlite::Result<Result<(), Flaw>> {
    match proof(db, id) {
        Ok(Some(proof)) => Ok(proof.check()),
        Ok(None) => Ok(Err(Flaw::NoMessage)),
        Err(
            rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..),
        ) => Ok(Err(Flaw::Unreadable)),
        Err(error) => Err(error),
    }
}

/// The statements of migration 3, before and after it hashes.
pub(super) const MIGRATION: [&str; 2] = [
    include_str!("migrations/0003_log.sql"),
    include_str!("migrations/0003_log_guard.sql"),
];

/// Migration 3: chains the events that are there.
pub(super) fn migrate(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(MIGRATION[0])?;
    let mut query = db.prepare("SELECT id FROM messages ORDER BY seq")?;
    let mut ids = query.query([])?;
    while let Some(row) = ids.next()? {
        let id = MessageId(row.get(0)?);
        let mut head = LogHash::START;
        for mut event in events(db, &id)? {
            event.previous = head;
            head = event_hash(&id, &event);
            db.prepare_cached("UPDATE events SET previous = ?2, hash = ?3 WHERE seq = ?1")?
                .execute(params![event.seq, event.previous.0, head.0])?;
        }
        db.prepare_cached("UPDATE messages SET log_head = ?2 WHERE id = ?1")?
            .execute(params![id.as_str(), head.0])?;
    }
    db.execute_batch(MIGRATION[1])
}
