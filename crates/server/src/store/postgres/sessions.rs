//! The `whatsapp_*` columns of `sdr_users`.

use super::fault::Done;
use super::row::{Outcome, json, to_json};
use super::transaction::Db;
use crate::store::{Beat, Refusal, SeenSession};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId};
use hotdesk_protocol::queue::WhatsappSession;
use hotdesk_protocol::session::SessionState;

pub(super) async fn put_session(
    db: &Db,
    session: &WhatsappSession,
    beat: Option<&Beat>,
    now: UtcMs,
) -> Done<()> {
    let connected_at = session
        .connected
        .then(|| session.connected_at_ms.unwrap_or(now).0);
    db.run(
        "UPDATE sdr_users SET whatsapp_connected = $2, whatsapp_session_id = $3,
             whatsapp_phone = $4, whatsapp_connected_at = hotdesk_queue.at($5),
             whatsapp_last_seen = hotdesk_queue.at($6), whatsapp_state = $7, whatsapp_adapter = $8,
             whatsapp_missing = $9, whatsapp_problem = $10, whatsapp_adapter_pack = $11
         WHERE id::text = $1",
        &[
            &session.sdr_id.as_str(),
            &session.connected,
            &session.desktop_id.as_ref().map(DesktopId::as_str),
            &session.phone,
            &connected_at,
            &now.0,
            &to_json(&session.state)?,
            &session.adapter,
            &to_json(&session.missing)?,
            &session.problem.as_ref().map(to_json).transpose()?,
            &session.adapter_pack,
        ],
    )
    .await?;
    if let Some(beat) = beat {
        db.run(
            "UPDATE sdr_users SET desktop_paused = $2, desktop_in_flight = $3, desktop_version = $4
             WHERE id::text = $1",
            &[
                &session.sdr_id.as_str(),
                &beat.paused,
                &i64::from(beat.in_flight),
                &beat.app_version,
            ],
        )
        .await?;
    }
    super::wishes::seen(db, session, now).await
}

pub(super) async fn session(db: &Db, sdr: &SdrId) -> Done<Outcome<SeenSession>> {
    let row = db
        .row(
            "SELECT whatsapp_session_id::text, coalesce(whatsapp_connected, false), whatsapp_state,
                 whatsapp_phone::text, hotdesk_queue.ms(whatsapp_connected_at), whatsapp_adapter,
                 whatsapp_missing, whatsapp_problem, hotdesk_queue.ms(whatsapp_last_seen),
                 whatsapp_adapter_pack
             FROM sdr_users WHERE id::text = $1 AND role::text = 'sdr'",
            &[&sdr.as_str()],
        )
        .await?;
    let Some(row) = row else {
        return Ok(Err(Refusal::NoSuchSdr));
    };
    Ok(Ok(SeenSession {
        session: WhatsappSession {
            sdr_id: sdr.clone(),
            desktop_id: row.try_get::<_, Option<String>>(0)?.map(DesktopId),
            connected: row.try_get(1)?,
            state: json(&row, 2)?.unwrap_or(SessionState::Closed),
            phone: row.try_get(3)?,
            connected_at_ms: row.try_get::<_, Option<i64>>(4)?.map(UtcMs),
            adapter: row.try_get(5)?,
            missing: json(&row, 6)?.unwrap_or_default(),
            problem: json(&row, 7)?,
            adapter_pack: row.try_get(9)?,
        },
        last_seen_ms: row.try_get::<_, Option<i64>>(8)?.map(UtcMs),
    }))
}
