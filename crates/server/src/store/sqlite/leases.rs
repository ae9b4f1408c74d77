//! Claim, begin, renew, release: who has a message for now.

use super::desktops;
use super::lanes;
use super::messages::blocked;
use super::queue::{counts, in_flight};
use super::row::{Mover, Outcome, STANDING, Standing, message, move_to, standing};
use crate::store::lanes::{Admitted, Candidate, is_closed, pick};
use crate::store::rules::{MAX_EXPIRED_LEASES, active_elsewhere, left_today, why_no_more};
use crate::store::standing::{Beginning, leased_from};
use crate::store::{Cause, Claim, Claimed, Office, Refusal};
use hotdesk_protocol::ids::{LeadId, LeaseToken, MessageId, SdrId};
use hotdesk_protocol::queue::{BeginRequest, ClaimedMessage, RenewRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use rusqlite::{Connection, Row, params};

pub(super) fn claim(
    db: &Connection,
    claim: &Claim,
    now: UtcMs,
) -> rusqlite::Result<Outcome<Claimed>> {
    let active = desktops::acquire(db, &claim.sdr_id, &claim.desktop_id, now)?;
    let office = super::people::office(db)?;
    let opt_outs = super::opt_outs::since(db, claim.opt_outs_since)?;
    if active.is_other(&claim.desktop_id, now) {
        let epoch = active.desktop.session_epoch;
        if claim.session_epoch.is_some_and(|seen| seen != epoch) {
            return Ok(Err(Refusal::OtherDesktop));
        }
        return Ok(Ok(Claimed {
            counts: counts(db, &office, &claim.sdr_id, now)?,
            office,
            messages: Vec::new(),
            blocked: Some(active_elsewhere(&active.desktop)),
            active: active.desktop,
            opt_outs,
            wish: None,
        }));
    }
    let wish = super::wishes::find(db, &claim.sdr_id, now)?;
    take_back_expired(db, &claim.sdr_id, now)?;
    let mut before = counts(db, &office, &claim.sdr_id, now)?;
    if withdraw_blocked(db, &claim.sdr_id, before.queued, now)? {
        before = counts(db, &office, &claim.sdr_id, now)?;
    }
    if claim.claim_id.is_some() && claim.claim_id == active.last_claim {
        return Ok(Ok(Claimed {
            office,
            messages: leased_before(db, claim, now)?,
            counts: before,
            blocked: None,
            active: active.desktop,
            opt_outs,
            wish,
        }));
    }
    let limit = usize::try_from(claim.limit).unwrap_or(usize::MAX);
    let mut chosen = pinned(db, claim, now)?;
    chosen.truncate(limit);

    let used = before
        .sent_today
        .saturating_add(in_flight(db, &claim.sdr_id)?);
    let stopped = super::wishes::is_stopped(db, &claim.sdr_id)?;
    let left = left_today(&office.policy, used, stopped);
    let room = (limit - chosen.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
    let admitted = lanes::admitted(db, &office, &claim.sdr_id, now)?;
    let heads = heads(db, claim, room, &office, &admitted)?;
    let counts = before.without(heads.len());
    chosen.extend(heads);

    let messages = chosen
        .iter()
        .map(|(id, from)| lease(db, claim, id, *from, now))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if !messages.is_empty() {
        db.prepare_cached("UPDATE active_desktops SET last_claim = ?2 WHERE sdr_id = ?1")?
            .execute(params![claim.sdr_id.as_str(), claim.claim_id])?;
    }
    let held = admitted
        .why_nothing(&office)
        .filter(|_| messages.is_empty());
    let blocked = why_no_more(&office.policy, counts.queued, left, stopped, held);
    Ok(Ok(Claimed {
        office,
        messages,
        counts,
        blocked,
        active: active.desktop,
        opt_outs,
        wish,
    }))
}

/// What the same claim leased when it came first, as far as it still holds.
fn leased_before(
    db: &Connection,
    claim: &Claim,
    now: UtcMs,
) -> rusqlite::Result<Vec<ClaimedMessage>> {
    db.prepare_cached(&format!(
        "SELECT {CLAIMED} FROM messages WHERE sdr_id = ?1 AND lease_desktop = ?2 AND claim_id = ?3
             AND state IN ('leased', 'begun') AND lease_until_ms > ?4
         ORDER BY state = 'leased', seq"
    ))?
    .query_map(
        params![
            claim.sdr_id.as_str(),
            claim.desktop_id.as_str(),
            claim.claim_id,
            now.0
        ],
        |row| claimed(row, now),
    )?
    .map(|found| {
        let mut found = found?;
        found.file = super::files::of_message(db, &found.message_id)?;
        Ok(found)
    })
    .collect()
}

const CLAIMED: &str = "id, sdr_id, lead_id, (SELECT name FROM leads WHERE leads.id = lead_id), phone, \
     text, generation, attempts, state, lease_token, lease_until_ms";

fn claimed(row: &Row<'_>, now: UtcMs) -> rusqlite::Result<ClaimedMessage> {
    let left = row.get::<_, i64>(10)?.saturating_sub(now.0);
    Ok(ClaimedMessage {
        message_id: MessageId(row.get(0)?),
        sdr_id: SdrId(row.get(1)?),
        lead_id: LeadId(row.get(2)?),
        lead_name: row.get(3)?,
        phone: row.get(4)?,
        text: row.get(5)?,
        file: None,
        generation: row.get(6)?,
        attempt: row.get(7)?,
        begun: super::row::state(row, 8)? == MessageState::Begun,
        lease_token: LeaseToken(row.get(9)?),
        lease_ms: u32::try_from(left).unwrap_or(0),
    })
}

fn take_back_expired(db: &Connection, sdr: &SdrId, now: UtcMs) -> rusqlite::Result<()> {
    let expired = db
        .prepare_cached(&format!(
            "SELECT {STANDING} FROM messages
             WHERE sdr_id = ?1 AND state = 'leased' AND lease_until_ms <= ?2 ORDER BY seq"
        ))?
        .query_map(params![sdr.as_str(), now.0], standing)?
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

/// Goes over the shorter of two lists, what the SDR has queued and the numbers that must not be written
/// to: most queues are short, and one that is not would cost each claim milliseconds.
fn withdraw_blocked(
    db: &Connection,
    sdr: &SdrId,
    queued: u32,
    now: UtcMs,
) -> rusqlite::Result<bool> {
    let numbers: i64 = db
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM do_not_contact")?
        .query_row([], |row| row.get(0))?;
    // A cross join is made in the order in which it is written.
    let lists = if numbers < i64::from(queued) {
        "do_not_contact d CROSS JOIN messages m INDEXED BY messages_by_chat"
    } else {
        "messages m INDEXED BY messages_by_sdr CROSS JOIN do_not_contact d"
    };
    let blocked = db
        .prepare_cached(&format!(
            "SELECT m.id FROM {lists} WHERE m.phone = d.phone
                 AND m.sdr_id = ?1 AND m.state = 'queued' ORDER BY m.seq"
        ))?
        .query_map([sdr.as_str()], |row| row.get(0).map(MessageId))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for id in &blocked {
        let (from, to) = (MessageState::Queued, MessageState::Cancelled);
        move_to(db, id, from, to, Cause::OptedOut, Mover::default(), now)?;
    }
    Ok(!blocked.is_empty())
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
/// have it and its lane is open.
fn heads(
    db: &Connection,
    claim: &Claim,
    room: usize,
    office: &Office,
    admitted: &Admitted,
) -> rusqlite::Result<Vec<Chosen>> {
    if room == 0 {
        return Ok(Vec::new());
    }
    // What another SDR has under way to the lead may leave as well, and then is unanswered.
    let mut query = db.prepare_cached(
        "SELECT m.id, m.seq FROM messages m INDEXED BY messages_in_lanes
         WHERE m.sdr_id = ?1 AND m.state = 'queued'
         AND m.zone_key = ?3 AND m.fresh = ?4 AND m.unanswered = ?5
         AND (m.pinned_to IS NULL OR m.pinned_to = ?2)
         AND NOT EXISTS (
             SELECT 1 FROM messages o WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state IN ('leased', 'begun', 'review'))
         AND NOT EXISTS (
             SELECT 1 FROM messages o WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state = 'queued' AND o.seq < m.seq)
         AND (?6 IS NULL OR m.unanswered + (
             SELECT count(*) FROM messages o WHERE o.phone = m.phone
             AND o.state IN ('leased', 'begun')) < ?6)
         ORDER BY m.seq",
    )?;
    let mut candidates = Vec::new();
    for lane in &admitted.lanes {
        let mut rows = query.query(params![
            claim.sdr_id.as_str(),
            claim.desktop_id.as_str(),
            lane.zone_key,
            lane.fresh,
            lane.unanswered,
            office.caps.unanswered
        ])?;
        let mut found = 0;
        while found < room
            && let Some(row) = rows.next()?
        {
            let id = MessageId(row.get(0)?);
            if !claim.holding.contains(&id) {
                let (seq, fresh, message) = (row.get(1)?, lane.fresh, (id, MessageState::Queued));
                candidates.push(Candidate {
                    seq,
                    fresh,
                    message,
                });
                found += 1;
            }
        }
    }
    Ok(pick(candidates, room, admitted.new_leads))
}

fn lease(
    db: &Connection,
    claim: &Claim,
    id: &MessageId,
    from: MessageState,
    now: UtcMs,
) -> rusqlite::Result<ClaimedMessage> {
    let token = uuid::Uuid::new_v4().simple().to_string();
    db.prepare_cached(
        "UPDATE messages SET lease_token = ?2, lease_desktop = ?3, lease_until_ms = ?4,
             claim_id = ?5, attempts = attempts + 1
         WHERE id = ?1",
    )?
    .execute(params![
        id.as_str(),
        token,
        claim.desktop_id.as_str(),
        now.0.saturating_add(i64::from(claim.lease_ms)),
        claim.claim_id
    ])?;
    let mover = Mover::desktop(&claim.desktop_id);
    let to = leased_from(from);
    move_to(db, id, from, to, Cause::Claimed, mover, now)?;
    let mut leased = db
        .prepare_cached(&format!("SELECT {CLAIMED} FROM messages WHERE id = ?1"))?
        .query_row([id.as_str()], |row| claimed(row, now))?;
    leased.file = super::files::of_message(db, id)?;
    Ok(leased)
}

pub(super) fn begin(
    db: &Connection,
    begin: &BeginRequest,
    lease_ms: u32,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let (sdr, desktop, epoch) = (&begin.sdr_id, &begin.desktop_id, begin.session_epoch);
    let found = match message(db, &begin.message_id, Some(sdr))? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let blocked = blocked(db, &found.phone)?;
    if is_withdrawn(db, &found, blocked)? {
        return Ok(Err(Refusal::Cancelled));
    }
    if let Err(refusal) = desktops::must_be_active(db, sdr, desktop, epoch, now)? {
        return Ok(Err(refusal));
    }
    let mover = Mover::desktop(desktop);
    let go = |to, cause| move_to(db, &found.id, found.state, to, cause, mover, now);
    let office = super::people::office(db)?;
    let closed = is_closed(&office, &found.zone_key, &found.phone, now);
    match found.begin(begin, blocked, closed, now) {
        Beginning::Begins => go(MessageState::Begun, Cause::Begun)?,
        Beginning::Again => {}
        Beginning::Blocked => {
            go(MessageState::Cancelled, Cause::OptedOut)?;
            return Ok(Err(Refusal::Cancelled));
        }
        Beginning::OutOfHours => {
            go(MessageState::Queued, Cause::Released)?;
            return Ok(Err(Refusal::OutOfHours));
        }
        Beginning::StillOutOfHours => return Ok(Err(Refusal::OutOfHours)),
        Beginning::InDoubt {
            words,
            cause,
            refusal,
        } => {
            set_unknown(db, &found.id, words)?;
            go(MessageState::Review, cause)?;
            return Ok(Err(refusal));
        }
        Beginning::Fenced => return Ok(Err(Refusal::Fenced)),
    }
    desktops::acquire(db, sdr, desktop, now)?;
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

/// A person or an opt-out has confirmed that it is not to be sent.
fn is_withdrawn(db: &Connection, found: &Standing, blocked: bool) -> rusqlite::Result<bool> {
    match found.state {
        MessageState::Cancelled => Ok(true),
        MessageState::Review => Ok(blocked),
        MessageState::Failed => super::review::was_cancelled(db, &found.id),
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Begun
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Dead => Ok(false),
    }
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
    let found = match message(db, &renew.message_id, Some(&renew.sdr_id))? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !found.may_be_renewed(renew, now) {
        return Ok(Err(Refusal::Fenced));
    }
    db.prepare_cached("UPDATE messages SET lease_until_ms = ?2 WHERE id = ?1")?
        .execute(params![
            found.id.as_str(),
            now.0.saturating_add(i64::from(lease_ms))
        ])?;
    Ok(Ok(()))
}

/// Gives back what is leased.
pub(super) fn release(
    db: &Connection,
    release: &RenewRequest,
    now: UtcMs,
) -> rusqlite::Result<Outcome<()>> {
    let sdr = Some(&release.sdr_id);
    let found = match message(db, &release.message_id, sdr)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let goes_back = match found.release(release) {
        Ok(goes_back) => goes_back,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if goes_back {
        let (to, mover) = (MessageState::Queued, Mover::desktop(&release.desktop_id));
        move_to(db, &found.id, found.state, to, Cause::Released, mover, now)?;
    }
    Ok(Ok(()))
}
