//! Tables `office`, `sdr_users` and `desktop_tokens`.

use super::row::{Outcome, column_error, json, to_json};
use crate::store::{Credentials, Holder, Office, Person, RecoveryKey, Refusal, Role, TokenHash};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId, TenantId};
use hotdesk_protocol::policy::{Caps, FirstMessage, Policy};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A sign-in this recent may be the same one, delivered twice: its token stays good.
const SIGN_IN_REPEATED_MS: i64 = 60_000;

pub(super) fn office(db: &Connection) -> rusqlite::Result<Office> {
    let stored = db
        .prepare_cached(
            "SELECT tenant, time_zone, gap_ms, daily_messages, ack_stuck_ms, hours, new_leads,
                 unanswered, name, name_first, retention_days FROM office",
        )?
        .query_row([], |row| {
            Ok(Office {
                tenant: TenantId(row.get(0)?),
                time_zone: row.get(1)?,
                policy: Policy {
                    gap_ms: row.get(2)?,
                    daily_messages: row.get(3)?,
                    ack_stuck_ms: row.get(4)?,
                },
                hours: json(row, 5)?.ok_or_else(|| column_error(5, "hours"))?,
                caps: Caps {
                    new_leads: row.get(6)?,
                    unanswered: row.get(7)?,
                },
                name: row.get(8)?,
                first_message: FirstMessage {
                    required: row.get(9)?,
                },
                retention_days: row.get(10)?,
            })
        })
        .optional()?;
    Ok(stored.unwrap_or_default())
}

pub(super) fn put_office(db: &Connection, office: &Office) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO office (one, tenant, time_zone, gap_ms, daily_messages, ack_stuck_ms, hours,
             new_leads, unanswered, name, name_first, retention_days)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (one) DO UPDATE SET tenant = excluded.tenant, time_zone = excluded.time_zone,
             gap_ms = excluded.gap_ms, daily_messages = excluded.daily_messages,
             ack_stuck_ms = excluded.ack_stuck_ms, hours = excluded.hours,
             new_leads = excluded.new_leads, unanswered = excluded.unanswered,
             name = excluded.name, name_first = excluded.name_first,
             retention_days = excluded.retention_days",
        params![
            office.tenant.as_str(),
            office.time_zone,
            office.policy.gap_ms,
            office.policy.daily_messages,
            office.policy.ack_stuck_ms,
            to_json(&office.hours)?,
            office.caps.new_leads,
            office.caps.unanswered,
            office.name,
            office.first_message.required,
            office.retention_days
        ],
    )?;
    Ok(())
}

pub(super) fn put_person(db: &Connection, credentials: &Credentials) -> rusqlite::Result<()> {
    let person = &credentials.person;
    db.execute(
        "INSERT INTO sdr_users (id, email, password_hash, name, role) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name,
             password_hash = excluded.password_hash, role = excluded.role, is_active = 1",
        params![
            person.id.as_str(),
            person.email,
            credentials.password_hash,
            person.name,
            person.role.as_str()
        ],
    )?;
    Ok(())
}

pub(super) fn credentials(db: &Connection, email: &str) -> rusqlite::Result<Option<Credentials>> {
    db.prepare_cached(
        "SELECT id, email, name, role, password_hash FROM sdr_users
         WHERE email = ?1 AND is_active = 1",
    )?
    .query_row([email], |row| {
        Ok(Credentials {
            person: person(row)?,
            password_hash: row.get(4)?,
        })
    })
    .optional()
}

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let role: String = row.get(3)?;
    Ok(Person {
        id: SdrId(row.get(0)?),
        email: row.get(1)?,
        name: row.get(2)?,
        role: Role::parse(&role).ok_or_else(|| column_error(3, "role"))?,
    })
}

pub(super) fn add_token(
    db: &Connection,
    hash: &TokenHash,
    person: &SdrId,
    desktop: Option<&DesktopId>,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let desktop = desktop.map(DesktopId::as_str);
    db.execute(
        "UPDATE desktop_tokens SET revoked_at_ms = ?3
         WHERE sdr_id = ?1 AND desktop_id = ?2 AND revoked_at_ms IS NULL AND created_at_ms <= ?4",
        params![person.as_str(), desktop, now.0, now.0 - SIGN_IN_REPEATED_MS],
    )?;
    db.execute(
        "INSERT INTO desktop_tokens (token_hash, sdr_id, desktop_id, created_at_ms)
         VALUES (?1, ?2, ?3, ?4)",
        params![hash.as_slice(), person.as_str(), desktop, now.0],
    )?;
    db.execute(
        "UPDATE sdr_users SET last_login = ?2 WHERE id = ?1",
        params![person.as_str(), now.0],
    )?;
    Ok(())
}

