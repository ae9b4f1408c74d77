//! Claim, begin, renew, release: who has a message for now.

use super::messages::blocked;
use super::queue::{counts, in_flight};
use super::row::{Mover, Outcome, STANDING, Standing, move_to};
use crate::store::rules::MAX_EXPIRED_LEASES;
use crate::store::{Cause, Claim, Claimed, Refusal};
use hotdesk_protocol::ids::{LeadId, LeaseToken, MessageId, SdrId};
use hotdesk_protocol::queue::{BeginRequest, ClaimedMessage, RenewRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use rusqlite::{Connection, params};

pub(super) fn claim(db: &Connection, claim: &Claim, now: UtcMs) -> rusqlite::Result<Claimed> {
    take_back_expired(db, &claim.sdr_id, now)?;
    withdraw_blocked(db, &claim.sdr_id, now)?;
    let office = super::people::office(db)?;
    let limit = usize::try_from(claim.limit).unwrap_or(usize::MAX);
    let mut chosen = pinned(db, claim, now)?;
    chosen.truncate(limit);

    let before = counts(db, &claim.sdr_id, now)?;
    let used = before
        .sent_today
        .saturating_add(in_flight(db, &claim.sdr_id)?);
    let left_today = office.policy.daily_messages.saturating_sub(used);
    let room = (limit - chosen.len()).min(usize::try_from(left_today).unwrap_or(usize::MAX));
    chosen.extend(heads(db, claim, room)?);

    let messages = chosen
        .iter()
        .map(|(id, from)| lease(db, claim, id, *from, now))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let counts = counts(db, &claim.sdr_id, now)?;
    let blocked = (left_today == 0 && counts.queued > 0).then(|| {
        Problem::new(
            ProblemCode::NotNow,
            format!(
                "The daily limit of {} messages is reached. The {} that wait are kept and go on tomorrow.",
                office.policy.daily_messages, counts.queued
            ),
        )
    });
    Ok(Claimed {
        office,
        messages,
        counts,
        blocked,
    })
}

fn take_back_expired(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<()> {
    let expired = db
        .prepare_cached(&format!(
            "SELECT {STANDING} FROM messages
             WHERE sdr_id = ?1 AND state = 'leased' AND lease_until_ms <= ?2 ORDER BY seq"
        ))?
        .query_map(params![sdr.as_str(), now.0], Standing::of_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    expired
        .iter()
        .try_for_each(|message| take_back(db, message, now))
}

/// Its lease ran out before it was begun.
pub(super) fn take_back(db: &Connection, message: &Standing, now: UtcMs) -> rusqlite::Result<()> {
    let times = message.expired_leases + 1;
    let (to, cause) = if times >= MAX_EXPIRED_LEASES {
        (MessageState::Dead, Cause::GivenUp)
    } else {
        (MessageState::Queued, Cause::LeaseExpired)
    };
    db.prepare_cached("UPDATE messages SET expired_leases = ?2 WHERE id = ?1")?
        .execute(params![message.id.as_str(), times])?;
    let mover = Mover {
        desktop: message.lease_desktop.as_ref(),
        ..Mover::default()
    };
    move_to(db, &message.id, message.state, to, cause, mover, now)
}

fn withdraw_blocked(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<()> {
    let blocked = db
        .prepare_cached(
            "SELECT m.id FROM do_not_contact d JOIN messages m ON m.phone = d.phone
             WHERE m.sdr_id = ?1 AND m.state = 'queued' ORDER BY m.seq",
        )?
        .query_map([sdr.as_str()], |row| row.get(0).map(MessageId))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for id in blocked {
        let (from, to) = (MessageState::Queued, MessageState::Cancelled);
        move_to(db, &id, from, to, Cause::OptedOut, Mover::default(), now)?;
    }
    Ok(())
}

type Chosen = (MessageId, MessageState);

/// Begun messages of this very desktop whose lease is gone: nobody else may ever have them.
fn pinned(db: &Connection, claim: &Claim, now: UtcMs) -> rusqlite::Result<Vec<Chosen>> {
    let ids = db
        .prepare_cached(
            "SELECT id FROM messages WHERE sdr_id = ?1 AND state = 'begun'
             AND lease_desktop = ?2 AND lease_until_ms <= ?3 ORDER BY seq",
        )?
        .query_map(
            params![claim.sdr_id.as_str(), claim.desktop_id.as_str(), now.0],
            |row| row.get(0).map(MessageId),
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let wanted = ids.into_iter().filter(|id| !claim.holding.contains(id));
    Ok(wanted.map(|id| (id, MessageState::Begun)).collect())
}

/// The oldest message of each chat in which nothing is under way or in doubt, if this desktop may
/// have it.
fn heads(db: &Connection, claim: &Claim, room: usize) -> rusqlite::Result<Vec<Chosen>> {
    if room == 0 {
        return Ok(Vec::new());
    }
    let mut query = db.prepare_cached(
        "SELECT m.id FROM messages m WHERE m.sdr_id = ?1 AND m.state = 'queued'
         AND (m.pinned_to IS NULL OR m.pinned_to = ?2)
         AND NOT EXISTS (
             SELECT 1 FROM messages o WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state IN ('leased', 'begun', 'review'))
         AND NOT EXISTS (
             SELECT 1 FROM messages o WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state = 'queued' AND o.seq < m.seq)
         ORDER BY m.seq",
    )?;
    let mut rows = query.query([claim.sdr_id.as_str(), claim.desktop_id.as_str()])?;
    let mut chosen = Vec::new();
    while chosen.len() < room
        && let Some(row) = rows.next()?
    {
        let id = MessageId(row.get(0)?);
        if !claim.holding.contains(&id) {
            chosen.push((id, MessageState::Queued));
        }
    }
    Ok(chosen)
}

fn lease(
    db: &Connection,
    claim: &Claim,
    id: &MessageId,
    from: MessageState,
    now: UtcMs,
) -> rusqlite::Result<ClaimedMessage> {
    let to = match from {
        MessageState::Begun => MessageState::Begun,
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Cancelled
        | MessageState::Review => MessageState::Leased,
    };
    let token = uuid::Uuid::new_v4().simple().to_string();
    let file = super::files::of_message(db, id)?;
    let leased = db
        .prepare_cached(
            "UPDATE messages SET lease_token = ?2, lease_desktop = ?3, lease_until_ms = ?4,
                 attempts = attempts + 1
             WHERE id = ?1 RETURNING sdr_id, lead_id, phone, text, generation, attempts,
                 (SELECT name FROM leads WHERE leads.id = lead_id)",
        )?
        .query_row(
            params![
                id.as_str(),
                token,
                claim.desktop_id.as_str(),
                now.0.saturating_add(i64::from(claim.lease_ms))
            ],
            |row| {
                Ok(ClaimedMessage {
                    message_id: id.clone(),
                    sdr_id: SdrId(row.get(0)?),
                    lead_id: LeadId(row.get(1)?),
                    phone: row.get(2)?,
                    text: row.get(3)?,
                    generation: row.get(4)?,
                    attempt: row.get(5)?,
                    begun: to == MessageState::Begun,
                    lead_name: row.get(6)?,
                    lease_token: LeaseToken(token.clone()),
                    lease_ms: claim.lease_ms,
                    file: file.clone(),
                })
            },
        )?;
    let mover = Mover {
        desktop: Some(&claim.desktop_id),
        ..Mover::default()
    };
    move_to(db, id, from, to, Cause::Claimed, mover, now)?;
    Ok(leased)
}

/// Compare-and-set. A begun message may be begun again by its desktop under its last token, even
/// after the lease: nobody else can have it. Through another profile it may not: there "not in the
/// page" would not prove "not sent", so a person decides.
pub(super) fn begin(
    db: &Connection,
    begin: &BeginRequest,
    lease_ms: u32,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let found = match Standing::of_sdr(db, &begin.message_id, &begin.sdr_id)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let held = found.held_by(&begin.desktop_id, begin.lease_token.as_str());
    let mover = Mover {
        desktop: Some(&begin.desktop_id),
        ..Mover::default()
    };
    let go = |to, cause| move_to(db, &found.id, found.state, to, cause, mover, now);
    match found.state {
        MessageState::Cancelled => return Ok(Err(Refusal::Cancelled)),
        MessageState::Leased if held && found.lease_until > now => {
            if blocked(db, &found.phone)? {
                go(MessageState::Cancelled, Cause::OptedOut)?;
                return Ok(Err(Refusal::Cancelled));
            }
            go(MessageState::Begun, Cause::Begun)?;
        }
        MessageState::Begun if held => {
            if found.profile_epoch.as_deref() != Some(begin.profile_epoch.as_str()) {
                set_unknown(
                    db,
                    &found.id,
                    "It was begun in one WhatsApp profile and then again in another, so nobody can tell whether it left. Look into the chat on the phone, then decide.",
                )?;
                go(MessageState::Review, Cause::ProfileChanged)?;
                return Ok(Err(Refusal::Fenced));
            }
            if blocked(db, &found.phone)? {
                set_unknown(
                    db,
                    &found.id,
                    "The lead opted out while it was being sent, and nobody can tell whether it left. It is not sent again.",
                )?;
                go(MessageState::Review, Cause::OptedOut)?;
                return Ok(Err(Refusal::Cancelled));
            }
        }
        // Withdrawn while a person had to decide about it.
        MessageState::Review if blocked(db, &found.phone)? => return Ok(Err(Refusal::Cancelled)),
        MessageState::Failed if super::review::was_cancelled(db, &found.id)? => {
            return Ok(Err(Refusal::Cancelled));
        }
        MessageState::Leased
        | MessageState::Begun
        | MessageState::Queued
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Review => return Ok(Err(Refusal::Fenced)),
    }
    db.prepare_cached(
        "UPDATE messages SET profile_epoch = ?2, lease_until_ms = ?3,
             begun_at_ms = coalesce(begun_at_ms, ?4) WHERE id = ?1",
    )?
    .execute(params![
        found.id.as_str(),
        begin.profile_epoch.as_str(),
        now.0.saturating_add(i64::from(lease_ms)),
        now.0
    ])?;
    Ok(Ok(()))
}

pub(super) fn set_unknown(db: &Connection, id: &MessageId, words: &str) -> rusqlite::Result<()> {
    let problem = super::row::to_json(&Problem::new(ProblemCode::FateUnknown, words))?;
    db.prepare_cached("UPDATE messages SET problem = ?2 WHERE id = ?1")?
        .execute(params![id.as_str(), problem])?;
    Ok(())
}

pub(super) fn renew(
    db: &Connection,
    renew: &RenewRequest,
    lease_ms: u32,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let found = match Standing::of_sdr(db, &renew.message_id, &renew.sdr_id)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let held = found.held_by(&renew.desktop_id, renew.lease_token.as_str());
    let alive = match found.state {
        MessageState::Leased => found.lease_until > now,
        MessageState::Begun => true,
        MessageState::Queued
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Cancelled
        | MessageState::Review => false,
    };
    if !(held && alive) {
        return Ok(Err(Refusal::Fenced));
    }
    db.prepare_cached("UPDATE messages SET lease_until_ms = ?2 WHERE id = ?1")?
        .execute(params![
            found.id.as_str(),
            now.0.saturating_add(i64::from(lease_ms))
        ])?;
    Ok(Ok(()))
}

/// Gives back what is leased. Where nothing is to be given back nothing changes, so that a repeated
/// call is harmless; only a begun message is refused.
pub(super) fn release(
    db: &Connection,
    release: &RenewRequest,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let found = match Standing::of_sdr(db, &release.message_id, &release.sdr_id)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match found.state {
        MessageState::Leased => {
            if found.held_by(&release.desktop_id, release.lease_token.as_str()) {
                let mover = Mover {
                    desktop: Some(&release.desktop_id),
                    ..Mover::default()
                };
                let to = MessageState::Queued;
                move_to(db, &found.id, found.state, to, Cause::Released, mover, now)?;
            }
            Ok(Ok(()))
        }
        MessageState::Begun => Ok(Err(Refusal::Fenced)),
        MessageState::Queued
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Dead
        | MessageState::Cancelled
        | MessageState::Review => Ok(Ok(())),
    }
}
