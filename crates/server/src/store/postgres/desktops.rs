//! Table `active_desktops`: the one desktop each SDR is active on.

use super::fault::Done;
use super::row::{Mover, Outcome, STANDING, hold_queue, move_to, number, standing};
use super::transaction::Db;
use crate::store::rules::{SESSION_MS, session_until};
use crate::store::{Beat, Beaten, Cause, Refusal};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::{ActiveDesktop, TakeOverRequest, WhatsappSession};
use hotdesk_protocol::session::MessageState;

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

pub(super) async fn find(db: &Db, sdr: &SdrId) -> Done<Option<Active>> {
    let sql = "SELECT desktop_id, name, since_ms, epoch, until_ms, last_claim
         FROM hotdesk_queue.active_desktops WHERE sdr_id = $1";
    let Some(row) = db.row(sql, &[&sdr.as_str()]).await? else {
        return Ok(None);
    };
    Ok(Some(Active {
        desktop: ActiveDesktop {
            desktop_id: DesktopId(row.try_get(0)?),
            name: row.try_get(1)?,
            since_ms: UtcMs(row.try_get(2)?),
            session_epoch: number(&row, 3)?,
        },
        until: UtcMs(row.try_get(4)?),
        last_claim: row.try_get(5)?,
    }))
}

/// Makes or keeps this desktop active unless another one is; says who is. The queue must be held.
pub(super) async fn acquire(db: &Db, sdr: &SdrId, desktop: &DesktopId, now: UtcMs) -> Done<Active> {
    match find(db, sdr).await? {
        Some(active) if active.is_other(desktop, now) => Ok(active),
        Some(active) if active.desktop.desktop_id == *desktop => {
            let until = session_until(active.until, now);
            if until != active.until {
                let sql =
                    "UPDATE hotdesk_queue.active_desktops SET until_ms = $2 WHERE sdr_id = $1";
                db.run(sql, &[&sdr.as_str(), &until.0]).await?;
            }
            Ok(Active { until, ..active })
        }
        Some(_) | None => hand_over(db, sdr, desktop, None, now).await,
    }
}