pub(super) fn add_browser_token(
    db: &Connection,
    hash: &TokenHash,
    person: &SdrId,
    ends_at: UtcMs,
    now: UtcMs,
) -> rusqlite::Result<()> {
    add_token(db, hash, person, None, now)?;
    db.execute(
        "UPDATE desktop_tokens SET ends_at_ms = ?2 WHERE token_hash = ?1",
        params![hash.as_slice(), ends_at.0],
    )?;
    Ok(())
}

pub(super) fn holder(
    db: &Connection,
    hash: &TokenHash,
    now: UtcMs,
) -> rusqlite::Result<Option<Holder>> {
    db.prepare_cached(
        "SELECT u.id, u.email, u.name, u.role, t.desktop_id, t.ends_at_ms
         FROM desktop_tokens t JOIN sdr_users u ON u.id = t.sdr_id
         WHERE t.token_hash = ?1 AND t.revoked_at_ms IS NULL AND u.is_active = 1
             AND (t.ends_at_ms IS NULL OR t.ends_at_ms > ?2)",
    )?
    .query_row(params![hash.as_slice(), now.0], |row| {
        Ok(Holder {
            person: person(row)?,
            desktop: row.get::<_, Option<String>>(4)?.map(DesktopId),
            ends_at_ms: row.get::<_, Option<i64>>(5)?.map(UtcMs),
        })
    })
    .optional()
}

pub(super) fn revoke_token(
    db: &Connection,
    hash: &TokenHash,
    now: UtcMs,
) -> rusqlite::Result<bool> {
    let revoked: Option<(String, Option<String>)> = db
        .prepare_cached(
            "UPDATE desktop_tokens SET revoked_at_ms = ?2
             WHERE token_hash = ?1 AND revoked_at_ms IS NULL RETURNING sdr_id, desktop_id",
        )?
        .query_row(params![hash.as_slice(), now.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    if let Some((sdr, Some(desktop))) = &revoked {
        super::desktops::leave(db, sdr, desktop, now)?;
    }
    db.prepare_cached("SELECT 1 FROM desktop_tokens WHERE token_hash = ?1")?
        .exists([hash.as_slice()])
}

pub(super) fn revoke_tokens(
    db: &Connection,
    sdr: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    if let Err(refusal) = must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    db.execute(
        "UPDATE desktop_tokens SET revoked_at_ms = ?2 WHERE sdr_id = ?1 AND revoked_at_ms IS NULL",
        params![sdr.as_str(), now.0],
    )?;
    super::desktops::leave_all(db, sdr, now)?;
    Ok(Ok(()))
}

pub(super) fn recovery_key(
    db: &Connection,
    sdr: &SdrId,
    offered: RecoveryKey,
) -> rusqlite::Result<Outcome<RecoveryKey>> {
    if let Err(refusal) = must_be_sdr(db, sdr)? {
        return Ok(Err(refusal));
    }
    db.execute(
        "INSERT INTO recovery_keys (sdr_id, key) VALUES (?1, ?2) ON CONFLICT (sdr_id) DO NOTHING",
        params![sdr.as_str(), offered.0],
    )?;
    let key = db.query_row(
        "SELECT key FROM recovery_keys WHERE sdr_id = ?1",
        [sdr.as_str()],
        |row| row.get(0),
    )?;
    Ok(Ok(RecoveryKey(key)))
}

/// Refuses an id that is no active SDR's.
pub(super) fn must_be_sdr(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Outcome<()>> {
    Ok(name_of_sdr(db, sdr)?.map(drop))
}

/// As [`must_be_sdr`], with their name.
pub(super) fn name_of_sdr(db: &Connection, sdr: &SdrId) -> rusqlite::Result<Outcome<String>> {
    let name = db
        .prepare_cached(
            "SELECT name FROM sdr_users WHERE id = ?1 AND role = 'sdr' AND is_active = 1",
        )?
        .query_row([sdr.as_str()], |row| row.get(0))
        .optional()?;
    Ok(name.ok_or(Refusal::NoSuchSdr))
}
