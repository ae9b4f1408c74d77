//! Tables `wishes` and `stopped_sdrs`: what people at the dashboard want of an SDR's desktop.

use super::fault::{Done, Fault};
use super::row::{Outcome, hold_queue};
use super::transaction::Db;
use crate::store::Refusal;
use crate::store::rules::{WISH_MS, is_fulfilled, parse_wish, wish_name};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::SdrId;
use hotdesk_protocol::queue::{WhatsappSession, Wish};

/// Keeps a wish in the place of the one before, if a desktop is there to carry it out.
pub(super) async fn put(db: &Db, sdr: &SdrId, wish: &Wish) -> Done<Outcome<()>> {
    match super::desktops::active(db, sdr, wish.asked_at_ms).await? {
        Ok(Some(_)) => {}
        Ok(None) => return Ok(Err(Refusal::NoDesktop)),
        Err(refusal) => return Ok(Err(refusal)),
    }
    hold_queue(db, sdr).await?;
    db.run(
        "INSERT INTO hotdesk_queue.wishes (sdr_id, wish, phone, asked_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sdr_id) DO UPDATE
             SET wish = excluded.wish, phone = excluded.phone, asked_at_ms = excluded.asked_at_ms",
        &[
            &sdr.as_str(),
            &wish_name(wish.kind),
            &wish.phone,
            &wish.asked_at_ms.0,
        ],
    )
    .await?;
    Ok(Ok(()))
}

/// What is wanted and neither so nor too old.
pub(super) async fn find(db: &Db, sdr: &SdrId, now: UtcMs) -> Done<Option<Wish>> {
    let sql = "SELECT wish, asked_at_ms, phone FROM hotdesk_queue.wishes
         WHERE sdr_id = $1 AND asked_at_ms > $2";
    let row = db.row(sql, &[&sdr.as_str(), &(now.0 - WISH_MS)]).await?;
    row.map(|row| {
        Ok(Wish {
            kind: parse_wish(row.try_get(0)?).ok_or(Fault::Unreadable("wish"))?,
            asked_at_ms: UtcMs(row.try_get(1)?),
            phone: row.try_get(2)?,
        })
    })
    .transpose()
}

/// Forgets a wish that this session shows to be so.
pub(super) async fn seen(db: &Db, session: &WhatsappSession, now: UtcMs) -> Done<()> {
    if let Some(wish) = find(db, &session.sdr_id, now).await?
        && is_fulfilled(wish.kind, session)
    {
        let sql = "DELETE FROM hotdesk_queue.wishes WHERE sdr_id = $1 AND asked_at_ms = $2";
        let values: super::transaction::Values<'_> =
            &[&session.sdr_id.as_str(), &wish.asked_at_ms.0];
        db.run(sql, values).await?;
    }
    Ok(())
}

/// Whether an SDR's sending is stopped.
pub(super) async fn is_stopped(db: &Db, sdr: &SdrId) -> Done<bool> {
    let sql = "SELECT 1 FROM hotdesk_queue.stopped_sdrs WHERE sdr_id = $1";
    db.exists(sql, &[&sdr.as_str()]).await
}

/// Stops an SDR's sending, or lets it go on; repeatable.
pub(super) async fn stop(db: &Db, sdr: &SdrId, stopped: bool, now: UtcMs) -> Done<Outcome<()>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr).await? {
        return Ok(Err(refusal));
    }
    hold_queue(db, sdr).await?;
    if stopped {
        let sql = "INSERT INTO hotdesk_queue.stopped_sdrs (sdr_id, stopped_at_ms) VALUES ($1, $2)
             ON CONFLICT (sdr_id) DO NOTHING";
        db.run(sql, &[&sdr.as_str(), &now.0]).await?;
    } else {
        let sql = "DELETE FROM hotdesk_queue.stopped_sdrs WHERE sdr_id = $1";
        db.run(sql, &[&sdr.as_str()]).await?;
    }
    Ok(Ok(()))
}

/// [`is_stopped`] of an SDR there is.
pub(super) async fn stopped(db: &Db, sdr: &SdrId) -> Done<Outcome<bool>> {
    match super::people::must_be_sdr(db, sdr).await? {
        Ok(()) => is_stopped(db, sdr).await.map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}