/// The next epoch. What the others hold and have not begun waits again for the new one.
async fn hand_over(
    db: &Db,
    sdr: &SdrId,
    desktop: &DesktopId,
    person: Option<&SdrId>,
    now: UtcMs,
) -> Done<Active> {
    let until = UtcMs(now.0.saturating_add(SESSION_MS));
    let row = db
        .one(
            "INSERT INTO hotdesk_queue.active_desktops AS a (sdr_id, desktop_id, epoch, since_ms,
                 until_ms)
             VALUES ($1, $2, 1, $3, $4)
             ON CONFLICT (sdr_id) DO UPDATE SET desktop_id = excluded.desktop_id, name = NULL,
                 epoch = a.epoch + 1, since_ms = excluded.since_ms, until_ms = excluded.until_ms,
                 last_claim = NULL
             RETURNING epoch",
            &[&sdr.as_str(), &desktop.as_str(), &now.0, &until.0],
        )
        .await?;
    let session_epoch = number(&row, 0)?;
    let held = format!(
        "SELECT {STANDING} FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state = 'leased' AND lease_desktop <> $2 ORDER BY seq"
    );
    let held = db.rows(&held, &[&sdr.as_str(), &desktop.as_str()]).await?;
    let mover = Mover {
        desktop: Some(desktop),
        person,
        ..Mover::default()
    };
    for row in &held {
        let message = standing(row)?;
        let (from, to) = (message.state, MessageState::Queued);
        move_to(db, &message.id, from, to, Cause::TakenOver, mover, now).await?;
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
pub(super) async fn must_be_active(
    db: &Db,
    sdr: &SdrId,
    desktop: &DesktopId,
    epoch: Option<u32>,
    now: UtcMs,
) -> Done<Outcome<()>> {
    let Some(active) = find(db, sdr).await? else {
        return Ok(Ok(()));
    };
    let past = epoch.is_some_and(|epoch| epoch != active.desktop.session_epoch);
    Ok(if past || active.is_other(desktop, now) {
        Err(Refusal::OtherDesktop)
    } else {
        Ok(())
    })
}

pub(super) async fn take_over(
    db: &Db,
    request: &TakeOverRequest,
    now: UtcMs,
) -> Done<Outcome<ActiveDesktop>> {
    let (sdr, desktop) = (&request.sdr_id, &request.desktop_id);
    hold_queue(db, sdr).await?;
    let active = match find(db, sdr).await? {
        Some(active) if active.desktop.desktop_id != *desktop => {
            let epoch = active.desktop.session_epoch;
            if request.session_epoch.is_some_and(|seen| seen != epoch) {
                return Ok(Err(Refusal::OtherDesktop));
            }
            hand_over(db, sdr, desktop, Some(sdr), now).await?
        }
        Some(_) | None => acquire(db, sdr, desktop, now).await?,
    };
    let name = request.desktop_name.as_ref();
    named(db, sdr, active.desktop, name).await.map(Ok)
}

/// The active desktop under the name it gives itself; under the one it had if it gives none.
async fn named(
    db: &Db,
    sdr: &SdrId,
    active: ActiveDesktop,
    name: Option<&String>,
) -> Done<ActiveDesktop> {
    let Some(name) = name.filter(|name| active.name.as_ref() != Some(name)) else {
        return Ok(active);
    };
    let sql = "UPDATE hotdesk_queue.active_desktops SET name = $2 WHERE sdr_id = $1";
    db.run(sql, &[&sdr.as_str(), name]).await?;
    Ok(ActiveDesktop {
        name: Some(name.clone()),
        ..active
    })
}

pub(super) async fn active(
    db: &Db,
    sdr: &SdrId,
    now: UtcMs,
) -> Done<Outcome<Option<ActiveDesktop>>> {
    if let Err(refusal) = super::people::must_be_sdr(db, sdr).await? {
        return Ok(Err(refusal));
    }
    let active = find(db, sdr).await?.filter(|active| active.until > now);
    Ok(Ok(active.map(|active| active.desktop)))
}

/// The desktop is active no longer; whoever asks next is.
pub(super) async fn leave(db: &Db, sdr: &str, desktop: &str, now: UtcMs) -> Done<()> {
    db.run(
        "UPDATE hotdesk_queue.active_desktops SET until_ms = $3
         WHERE sdr_id = $1 AND desktop_id = $2 AND until_ms > $3",
        &[&sdr, &desktop, &now.0],
    )
    .await
    .map(drop)
}

/// The SDR is active on no desktop any longer.
pub(super) async fn leave_all(db: &Db, sdr: &SdrId, now: UtcMs) -> Done<()> {
    let sql = "UPDATE hotdesk_queue.active_desktops SET until_ms = $2
         WHERE sdr_id = $1 AND until_ms > $2";
    db.run(sql, &[&sdr.as_str(), &now.0]).await.map(drop)
}

pub(super) async fn beat(
    db: &Db,
    session: &WhatsappSession,
    beat: &Beat,
    now: UtcMs,
) -> Done<Beaten> {
    let sdr = &session.sdr_id;
    hold_queue(db, sdr).await?;
    let (active, own) = match &session.desktop_id {
        Some(desktop) => {
            let active = acquire(db, sdr, desktop, now).await?;
            let own = !active.is_other(desktop, now);
            (Some(active.desktop), own)
        }
        None => (find(db, sdr).await?.map(|active| active.desktop), true),
    };
    let active = match active {
        Some(active) if own => Some(named(db, sdr, active, beat.desktop_name.as_ref()).await?),
        Some(_) | None => active,
    };
    if own {
        super::sessions::put_session(db, session, Some(beat), now).await?;
    }
    let office = super::people::office(db).await?;
    Ok(Beaten {
        counts: super::queue::counts(db, &office, sdr, now).await?,
        active,
        opt_outs: super::opt_outs::since(db, beat.opt_outs_since).await?,
        wish: match own {
            true => super::wishes::find(db, sdr, now).await?,
            false => None,
        },
    })
}
