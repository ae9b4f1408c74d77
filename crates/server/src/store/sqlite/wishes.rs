//! Tables `wishes` and `stopped_sdrs`: what people at the dashboard want of an SDR's desktop.

use super::row::{Outcome, column_error};
use crate::store::Refusal;
use crate::store::rules::{WISH_MS, is_fulfilled, parse_wish, wish_name};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::{WhatsappSession, Wish};
use rusqlite::{Connection, OptionalExtension, params};

/// Keeps a wish in the place of the one before, if a desktop is there to carry it out.
pub(super) fn put(db: &Connection, sdr: &SdrId, wish: &Wish) -> rusqlite::Result<Outcome<()>> {
    match super::desktops::active(db, sdr, wish.asked_at_ms)? {
        Ok(Some(_)) => {}
        Ok(None) => return Ok(Err(Refusal::NoDesktop)),
        Err(refusal) => return Ok(Err(refusal)),
    }
    db.prepare_cached(
        "INSERT INTO wishes (sdr_id, wish, phone, asked_at_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (sdr_id) DO UPDATE
             SET wish = excluded.wish, phone = excluded.phone, asked_at_ms = excluded.asked_at_ms",
    )?
    .execute(params![
        sdr.as_str(),
        wish_name(wish.kind),
        wish.phone,
        wish.asked_at_ms.0
    ])?;
    Ok(Ok(()))
}

/// What is wanted and neither so nor too old.
pub(super) fn find(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<Option<Wish>> {
    db.prepare_cached(
        "SELECT wish, asked_at_ms, phone FROM wishes WHERE sdr_id = ?1 AND asked_at_ms > ?2",
    )?
    .query_row(params![sdr.as_str(), now.0 - WISH_MS], |row| {
        let word: String = row.get(0)?;
        Ok(Wish {
            kind: parse_wish(&word).ok_or_else(|| column_error(0, "wish"))?,
            asked_at_ms: UtcMs(row.get(1)?),
            phone: row.get(2)?,
        })
    })
    .optional()
}

/// Forgets a wish that this session shows to be so.
pub(super) fn seen(db: &Connection, session: &WhatsappSession, now: UtcMs) -> rusqlite::Result<()> {
    if let Some(wish) = find(db, &session.sdr_id, now)?
        && is_fulfilled(wish.kind, session)
    {
        db.prepare_cached("DELETE FROM wishes WHERE sdr_id = ?1")?
            .execute([session.sdr_id.as_str()])?;
    }
    Ok(())
}

/// Whether an SDR's sending is stopped.
pub(super) fn is_stopped(db: &Connection, sdr: &SdrId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM stopped_sdrs WHERE sdr_id = ?1")?
        .exists([sdr.as_str()])
}

/// Stops an SDR's sending, or lets it go on; repeatable.
pub(super) fn stop(
    db: &Connection,
    sdr: &SdrId,
    stopped: bool,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    if stopped {
        db.execute(
            "INSERT INTO stopped_sdrs (sdr_id, stopped_at_ms) VALUES (?1, ?2)
             ON CONFLICT (sdr_id) DO NOTHING",
            params![sdr.as_str(), now.0],
        )?;
    } else {
        db.execute("DELETE FROM stopped_sdrs WHERE sdr_id = ?1", [sdr.as_str()])?;
    }
    Ok(Ok(()))
}

/// [`is_stopped`] of an SDR there is.
pub(super) fn stopped(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Outcome<bool>> {
    match super::people::must_be_sdr(db, sdr)? {
        Ok(()) => is_stopped(db, sdr).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}
