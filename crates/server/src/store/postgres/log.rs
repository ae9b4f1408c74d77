//! Table `events`: the log of every message, chained.

use super::fault::{Done, Fault};
use super::row::{Mover, number, state};
use super::transaction::Db;
use crate::store::proof::{BrokenLog, FORM, Flaw, LogCheck, LogHash, Proof, event_hash};
use crate::store::rules::{parse_state, state_name};
use crate::store::{Cause, Event};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId, WaMessageId};
use hotdesk_protocol::session::MessageState;
use tokio_postgres::Row;

/// Where a message's log goes on.
pub(super) struct Tip {
    previous: LogHash,
    generation: u32,
    /// The number of the next event. Drawn before the row is written, so that it is hashed too.
    seq: i64,
}

/// The columns of a [`Tip`]: a statement that moves a message on returns them first.
pub(super) const TIP: &str = "log_head, generation, nextval('hotdesk_queue.event_numbers')";

impl Tip {
    /// Of a row that begins with [`TIP`].
    pub(super) fn of_row(row: &Row) -> Done<Self> {
        Ok(Self {
            previous: hash(row, 0)?,
            generation: number(row, 1)?,
            seq: row.try_get(2)?,
        })
    }
}

#[expect(clippy::too_many_arguments, reason = "an event has as many parts")]
pub(super) async fn write_event(
    db: &Db,
    id: &MessageId,
    tip: Tip,
    from: Option<MessageState>,
    to: MessageState,
    cause: Cause,
    mover: Mover<'_>,
    now: UtcMs,
) -> Done<()> {
    let mut event = Event {
        seq: tip.seq,
        at_ms: now,
        from,
        to,
        cause,
        generation: Some(tip.generation),
        desktop_id: mover.desktop.cloned(),
        person_id: mover.person.cloned(),
        reported_at_ms: mover.reported_at,
        wa_message_id: mover.wa_message_id.cloned(),
        note: mover.note.map(str::to_owned),
        previous: tip.previous,
        hash: LogHash::default(),
    };
    event.hash = event_hash(id, &event);
    // A trigger moves the message's head on.
    db.run(
        "INSERT INTO hotdesk_queue.events (seq, message_id, at_ms, from_state, to_state, cause,
             generation, desktop_id, person_id, reported_at_ms, wa_message_id, note, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            &event.seq,
            &id.as_str(),
            &event.at_ms.0,
            &event.from.map(state_name),
            &state_name(event.to),
            &event.cause.as_str(),
            &event.generation.map(i64::from),
            &event.desktop_id.as_ref().map(DesktopId::as_str),
            &event.person_id.as_ref().map(SdrId::as_str),
            &event.reported_at_ms.map(|at| at.0),
            &event.wa_message_id.as_ref().map(WaMessageId::as_str),
            &event.note,
            &event.previous.0.as_slice(),
            &event.hash.0.as_slice(),
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn events(db: &Db, id: &MessageId) -> Done<Vec<Event>> {
    let sql = "SELECT seq, at_ms, from_state, to_state, cause, generation, desktop_id, person_id,
             reported_at_ms, wa_message_id, note, previous, hash
         FROM hotdesk_queue.events WHERE message_id = $1 ORDER BY seq";
    let rows = db.rows(sql, &[&id.as_str()]).await?;
    rows.iter().map(event).collect()
}

fn event(row: &Row) -> Done<Event> {
    let from = row
        .try_get::<_, Option<&str>>(2)?
        .map(|word| parse_state(word).ok_or(Fault::Unreadable("from_state")));
    let generation: Option<i64> = row.try_get(5)?;
    Ok(Event {
        seq: row.try_get(0)?,
        at_ms: UtcMs(row.try_get(1)?),
        from: from.transpose()?,
        to: state(row, 3)?,
        cause: Cause::parse(row.try_get(4)?).ok_or(Fault::Unreadable("cause"))?,
        generation: generation.map(|_| number(row, 5)).transpose()?,
        desktop_id: row.try_get::<_, Option<String>>(6)?.map(DesktopId),
        person_id: row.try_get::<_, Option<String>>(7)?.map(SdrId),
        reported_at_ms: row.try_get::<_, Option<i64>>(8)?.map(UtcMs),
        wa_message_id: row.try_get::<_, Option<String>>(9)?.map(WaMessageId),
        note: row.try_get(10)?,
        previous: hash(row, 11)?,
        hash: hash(row, 12)?,
    })
}

/// A hash; the start of all logs where there is none.
fn hash(row: &Row, column: usize) -> Done<LogHash> {
    let Some(bytes) = row.try_get::<_, Option<&[u8]>>(column)? else {
        return Ok(LogHash::START);
    };
    let bytes = <[u8; 32]>::try_from(bytes);
    Ok(LogHash(bytes.map_err(|_| Fault::Unreadable("hash"))?))
}

pub(super) async fn proof(db: &Db, id: &MessageId) -> Done<Option<Proof>> {
    let sql = "SELECT log_head, state FROM hotdesk_queue.messages WHERE id = $1";
    let Some(row) = db.row(sql, &[&id.as_str()]).await? else {
        return Ok(None);
    };
    Ok(Some(Proof {
        form: FORM.to_owned(),
        tenant: super::people::office(db).await?.tenant,
        message_id: id.clone(),
        state: state(&row, 1)?,
        head: hash(&row, 0)?,
        events: events(db, id).await?,
    }))
}

pub(super) async fn check(db: &Db) -> Done<LogCheck> {
    let missing: i64 = db
        .one(
            "SELECT ((SELECT coalesce(sum(written), 0) FROM hotdesk_queue.event_counts)
                 - (SELECT count(*) FROM hotdesk_queue.events))::bigint",
            &[],
        )
        .await?
        .try_get(0)?;
    let mut checked = LogCheck {
        missing: u64::try_from(missing).unwrap_or(0),
        ..LogCheck::default()
    };
    let ids = db
        .rows(
            "SELECT id FROM hotdesk_queue.messages
             UNION SELECT message_id FROM hotdesk_queue.events ORDER BY 1",
            &[],
        )
        .await?;
    for row in ids {
        let message_id = MessageId(row.try_get(0)?);
        checked.messages += 1;
        if let Err(flaw) = check_one(db, &message_id).await? {
            checked.broken.push(BrokenLog { message_id, flaw });
        }
    }
    Ok(checked)
}

async fn check_one(db: &Db, id: &MessageId) -> Done<Result<(), Flaw>> {
    match proof(db, id).await {
        Ok(Some(proof)) => Ok(proof.check()),
        Ok(None) => Ok(Err(Flaw::NoMessage)),
        Err(Fault::Unreadable(_)) => Ok(Err(Flaw::Unreadable)),
        Err(
            fault @ (Fault::NoConnection(_)
            | Fault::Database(_)
            | Fault::InDoubt(_)
            | Fault::Unwritable(_)),
        ) => Err(fault),
    }
}
