//! Tables `office`, `sdr_users` and `desktop_tokens`. The columns of `sdr_users` may have the office's
//! own types, so ids and roles are compared and read as text, and written by way of JSON.

use super::fault::{Done, Fault};
use super::row::{Outcome, hold_queue, json, number, to_json};
use super::transaction::Db;
use crate::store::{Credentials, Holder, Office, Person, RecoveryKey, Refusal, Role, TokenHash};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{DesktopId, SdrId, TenantId};
use hotdesk_protocol::policy::{Caps, FirstMessage, Policy};
use tokio_postgres::Row;

/// A sign-in this recent may be the same one, delivered twice: its token stays good.
const SIGN_IN_REPEATED_MS: i64 = 60_000;

pub(super) async fn office(db: &Db) -> Done<Office> {
    let stored = db
        .row(
            "SELECT tenant, time_zone, gap_ms, daily_messages, ack_stuck_ms, hours, new_leads,
                 unanswered, name, name_first, retention_days FROM hotdesk_queue.office",
            &[],
        )
        .await?;
    let Some(row) = stored else {
        return Ok(Office::default());
    };
    Ok(Office {
        tenant: TenantId(row.try_get(0)?),
        time_zone: row.try_get(1)?,
        policy: Policy {
            gap_ms: number(&row, 2)?,
            daily_messages: number(&row, 3)?,
            ack_stuck_ms: number(&row, 4)?,
        },
        hours: json(&row, 5)?.ok_or(Fault::Unreadable("hours"))?,
        caps: Caps {
            new_leads: cap(&row, 6)?,
            unanswered: cap(&row, 7)?,
        },
        name: row.try_get(8)?,
        first_message: FirstMessage {
            required: row.try_get(9)?,
        },
        retention_days: cap(&row, 10)?,
    })
}

fn cap(row: &Row, column: usize) -> Done<Option<u32>> {
    let cap: Option<i64> = row.try_get(column)?;
    let read = cap.map(u32::try_from).transpose();
    read.map_err(|_| Fault::Unreadable("of a cap"))
}

