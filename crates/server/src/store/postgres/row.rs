//! A row of `messages`, and the one way to move it: every move writes its event.

use super::fault::{Done, Fault};
use super::log::{TIP, Tip};
use super::transaction::Db;
use crate::store::Cause;
use crate::store::rules::{parse_state, state_name};
pub(super) use crate::store::standing::{Mover, Outcome, STANDING, Standing};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use tokio_postgres::Row;

pub(super) fn standing(row: &Row) -> Done<Standing> {
    Ok(Standing {
        id: MessageId(row.try_get(0)?),
        sdr_id: SdrId(row.try_get(1)?),
        phone: row.try_get(2)?,
        state: state(row, 3)?,
        expired_leases: number(row, 4)?,
        lease_token: row.try_get(5)?,
        lease_desktop: row.try_get::<_, Option<String>>(6)?.map(DesktopId),
        lease_until: UtcMs(row.try_get(7)?),
        profile_epoch: row.try_get(8)?,
        begun_at: row.try_get::<_, Option<i64>>(9)?.map(UtcMs),
        created_at: UtcMs(row.try_get(10)?),
        generation: number(row, 11)?,
        pinned_to: row.try_get::<_, Option<String>>(12)?.map(DesktopId),
        zone_key: row.try_get(13)?,
    })
}

/// The message, if it is this SDR's or anybody may have it; its queue is held from here on.
pub(super) async fn message(
    db: &Db,
    id: &MessageId,
    sdr: Option<&SdrId>,
) -> Done<Outcome<Standing>> {
    let found = match sdr {
        Some(sdr) => {
            hold_queue(db, sdr).await?;
            look(db, id).await?
        }
        None => find(db, id).await?,
    };
    Ok(Standing::of(found, sdr))
}

/// The message, if there is one; its queue is held from here on. Whose it is may change until the queue
/// is held.
pub(super) async fn find(db: &Db, id: &MessageId) -> Done<Option<Standing>> {
    let whose = "SELECT sdr_id FROM hotdesk_queue.messages WHERE id = $1";
    let Some(row) = db.row(whose, &[&id.as_str()]).await? else {
        return Ok(None);
    };
    let mut held = SdrId(row.try_get(0)?);
    loop {
        hold_queue(db, &held).await?;
        match look(db, id).await? {
            Some(found) if found.sdr_id != held => held = found.sdr_id,
            found => return Ok(found),
        }
    }
}

async fn look(db: &Db, id: &MessageId) -> Done<Option<Standing>> {
    let sql = format!("SELECT {STANDING} FROM hotdesk_queue.messages WHERE id = $1");
    let row = db.row(&sql, &[&id.as_str()]).await?;
    row.as_ref().map(standing).transpose()
}

/// Waits until no other transaction, of whatever process, holds this SDR's queue, and holds it to the
/// end of this one. Repeatable.
pub(super) async fn hold_queue(db: &Db, sdr: &SdrId) -> Done<()> {
    let lock = "SELECT pg_advisory_xact_lock(1752134756, hashtext('queue ' || $1))";
    db.run(lock, &[&sdr.as_str()]).await.map(drop)
}

/// Waits until no other transaction changes what was written to this number, and keeps others from it to
/// the end of this one. Held after queues and before rows. Repeatable.
pub(super) async fn hold_lead(db: &Db, phone: &str) -> Done<()> {
    let lock = "SELECT pg_advisory_xact_lock(1752134756, hashtext('lead ' || $1))";
    db.run(lock, &[&phone]).await.map(drop)
}

/// Moves a message and writes the event. Outside of `leased` and `begun` there is no token.
pub(super) async fn move_to(
    db: &Db,
    id: &MessageId,
    from: MessageState,
    to: MessageState,
    cause: Cause,
    mover: Mover<'_>,
    now: UtcMs,
) -> Done<()> {
    let held = matches!(to, MessageState::Leased | MessageState::Begun);
    let sql = format!(
        "UPDATE hotdesk_queue.messages SET state = $2,
             lease_token = CASE WHEN $3 THEN lease_token END
         WHERE id = $1 RETURNING {TIP}"
    );
    let row = db
        .one(&sql, &[&id.as_str(), &state_name(to), &held])
        .await?;
    let tip = Tip::of_row(&row)?;
    super::log::write_event(db, id, tip, Some(from), to, cause, mover, now).await
}

pub(super) fn state(row: &Row, column: usize) -> Done<MessageState> {
    parse_state(row.try_get(column)?).ok_or(Fault::Unreadable("state"))
}

/// A number that is never negative.
pub(super) fn number(row: &Row, column: usize) -> Done<u32> {
    u32::try_from(row.try_get::<_, i64>(column)?).map_err(|_| Fault::Unreadable("of a count"))
}

/// JSON text of a column.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Done<Option<T>> {
    row.try_get::<_, Option<&str>>(column)?
        .map(serde_json::from_str)
        .transpose()
        .map_err(|_| Fault::Unreadable("of JSON"))
}

/// A value as JSON text for a column.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Done<String> {
    serde_json::to_string(value).map_err(|error| Fault::Unwritable(error.to_string()))
}
