//! Table `active_desktops`: the one desktop each SDR is active on.

use super::row::{Mover, Outcome, STANDING, move_to, standing};
use crate::store::rules::{SESSION_MS, session_until};
use crate::store::{Beat, Beaten, Cause, Refusal};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{ActiveDesktop, TakeOverRequest, WhatsappSession};
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, OptionalExtension, params};

/// Who is or was last active.
pub(super) struct Active {
    pub(super) desktop: ActiveDesktop,
    pub(super) last_claim: Option<String>,
    until: UtcMs,
}

impl Active {
    /// Another desktop than this one is active right now.
    pub(super) fn is_other(&self, desktop: &DesktopId, now: UtcMs) -> bool {
        self.desktop.desktop_id != *desktop && self.until > now
    }
}

pub(super) fn find(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Option<Active>> {
    db.prepare_cached(
        "SELECT desktop_id, name, since_ms, epoch, until_ms, last_claim FROM active_desktops
         WHERE sdr_id = ?1",
    )?
    .query_row([sdr.as_str()], |row| {
        Ok(Active {
            desktop: ActiveDesktop {
                desktop_id: DesktopId(row.get(0)?),
                name: row.get(1)?,
                since_ms: UtcMs(row.get(2)?),
                session_epoch: row.get(3)?,
            },
            until: UtcMs(row.get(4)?),
            last_claim: row.get(5)?,
        })
    })
    .optional()
}

/// Makes or keeps this desktop active unless another one is; says who is.
pub(super) fn acquire(
    db: &Connection,
    sdr: &SdrId,
    desktop: &DesktopId,
    now: UtcMs,
) -> rusqlite::Result<Active> {
    match find(db, sdr)? {
        Some(active) if active.is_other(desktop, now) => Ok(active),
        Some(active) if active.desktop.desktop_id == *desktop => {
            let until = session_until(active.until, now);
            if until != active.until {
                db.prepare_cached("UPDATE active_desktops SET until_ms = ?2 WHERE sdr_id = ?1")?
                    .execute(params![sdr.as_str(), until.0])?;
            }
            Ok(Active { until, ..active })
        }
        Some(_) | None => hand_over(db, sdr, desktop, None, now),
    }
}

/// The next epoch. What the others hold and have not begun waits again for the new one.
fn hand_over(
    db: &Connection,
    sdr: &SdrId,
    desktop: &DesktopId,
    person: Option<&SdrId>,
    now: UtcMs,
) -> rusqlite::Result<Active> {
    let until = UtcMs(now.0.saturating_add(SESSION_MS));
    let session_epoch = db
        .prepare_cached(
            "INSERT INTO active_desktops (sdr_id, desktop_id, epoch, since_ms, until_ms)
             VALUES (?1, ?2, 1, ?3, ?4)
             ON CONFLICT (sdr_id) DO UPDATE SET desktop_id = excluded.desktop_id, name = NULL,
                 epoch = epoch + 1, since_ms = excluded.since_ms, until_ms = excluded.until_ms,
                 last_claim = NULL
             RETURNING epoch",
        )?
        .query_row(
            params![sdr.as_str(), desktop.as_str(), now.0, until.0],
            |row| row.get(0),
        )?;
    let held = db
        .prepare_cached(&format!(
            "SELECT {STANDING} FROM messages
             WHERE sdr_id = ?1 AND state = 'leased' AND lease_desktop <> ?2 ORDER BY seq"
        ))?
        .query_map(params![sdr.as_str(), desktop.as_str()], standing)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mover = Mover {
        desktop: Some(desktop),
        person,
        ..Mover::default()
    };
    for message in held {
        let (from, to) = (message.state, MessageState::Queued);
        move_to(db, &message.id, from, to, Cause::TakenOver, mover, now)?;
    }
    Ok(Active {
        desktop: ActiveDesktop {
            desktop_id: desktop.clone(),
            name: None,
            since_ms: now,
            session_epoch,
        },
        last_claim: None,
        until,
    })
}

/// Refuses a desktop that is not the active one, or was it at an older epoch only.
pub(super) fn must_be_active(
    db: &Connection,
    sdr: &SdrId,
    desktop: &DesktopId,
    epoch: Option<u32>,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let Some(active) = find(db, sdr)? else {
        return Ok(Ok(()));
    };
    let past = epoch.is_some_and(|epoch| epoch != active.desktop.session_epoch);
    Ok(if past || active.is_other(desktop, now) {
        Err(Refusal::OtherDesktop)
    } else {
        Ok(())
    })
}

pub(super) fn take_over(
    db: &Connection,
    request: &TakeOverRequest,
    now: UtcMs,
) -> rusqlite::Result<Outcome<ActiveDesktop>> {
    let (sdr, desktop) = (&request.sdr_id, &request.desktop_id);
    let active = match find(db, sdr)? {
        Some(active) if active.desktop.desktop_id != *desktop => {
            let epoch = active.desktop.session_epoch;
            if request.session_epoch.is_some_and(|seen| seen != epoch) {
                return Ok(Err(Refusal::OtherDesktop));
            }
            hand_over(db, sdr, desktop, Some(sdr), now)?
        }
        Some(_) | None => acquire(db, sdr, desktop, now)?,
    };
    named(db, sdr, active.desktop, request.desktop_name.as_ref()).map(Ok)
}

/// The active desktop under the name it gives itself; under the one it had if it gives none.
fn named(
    db: &Connection,
    sdr: &SdrId,
    active: ActiveDesktop,
    name: Option<&String>,
) -> rusqlite::Result<ActiveDesktop> {
    let Some(name) = name.filter(|name| active.name.as_ref() != Some(name)) else {
        return Ok(active);
    };
    db.prepare_cached("UPDATE active_desktops SET name = ?2 WHERE sdr_id = ?1")?
        .execute(params![sdr.as_str(), name])?;
    Ok(ActiveDesktop {
        name: Some(name.clone()),
        ..active
    })
}

pub(super) fn active(
    db: &Connection,
    sdr: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Outcome<Option<ActiveDesktop>>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    let active = find(db, sdr)?.filter(|active| active.until > now);
    Ok(Ok(active.map(|active| active.desktop)))
}

/// The desktop is active no longer; whoever asks next is.
pub(super) fn leave(db: &Connection, sdr: &str, desktop: &str, now: UtcMs) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE active_desktops SET until_ms = ?3
         WHERE sdr_id = ?1 AND desktop_id = ?2 AND until_ms > ?3",
        params![sdr, desktop, now.0],
    )?;
    Ok(())
}