pub(super) async fn put_office(db: &Db, office: &Office) -> Done<()> {
    db.run(
        "INSERT INTO hotdesk_queue.office (one, tenant, time_zone, gap_ms, daily_messages,
             ack_stuck_ms, hours, new_leads, unanswered, name, name_first, retention_days)
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (one) DO UPDATE SET tenant = excluded.tenant, time_zone = excluded.time_zone,
             gap_ms = excluded.gap_ms, daily_messages = excluded.daily_messages,
             ack_stuck_ms = excluded.ack_stuck_ms, hours = excluded.hours,
             new_leads = excluded.new_leads, unanswered = excluded.unanswered,
             name = excluded.name, name_first = excluded.name_first,
             retention_days = excluded.retention_days",
        &[
            &office.tenant.as_str(),
            &office.time_zone,
            &i64::from(office.policy.gap_ms),
            &i64::from(office.policy.daily_messages),
            &i64::from(office.policy.ack_stuck_ms),
            &to_json(&office.hours)?,
            &office.caps.new_leads.map(i64::from),
            &office.caps.unanswered.map(i64::from),
            &office.name,
            &office.first_message.required,
            &office.retention_days.map(i64::from),
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn put_person(db: &Db, credentials: &Credentials) -> Done<()> {
    let person = &credentials.person;
    let json = serde_json::json!({
        "id": person.id, "email": person.email, "password_hash": credentials.password_hash,
        "name": person.name, "role": person.role.as_str(), "is_active": true,
    })
    .to_string();
    let known = db
        .run(
            "UPDATE sdr_users u SET email = n.email, name = n.name, password_hash = n.password_hash,
                 role = n.role, is_active = true
             FROM jsonb_populate_record(NULL::sdr_users, $2::text::jsonb) n WHERE u.id::text = $1",
            &[&person.id.as_str(), &json],
        )
        .await?;
    if known == 0 {
        db.run(
            "INSERT INTO sdr_users (id, email, password_hash, name, role, is_active)
             SELECT id, email, password_hash, name, role, is_active
             FROM jsonb_populate_record(NULL::sdr_users, $1::text::jsonb)",
            &[&json],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn credentials(db: &Db, email: &str) -> Done<Option<Credentials>> {
    if email.contains('\0') {
        // Nobody's: no column can hold it.
        return Ok(None);
    }
    let row = db
        .row(
            "SELECT id::text, email::text, name::text, role::text, password_hash::text FROM sdr_users
             WHERE lower(email) = lower($1) AND coalesce(is_active, true)",
            &[&email],
        )
        .await?;
    row.map(|row| {
        Ok(Credentials {
            person: person(&row)?,
            password_hash: row.try_get(4)?,
        })
    })
    .transpose()
}

fn person(row: &Row) -> Done<Person> {
    Ok(Person {
        id: SdrId(row.try_get(0)?),
        email: row.try_get(1)?,
        name: row.try_get(2)?,
        role: Role::parse(row.try_get(3)?).ok_or(Fault::Unreadable("role"))?,
    })
}

pub(super) async fn add_token(
    db: &Db,
    hash: &TokenHash,
    person: &SdrId,
    desktop: Option<&DesktopId>,
    now: UtcMs,
) -> Done<()> {
    let (person, desktop) = (person.as_str(), desktop.map(DesktopId::as_str));
    db.run(
        "UPDATE hotdesk_queue.desktop_tokens SET revoked_at_ms = $3
         WHERE sdr_id = $1 AND desktop_id = $2 AND revoked_at_ms IS NULL AND created_at_ms <= $4",
        &[&person, &desktop, &now.0, &(now.0 - SIGN_IN_REPEATED_MS)],
    )
    .await?;
    db.run(
        "INSERT INTO hotdesk_queue.desktop_tokens (token_hash, sdr_id, desktop_id, created_at_ms)
         VALUES ($1, $2, $3, $4)",
        &[&hash.as_slice(), &person, &desktop, &now.0],
    )
    .await?;
    db.run(
        "UPDATE sdr_users SET last_login = hotdesk_queue.at($2) WHERE id::text = $1",
        &[&person, &now.0],
    )
    .await
    .map(drop)
}

pub(super) async fn add_browser_token(
    db: &Db,
    hash: &TokenHash,
    person: &SdrId,
    ends_at: UtcMs,
    now: UtcMs,
) -> Done<()> {
    add_token(db, hash, person, None, now).await?;
    let sql = "UPDATE hotdesk_queue.desktop_tokens SET ends_at_ms = $2 WHERE token_hash = $1";
    db.run(sql, &[&hash.as_slice(), &ends_at.0]).await.map(drop)
}

pub(super) async fn holder(db: &Db, hash: &TokenHash, now: UtcMs) -> Done<Option<Holder>> {
    let row = db
        .row(
            "SELECT u.id::text, u.email::text, u.name::text, u.role::text, t.desktop_id,
                 t.ends_at_ms
             FROM hotdesk_queue.desktop_tokens t JOIN sdr_users u ON u.id::text = t.sdr_id
             WHERE t.token_hash = $1 AND t.revoked_at_ms IS NULL AND coalesce(u.is_active, true)
                 AND (t.ends_at_ms IS NULL OR t.ends_at_ms > $2)",
            &[&hash.as_slice(), &now.0],
        )
        .await?;
    row.map(|row| {
        Ok(Holder {
            person: person(&row)?,
            desktop: row.try_get::<_, Option<String>>(4)?.map(DesktopId),
            ends_at_ms: row.try_get::<_, Option<i64>>(5)?.map(UtcMs),
        })
    })
    .transpose()
}

pub(super) async fn revoke_token(db: &Db, hash: &TokenHash, now: UtcMs) -> Done<bool> {
    let revoked = db
        .row(
            "UPDATE hotdesk_queue.desktop_tokens SET revoked_at_ms = $2
             WHERE token_hash = $1 AND revoked_at_ms IS NULL RETURNING sdr_id, desktop_id",
            &[&hash.as_slice(), &now.0],
        )
        .await?;
    if let Some(row) = revoked
        && let Some(desktop) = row.try_get::<_, Option<&str>>(1)?
    {
        super::desktops::leave(db, row.try_get(0)?, desktop, now).await?;
    }
    let ever = "SELECT 1 FROM hotdesk_queue.desktop_tokens WHERE token_hash = $1";
    db.exists(ever, &[&hash.as_slice()]).await
}

pub(super) async fn revoke_tokens(db: &Db, sdr: &SdrId, now: UtcMs) -> Done<Outcome<()>> {
    if let Err(refusal) = must_be_sdr(db, sdr).await? {
        return Ok(Err(refusal));
    }
    hold_queue(db, sdr).await?;
    db.run(
        "UPDATE hotdesk_queue.desktop_tokens SET revoked_at_ms = $2
         WHERE sdr_id = $1 AND revoked_at_ms IS NULL",
        &[&sdr.as_str(), &now.0],
    )
    .await?;
    super::desktops::leave_all(db, sdr, now).await?;
    Ok(Ok(()))
}

pub(super) async fn recovery_key(
    db: &Db,
    sdr: &SdrId,
    offered: RecoveryKey,
) -> Done<Outcome<RecoveryKey>> {
    if let Err(refusal) = must_be_sdr(db, sdr).await? {
        return Ok(Err(refusal));
    }
    db.run(
        "INSERT INTO hotdesk_queue.recovery_keys (sdr_id, key) VALUES ($1, $2)
         ON CONFLICT (sdr_id) DO NOTHING",
        &[&sdr.as_str(), &offered.0.as_slice()],
    )
    .await?;
    let kept = "SELECT key FROM hotdesk_queue.recovery_keys WHERE sdr_id = $1";
    let row = db.one(kept, &[&sdr.as_str()]).await?;
    let key = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>(0)?);
    Ok(Ok(RecoveryKey(key.map_err(|_| Fault::Unreadable("key"))?)))
}

/// Refuses an id that is no active SDR's.
pub(super) async fn must_be_sdr(db: &Db, sdr: &SdrId) -> Done<Outcome<()>> {
    Ok(name_of_sdr(db, sdr).await?.map(drop))
}

/// As [`must_be_sdr`], with their name.
pub(super) async fn name_of_sdr(db: &Db, sdr: &SdrId) -> Done<Outcome<String>> {
    // No column can hold that character, so nobody has it in their id.
    if sdr.as_str().contains('\0') {
        return Ok(Err(Refusal::NoSuchSdr));
    }
    let sql = "SELECT coalesce(name::text, '') FROM sdr_users
         WHERE id::text = $1 AND role::text = 'sdr' AND coalesce(is_active, true)";
    Ok(match db.row(sql, &[&sdr.as_str()]).await? {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(Refusal::NoSuchSdr),
    })
}
