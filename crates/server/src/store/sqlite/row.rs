//! A row of `messages`, and the one way to move it: every move writes its event.

use crate::store::rules::{parse_state, state_name};
use crate::store::{Cause, Refusal};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId, WaMessageId};
use hotdesk_protocol::session::MessageState;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A call's end: a refusal is no error of the database and takes nothing back.
pub(super) type Outcome<T> = Result<T, Refusal>;

/// What decides about a message.
pub(super) struct Standing {
    pub(super) id: MessageId,
    pub(super) sdr_id: SdrId,
    pub(super) phone: String,
    pub(super) state: MessageState,
    pub(super) expired_leases: u32,
    pub(super) lease_token: Option<String>,
    /// Who has it, or had it last.
    pub(super) lease_desktop: Option<DesktopId>,
    pub(super) lease_until: UtcMs,
    pub(super) profile_epoch: Option<String>,
    pub(super) generation: u32,
    /// The only desktop that may take it while it is queued.
    pub(super) pinned_to: Option<DesktopId>,
    pub(super) begun_at: Option<UtcMs>,
    pub(super) created_at: UtcMs,
}

pub(super) const STANDING: &str = "id, sdr_id, phone, state, expired_leases, lease_token, \
     lease_desktop, lease_until_ms, profile_epoch, begun_at_ms, created_at_ms, generation, \
     pinned_to";

impl Standing {
    pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
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
        })
    }

    /// The message, if it is this SDR's.
    pub(super) fn of_sdr(
        db: &Connection,
        id: &MessageId,
        sdr: &SdrId,
    ) -> rusqlite::Result<Outcome<Self>> {
        Self::of(db, id, Some(sdr))
    }

    /// The message, if it is this SDR's or anybody may have it.
    pub(super) fn of(
        db: &Connection,
        id: &MessageId,
        sdr: Option<&SdrId>,
    ) -> rusqlite::Result<Outcome<Self>> {
        Ok(match Self::find(db, id)? {
            None => Err(Refusal::NoSuchMessage),
            Some(found) if sdr.is_some_and(|sdr| *sdr != found.sdr_id) => Err(Refusal::NotYours),
            Some(found) => Ok(found),
        })
    }

    pub(super) fn find(db: &Connection, id: &MessageId) -> rusqlite::Result<Option<Self>> {
        db.prepare_cached(&format!("SELECT {STANDING} FROM messages WHERE id = ?1"))?
            .query_row([id.as_str()], Self::of_row)
            .optional()
    }

    /// The lease this proves is the one in force, whether or not it has run out.
    pub(super) fn held_by(&self, desktop: &DesktopId, token: &str) -> bool {
        self.lease_desktop.as_ref() == Some(desktop) && self.lease_token.as_deref() == Some(token)
    }
}

/// Who moved a message.
#[derive(Clone, Copy, Default)]
pub(super) struct Mover<'a> {
    pub(super) desktop: Option<&'a DesktopId>,
    pub(super) person: Option<&'a SdrId>,
    pub(super) reported_at: Option<UtcMs>,
    pub(super) wa_message_id: Option<&'a WaMessageId>,
    pub(super) note: Option<&'a str>,
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