/// The SDR is active on no desktop any longer.
pub(super) fn leave_all(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE active_desktops SET until_ms = ?2 WHERE sdr_id = ?1 AND until_ms > ?2",
        params![sdr.as_str(), now.0],
    )?;
    Ok(())
}

pub(super) fn beat(
    db: &Connection,
    session: &WhatsappSession,
    beat: &Beat,
    now: UtcMs,
) -> rusqlite::Result<Beaten> {
    let sdr = &session.sdr_id;
    let (active, own) = match &session.desktop_id {
        Some(desktop) => {
            let active = acquire(db, sdr, desktop, now)?;
            let own = !active.is_other(desktop, now);
            (Some(active.desktop), own)
        }
        None => (find(db, sdr)?.map(|active| active.desktop), true),
    };
    let active = match active {
        Some(active) if own => Some(named(db, sdr, active, beat.desktop_name.as_ref())?),
        Some(_) | None => active,
    };
    if own {
        super::sessions::put_session(db, session, Some(beat), now)?;
    }
    let office = super::people::office(db)?;
    Ok(Beaten {
        counts: super::queue::counts(db, &office, sdr, now)?,
        active,
        opt_outs: super::opt_outs::since(db, beat.opt_outs_since)?,
        wish: match own {
            true => super::wishes::find(db, sdr, now)?,
            false => None,
        },
    })
}
