//! How each SDR stands, for the dashboard.

use super::fault::{Done, Fault};
use super::row::{json, number};
use super::transaction::Db;
use crate::store::rules::{WISH_MS, day_start, parse_wish};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{SdrCounts, SdrDesktop, SdrRow, SdrSession};
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::session::SessionState;
use tokio_postgres::Row;

pub(super) async fn list(db: &Db, of: Option<&SdrId>, now: UtcMs) -> Done<Vec<SdrRow>> {
    let today = day_start(now, &super::people::office(db).await?.time_zone);
    let rows = db
        .rows(
            "SELECT u.id::text, u.name::text, u.email::text, u.whatsapp_state,
                 coalesce(u.whatsapp_connected, false), u.whatsapp_phone::text,
                 hotdesk_queue.ms(u.whatsapp_connected_at), u.whatsapp_adapter,
                 u.whatsapp_adapter_pack, u.whatsapp_problem,
                 hotdesk_queue.ms(u.whatsapp_last_seen), u.desktop_paused, u.desktop_in_flight,
                 u.desktop_version, a.desktop_id, a.name, a.since_ms,
                 (SELECT count(*) FROM hotdesk_queue.messages m
                  WHERE m.sdr_id = u.id::text AND m.state = 'queued'),
                 (SELECT count(*) FROM hotdesk_queue.messages m
                  WHERE m.sdr_id = u.id::text AND m.sent_at_ms >= $2),
                 (SELECT count(*) FROM hotdesk_queue.messages m
                  WHERE m.sdr_id = u.id::text AND m.state = 'review'),
                 w.wish,
                 EXISTS (SELECT 1 FROM hotdesk_queue.stopped_sdrs s WHERE s.sdr_id = u.id::text)
             FROM sdr_users u
             LEFT JOIN hotdesk_queue.active_desktops a
                 ON a.sdr_id = u.id::text AND a.until_ms > $3
             LEFT JOIN hotdesk_queue.wishes w ON w.sdr_id = u.id::text AND w.asked_at_ms > $4
             WHERE u.role::text = 'sdr' AND coalesce(u.is_active, true)
                 AND ($1::text IS NULL OR u.id::text = $1)",
            &[&of.map(SdrId::as_str), &today.0, &now.0, &(now.0 - WISH_MS)],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Done<SdrRow> {
    let active_desktop = desktop(row)?;
    let wish: Option<&str> = row.try_get(20)?;
    let wish = wish.map(|word| parse_wish(word).ok_or(Fault::Unreadable("wish")));
    let paused = row.try_get::<_, bool>(11)? || row.try_get::<_, bool>(21)?;
    Ok(SdrRow {
        id: SdrId(row.try_get(0)?),
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        session: session(row)?,
        online: active_desktop.is_some(),
        active_desktop,
        paused,
        in_flight: number(row, 12)?,
        app_version: row.try_get(13)?,
        counts: SdrCounts {
            queued: number(row, 17)?,
            sent_today: number(row, 18)?,
            review: number(row, 19)?,
        },
        wish: wish.transpose()?,
    })
}

/// None before any desktop has told of one.
fn session(row: &Row) -> Done<Option<SdrSession>> {
    let Some(last_seen) = row.try_get(10)? else {
        return Ok(None);
    };
    Ok(Some(SdrSession {
        state: json(row, 3)?.unwrap_or(SessionState::Closed),
        connected: row.try_get(4)?,
        phone: row.try_get(5)?,
        connected_at_ms: row.try_get::<_, Option<i64>>(6)?.map(UtcMs),
        adapter_id: row.try_get(7)?,
        adapter_pack: row.try_get(8)?,
        problem: json(row, 9)?,
        last_seen_ms: UtcMs(last_seen),
    }))
}

fn desktop(row: &Row) -> Done<Option<SdrDesktop>> {
    let Some(id) = row.try_get(14)? else {
        return Ok(None);
    };
    Ok(Some(SdrDesktop {
        desktop_id: DesktopId(id),
        name: row.try_get(15)?,
        since_ms: UtcMs(row.try_get(16)?),
    }))
}
