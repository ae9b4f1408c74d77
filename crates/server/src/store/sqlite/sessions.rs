//! The `whatsapp_*` columns of `sdr_users`.

use super::row::{Outcome, json, to_json};
use crate::store::{Beat, Refusal, SeenSession};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::WhatsappSession;
use hotdesk_protocol::session::SessionState;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn put_session(
    db: &Connection,
    session: &WhatsappSession,
    beat: Option<&Beat>,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let connected_at = session
        .connected
        .then(|| session.connected_at_ms.unwrap_or(now).0);
    db.prepare_cached(
        "UPDATE sdr_users SET whatsapp_connected = ?2, whatsapp_session_id = ?3,
             whatsapp_phone = ?4, whatsapp_connected_at = ?5,
             whatsapp_last_seen = ?6, whatsapp_state = ?7, whatsapp_adapter = ?8,
             whatsapp_missing = ?9, whatsapp_problem = ?10, whatsapp_adapter_pack = ?11
         WHERE id = ?1",
    )?
    .execute(params![
        session.sdr_id.as_str(),
        session.connected,
        session.desktop_id.as_ref().map(DesktopId::as_str),
        session.phone,
        connected_at,
        now.0,
        to_json(&session.state)?,
        session.adapter,
        to_json(&session.missing)?,
        session.problem.as_ref().map(to_json).transpose()?,
        session.adapter_pack,
    ])?;
    if let Some(beat) = beat {
        db.prepare_cached(
            "UPDATE sdr_users SET desktop_paused = ?2, desktop_in_flight = ?3, desktop_version = ?4
             WHERE id = ?1",
        )?
        .execute(params![
            session.sdr_id.as_str(),
            beat.paused,
            beat.in_flight,
            beat.app_version
        ])?;
    }
    super::wishes::seen(db, session, now)
}

pub(super) fn session(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Outcome<SeenSession>> {
    let found = db
        .prepare_cached(
            "SELECT whatsapp_session_id, whatsapp_connected, whatsapp_state, whatsapp_phone,
                 whatsapp_connected_at, whatsapp_adapter, whatsapp_missing, whatsapp_problem,
                 whatsapp_last_seen, whatsapp_adapter_pack
             FROM sdr_users WHERE id = ?1 AND role = 'sdr'",
        )?
        .query_row([sdr.as_str()], |row| {
            Ok(SeenSession {
                session: WhatsappSession {
                    sdr_id: sdr.clone(),
                    desktop_id: row.get::<_, Option<String>>(0)?.map(DesktopId),
                    connected: row.get(1)?,
                    state: json(row, 2)?.unwrap_or(SessionState::Closed),
                    phone: row.get(3)?,
                    connected_at_ms: row.get::<_, Option<i64>>(4)?.map(UtcMs),
                    adapter: row.get(5)?,
                    missing: json(row, 6)?.unwrap_or_default(),
                    problem: json(row, 7)?,
                    adapter_pack: row.get(9)?,
                },
                last_seen_ms: row.get::<_, Option<i64>>(8)?.map(UtcMs),
            })
        })
        .optional()?;
    Ok(found.ok_or(Refusal::NoSuchSdr))
}
