//! How each SDR stands, for the dashboard.

use super::row::{column_error, json};
use crate::store::rules::{WISH_MS, day_start, parse_wish};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{SdrCounts, SdrDesktop, SdrRow, SdrSession};
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::session::SessionState;
use rusqlite::{Connection, Row, params};

pub(super) fn list(
    db: &Connection,
    of: Option<&SdrId>,
    now: UtcMs,
) -> rusqlite::Result<Vec<SdrRow>> {
    let today = day_start(now, &super::people::office(db)?.time_zone);
    db.prepare_cached(
        "SELECT u.id, u.name, u.email, u.whatsapp_state, u.whatsapp_connected, u.whatsapp_phone,
             u.whatsapp_connected_at, u.whatsapp_adapter, u.whatsapp_adapter_pack,
             u.whatsapp_problem, u.whatsapp_last_seen, u.desktop_paused, u.desktop_in_flight,
             u.desktop_version, a.desktop_id, a.name, a.since_ms,
             (SELECT count(*) FROM messages m WHERE m.sdr_id = u.id AND m.state = 'queued'),
             (SELECT count(*) FROM messages m WHERE m.sdr_id = u.id AND m.sent_at_ms >= ?2),
             (SELECT count(*) FROM messages m WHERE m.sdr_id = u.id AND m.state = 'review'),
             w.wish, EXISTS (SELECT 1 FROM stopped_sdrs s WHERE s.sdr_id = u.id)
         FROM sdr_users u
         LEFT JOIN active_desktops a ON a.sdr_id = u.id AND a.until_ms > ?3
         LEFT JOIN wishes w ON w.sdr_id = u.id AND w.asked_at_ms > ?4
         WHERE u.role = 'sdr' AND u.is_active = 1 AND (?1 IS NULL OR u.id = ?1)",
    )?
    .query_map(
        params![of.map(SdrId::as_str), today.0, now.0, now.0 - WISH_MS],
        read,
    )?
    .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<SdrRow> {
    let active_desktop = desktop(row)?;
    let wish: Option<String> = row.get(20)?;
    let wish = wish.map(|word| parse_wish(&word).ok_or_else(|| column_error(20, "wish")));
    let paused = row.get::<_, bool>(11)? || row.get::<_, bool>(21)?;
    Ok(SdrRow {
        id: SdrId(row.get(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        session: session(row)?,
        online: active_desktop.is_some(),
        active_desktop,
        paused,
        in_flight: row.get(12)?,
        app_version: row.get(13)?,
        counts: SdrCounts {
            queued: row.get(17)?,
            sent_today: row.get(18)?,
            review: row.get(19)?,
        },
        wish: wish.transpose()?,
    })
}

/// None before any desktop has told of one.
fn session(row: &Row<'_>) -> rusqlite::Result<Option<SdrSession>> {
    let Some(last_seen) = row.get(10)? else {
        return Ok(None);
    };
    Ok(Some(SdrSession {
        state: json(row, 3)?.unwrap_or(SessionState::Closed),
        connected: row.get(4)?,
        phone: row.get(5)?,
        connected_at_ms: row.get::<_, Option<i64>>(6)?.map(UtcMs),
        adapter_id: row.get(7)?,
        adapter_pack: row.get(8)?,
        problem: json(row, 9)?,
        last_seen_ms: UtcMs(last_seen),
    }))
}

fn desktop(row: &Row<'_>) -> rusqlite::Result<Option<SdrDesktop>> {
    let Some(id) = row.get(14)? else {
        return Ok(None);
    };
    Ok(Some(SdrDesktop {
        desktop_id: DesktopId(id),
        name: row.get(15)?,
        since_ms: UtcMs(row.get(16)?),
    }))
}
