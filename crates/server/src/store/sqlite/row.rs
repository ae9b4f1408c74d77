//! A row of `messages`, and the one way to move it: every move writes its event.

use crate::store::Cause;
use crate::store::rules::{parse_state, state_name};
pub(super) use crate::store::standing::{Mover, Outcome, STANDING, Standing};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        id: MessageId(row.get(0)?),
        sdr_id: SdrId(row.get(1)?),
        phone: row.get(2)?,
        state: state(row, 3)?,
        expired_leases: row.get(4)?,
        lease_token: row.get(5)?,
        lease_desktop: row.get::<_, Option<String>>(6)?.map(DesktopId),
        lease_until: UtcMs(row.get(7)?),
        profile_epoch: row.get(8)?,
        begun_at: row.get::<_, Option<i64>>(9)?.map(UtcMs),
        created_at: UtcMs(row.get(10)?),
        generation: row.get(11)?,
        pinned_to: row.get::<_, Option<String>>(12)?.map(DesktopId),
        zone_key: row.get(13)?,
    })
}

/// The message, if it is this SDR's or anybody may have it.
pub(super) fn message(
    db: &Connection,
    id: &MessageId,
    sdr: Option<&SdrId>,
) -> rusqlite::Result<Outcome<Standing>> {
    find(db, id).map(|found| Standing::of(found, sdr))
}

/// The message, if there is one.
pub(super) fn find(db: &Connection, id: &MessageId) -> rusqlite::Result<Option<Standing>> {
    db.prepare_cached(&format!("SELECT {STANDING} FROM messages WHERE id = ?1"))?
        .query_row([id.as_str()], standing)
        .optional()
}

/// Moves a message and writes the event. Outside of `leased` and `begun` there is no token.
pub(super) fn move_to(
    db: &Connection,
    id: &MessageId,
    from: MessageState,
    to: MessageState,
    cause: Cause,
    mover: Mover<'_>,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let held = matches!(to, MessageState::Leased | MessageState::Begun);
    db.prepare_cached(
        "UPDATE messages SET state = ?2, lease_token = CASE WHEN ?3 THEN lease_token END
         WHERE id = ?1",
    )?
    .execute(params![id.as_str(), state_name(to), held])?;
    super::log::write_event(db, id, Some(from), to, cause, mover, now)
}

pub(super) fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageState> {
    let word: String = row.get(column)?;
    parse_state(&word).ok_or_else(|| column_error(column, "state"))
}

/// JSON text of a column.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
        })
}

/// A value as JSON text for a column.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn column_error(column: usize, name: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, name.to_owned(), Type::Text)
}
