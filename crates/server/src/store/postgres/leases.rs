//! Claim, begin, renew, release: who has a message for now.

use super::desktops;
use super::fault::Done;
use super::lanes;
use super::log::{TIP, Tip, write_event};
use super::messages::blocked;
use super::queue::{counts, in_flight};
use super::row::{
    Mover, Outcome, STANDING, Standing, hold_queue, message, move_to, number, standing,
};
use super::transaction::{Db, Values};
use crate::store::lanes::{Admitted, Candidate, is_closed, pick};
use crate::store::rules::{
    MAX_EXPIRED_LEASES, active_elsewhere, left_today, state_name, why_no_more,
};
use crate::store::standing::{Beginning, leased_from};
use crate::store::{Cause, Claim, Claimed, Counts, Office, Refusal};
use hotdesk_protocol::ids::{LeadId, LeaseToken, MessageId, SdrId};
use hotdesk_protocol::queue::{BeginRequest, ClaimedMessage, RenewRequest};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use tokio::try_join;
use tokio_postgres::Row;

pub(super) async fn claim(db: &Db, claim: &Claim, now: UtcMs) -> Done<Outcome<Claimed>> {
    let sdr = &claim.sdr_id;
    hold_queue(db, sdr).await?;
    // What does not need each other is asked for together: the way to the database costs more than most
    // of the answers.
    let (active, office, opt_outs, wish) = try_join!(
        desktops::acquire(db, sdr, &claim.desktop_id, now),
        super::people::office(db),
        super::opt_outs::since(db, claim.opt_outs_since),
        super::wishes::find(db, sdr, now),
    )?;
    if active.is_other(&claim.desktop_id, now) {
        let epoch = active.desktop.session_epoch;
        if claim.session_epoch.is_some_and(|seen| seen != epoch) {
            return Ok(Err(Refusal::OtherDesktop));
        }
        return Ok(Ok(Claimed {
            counts: counts(db, &office, sdr, now).await?,
            office,
            messages: Vec::new(),
            blocked: Some(active_elsewhere(&active.desktop)),
            active: active.desktop,
            opt_outs,
            wish: None,
        }));
    }
    let (expired, withdrawn, mut seen) = try_join!(
        expired(db, sdr, now),
        withdrawn(db, sdr),
        look(db, claim, &office, now),
    )?;
    if !expired.is_empty() || !withdrawn.is_empty() {
        for message in &expired {
            take_back(db, message, now).await?;
        }
        // One that was taken back may be blocked too.
        for id in &self::withdrawn(db, sdr).await? {
            let (from, to) = (MessageState::Queued, MessageState::Cancelled);
            let mover = Mover::default();
            move_to(db, id, from, to, Cause::OptedOut, mover, now).await?;
        }
        seen = look(db, claim, &office, now).await?;
    }
    if claim.claim_id.is_some() && claim.claim_id == active.last_claim {
        return Ok(Ok(Claimed {
            office,
            messages: leased_before(db, claim, now).await?,
            counts: seen.counts,
            blocked: None,
            active: active.desktop,
            opt_outs,
            wish,
        }));
    }
    let limit = usize::try_from(claim.limit).unwrap_or(usize::MAX);
    let mut chosen = seen.pinned;
    chosen.truncate(limit);

    let used = seen.counts.sent_today.saturating_add(seen.in_flight);
    let left = left_today(&office.policy, used, seen.stopped);
    let room = (limit - chosen.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
    let heads = heads(db, claim, room, &office, &seen.admitted).await?;
    let counts = seen.counts.without(heads.len());
    chosen.extend(heads);

    let mut messages = Vec::new();
    for (id, from) in &chosen {
        messages.push(lease(db, claim, id, *from, now).await?);
    }
    if !messages.is_empty() {
        let sql = "UPDATE hotdesk_queue.active_desktops SET last_claim = $2 WHERE sdr_id = $1";
        db.run(sql, &[&sdr.as_str(), &claim.claim_id]).await?;
    }
    let held = seen.admitted.why_nothing(&office);
    let held = held.filter(|_| messages.is_empty());
    let blocked = why_no_more(&office.policy, counts.queued, left, seen.stopped, held);
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

/// How an SDR's queue stands before a claim takes from it.
struct Seen {
    counts: Counts,
    in_flight: u32,
    stopped: bool,
    admitted: Admitted,
    pinned: Vec<Chosen>,
}

async fn look(db: &Db, claim: &Claim, office: &Office, now: UtcMs) -> Done<Seen> {
    let sdr = &claim.sdr_id;
    let (counts, in_flight, stopped, admitted, pinned) = try_join!(
        counts(db, office, sdr, now),
        in_flight(db, sdr),
        super::wishes::is_stopped(db, sdr),
        lanes::admitted(db, office, sdr, now),
        pinned(db, claim, now),
    )?;
    Ok(Seen {
        counts,
        in_flight,
        stopped,
        admitted,
        pinned,
    })
}

/// What the same claim leased when it came first, as far as it still holds.
async fn leased_before(db: &Db, claim: &Claim, now: UtcMs) -> Done<Vec<ClaimedMessage>> {
    let sql = format!(
        "SELECT NULL, NULL, NULL, {CLAIMED} FROM hotdesk_queue.messages m
         WHERE sdr_id = $1 AND lease_desktop = $2 AND claim_id = $3
             AND state IN ('leased', 'begun') AND lease_until_ms > $4
         ORDER BY state = 'leased', seq"
    );
    let (sdr, desktop) = (claim.sdr_id.as_str(), claim.desktop_id.as_str());
    let rows = db
        .rows(&sql, &[&sdr, &desktop, &claim.claim_id, &now.0])
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        found.push(claimed(db, row, now).await?);
    }
    Ok(found)
}

/// What is told of a leased message, behind the three columns of a [`TIP`].
const CLAIMED: &str = "id, sdr_id, lead_id, \
     coalesce((SELECT l.name::text FROM leads l WHERE l.id::text = m.lead_id), ''), phone, text, \
     generation, attempts, state, lease_token, lease_until_ms, file_id IS NOT NULL";

async fn claimed(db: &Db, row: &Row, now: UtcMs) -> Done<ClaimedMessage> {
    let left = row.try_get::<_, i64>(13)?.saturating_sub(now.0);
    let message_id = MessageId(row.try_get(3)?);
    let file = if row.try_get(14)? {
        super::files::of_message(db, &message_id).await?
    } else {
        None
    };
    Ok(ClaimedMessage {
        file,
        message_id,
        sdr_id: SdrId(row.try_get(4)?),
        lead_id: LeadId(row.try_get(5)?),
        lead_name: row.try_get(6)?,
        phone: row.try_get(7)?,
        text: row.try_get(8)?,
        generation: number(row, 9)?,
        attempt: number(row, 10)?,
        begun: super::row::state(row, 11)? == MessageState::Begun,
        lease_token: LeaseToken(row.try_get(12)?),
        lease_ms: u32::try_from(left).unwrap_or(0),
    })
}

async fn expired(db: &Db, sdr: &SdrId, now: UtcMs) -> Done<Vec<Standing>> {
    let sql = format!(
        "SELECT {STANDING} FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state = 'leased' AND lease_until_ms <= $2 ORDER BY seq"
    );
    let rows = db.rows(&sql, &[&sdr.as_str(), &now.0]).await?;
    rows.iter().map(standing).collect()
}

/// Its lease ran out before it was begun.
pub(super) async fn take_back(db: &Db, message: &Standing, now: UtcMs) -> Done<()> {
    let times = message.expired_leases + 1;
    let (to, cause) = if times >= MAX_EXPIRED_LEASES {
        (MessageState::Dead, Cause::GivenUp)
    } else {
        (MessageState::Queued, Cause::LeaseExpired)
    };
    let sql = "UPDATE hotdesk_queue.messages SET expired_leases = $2 WHERE id = $1";
    db.run(sql, &[&message.id.as_str(), &i64::from(times)])
        .await?;
    let mover = Mover {
        desktop: message.lease_desktop.as_ref(),
        ..Mover::default()
    };
    move_to(db, &message.id, message.state, to, cause, mover, now).await
}

/// What is queued to numbers that must not be written to. Goes over the shorter of the two lists: most
/// queues are short, and one that is not would cost each claim milliseconds.
async fn withdrawn(db: &Db, sdr: &SdrId) -> Done<Vec<MessageId>> {
    // Whether there are fewer numbers than queued messages is known without counting the longer list.
    let sql = "WITH shorter AS MATERIALIZED (SELECT EXISTS (
             SELECT 1 FROM hotdesk_queue.messages WHERE sdr_id = $1 AND state = 'queued'
             ORDER BY seq LIMIT 1 OFFSET (SELECT coalesce(max(seq), 0) FROM do_not_contact)) AS numbers)
         SELECT m.id, m.seq FROM do_not_contact d CROSS JOIN LATERAL (
             SELECT id, seq FROM hotdesk_queue.messages
             WHERE sdr_id = $1 AND state = 'queued' AND phone IN (d.phone::text, '+' || d.phone::text)
             OFFSET 0) m
         WHERE (SELECT numbers FROM shorter)
         UNION
         SELECT m.id, m.seq FROM hotdesk_queue.messages m
         WHERE m.sdr_id = $1 AND m.state = 'queued' AND NOT (SELECT numbers FROM shorter)
             AND EXISTS (
                 SELECT 1 FROM do_not_contact d WHERE d.phone IN (m.phone, substr(m.phone, 2)))
         ORDER BY seq";
    let rows = db.rows(sql, &[&sdr.as_str()]).await?;
    let ids = rows.iter().map(|row| Ok(MessageId(row.try_get(0)?)));
    ids.collect()
}

type Chosen = (MessageId, MessageState);

/// Begun messages of this very desktop whose lease is gone: nobody else may ever have them.
async fn pinned(db: &Db, claim: &Claim, now: UtcMs) -> Done<Vec<Chosen>> {
    let sql = "SELECT id FROM hotdesk_queue.messages WHERE sdr_id = $1 AND state = 'begun'
         AND lease_desktop = $2 AND lease_until_ms <= $3 AND id <> ALL ($4) ORDER BY seq";
    let (sdr, desktop) = (claim.sdr_id.as_str(), claim.desktop_id.as_str());
    let holding = holding(claim);
    let rows = db.rows(sql, &[&sdr, &desktop, &now.0, &holding]).await?;
    chosen(&rows, MessageState::Begun)
}

/// The oldest message of each chat in which nothing is under way or in doubt, if this desktop may
/// have it and its lane is open. One that somebody is withdrawing or moving right now is left for the
/// next look.
async fn heads(
    db: &Db,
    claim: &Claim,
    room: usize,
    office: &Office,
    admitted: &Admitted,
) -> Done<Vec<Chosen>> {
    if room == 0 {
        return Ok(Vec::new());
    }
    // What another SDR has under way to the lead may leave as well, and then is unanswered.
    let sql = "SELECT m.id, m.seq FROM hotdesk_queue.messages m
         WHERE m.sdr_id = $1 AND m.state = 'queued'
         AND m.zone_key = $5 AND m.fresh = $6 AND m.unanswered = $7
         AND (m.pinned_to IS NULL OR m.pinned_to = $2) AND m.id <> ALL ($3)
         AND NOT EXISTS (
             SELECT 1 FROM hotdesk_queue.messages o
             WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state IN ('leased', 'begun', 'review'))
         AND NOT EXISTS (
             SELECT 1 FROM hotdesk_queue.messages o
             WHERE o.sdr_id = m.sdr_id AND o.phone = m.phone
             AND o.state = 'queued' AND o.seq < m.seq)
         AND ($8::bigint IS NULL OR m.unanswered + (
             SELECT count(*) FROM hotdesk_queue.messages o
             WHERE o.phone = m.phone AND o.state IN ('leased', 'begun')) < $8)
         ORDER BY m.seq LIMIT $4 FOR UPDATE OF m SKIP LOCKED";
    let (sdr, desktop) = (claim.sdr_id.as_str(), claim.desktop_id.as_str());
    let (holding, most) = (holding(claim), i64::try_from(room).unwrap_or(i64::MAX));
    let unanswered = office.caps.unanswered.map(i64::from);
    let mut candidates = Vec::new();
    for lane in &admitted.lanes {
        let (fresh, without_answer) = (i64::from(lane.fresh), i64::from(lane.unanswered));
        let values: Values<'_> = &[
            &sdr,
            &desktop,
            &holding,
            &most,
            &lane.zone_key,
            &fresh,
            &without_answer,
            &unanswered,
        ];
        for row in &db.rows(sql, values).await? {
            candidates.push(Candidate {
                seq: row.try_get(1)?,
                fresh: lane.fresh,
                message: (MessageId(row.try_get(0)?), MessageState::Queued),
            });
        }
    }
    Ok(pick(candidates, room, admitted.new_leads))
}

fn holding(claim: &Claim) -> Vec<&str> {
    claim.holding.iter().map(MessageId::as_str).collect()
}

fn chosen(rows: &[Row], from: MessageState) -> Done<Vec<Chosen>> {
    rows.iter()
        .map(|row| Ok((MessageId(row.try_get(0)?), from)))
        .collect()
}

async fn lease(
    db: &Db,
    claim: &Claim,
    id: &MessageId,
    from: MessageState,
    now: UtcMs,
) -> Done<ClaimedMessage> {
    let token = uuid::Uuid::new_v4().simple().to_string();
    let to = leased_from(from);
    let sql = format!(
        "UPDATE hotdesk_queue.messages m SET lease_token = $2, lease_desktop = $3,
             lease_until_ms = $4, claim_id = $5, attempts = attempts + 1, state = $6
         WHERE id = $1 RETURNING {TIP}, {CLAIMED}"
    );
    let values: Values<'_> = &[
        &id.as_str(),
        &token,
        &claim.desktop_id.as_str(),
        &now.0.saturating_add(i64::from(claim.lease_ms)),
        &claim.claim_id,
        &state_name(to),
    ];
    let row = db.one(&sql, values).await?;
    let (tip, mover) = (Tip::of_row(&row)?, Mover::desktop(&claim.desktop_id));
    write_event(db, id, tip, Some(from), to, Cause::Claimed, mover, now).await?;
    claimed(db, &row, now).await
}

pub(super) async fn begin(
    db: &Db,
    begin: &BeginRequest,
    lease_ms: u32,
    now: UtcMs,
) -> Done<Outcome<()>> {
    let (sdr, desktop, epoch) = (&begin.sdr_id, &begin.desktop_id, begin.session_epoch);
    let found = match message(db, &begin.message_id, Some(sdr)).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (blocked, active, office) = try_join!(
        blocked(db, &found.phone),
        desktops::must_be_active(db, sdr, desktop, epoch, now),
        super::people::office(db),
    )?;
    if is_withdrawn(db, &found, blocked).await? {
        return Ok(Err(Refusal::Cancelled));
    }
    if let Err(refusal) = active {
        return Ok(Err(refusal));
    }
    let mover = Mover::desktop(desktop);
    let go = |to, cause| move_to(db, &found.id, found.state, to, cause, mover, now);
    let closed = is_closed(&office, &found.zone_key, &found.phone, now);
    match found.begin(begin, blocked, closed, now) {
        Beginning::Begins => go(MessageState::Begun, Cause::Begun).await?,
        Beginning::Again => {}
        Beginning::Blocked => {
            go(MessageState::Cancelled, Cause::OptedOut).await?;
            return Ok(Err(Refusal::Cancelled));
        }
        Beginning::OutOfHours => {
            go(MessageState::Queued, Cause::Released).await?;
            return Ok(Err(Refusal::OutOfHours));
        }
        Beginning::StillOutOfHours => return Ok(Err(Refusal::OutOfHours)),
        Beginning::InDoubt {
            words,
            cause,
            refusal,
        } => {
            set_unknown(db, &found.id, words).await?;
            go(MessageState::Review, cause).await?;
            return Ok(Err(refusal));
        }
        Beginning::Fenced => return Ok(Err(Refusal::Fenced)),
    }
    let sql = "UPDATE hotdesk_queue.messages SET profile_epoch = $2, lease_until_ms = $3,
             begun_at_ms = coalesce(begun_at_ms, $4) WHERE id = $1";
    let (id, epoch) = (found.id.as_str(), begin.profile_epoch.as_str());
    let until = now.0.saturating_add(i64::from(lease_ms));
    let values: Values<'_> = &[&id, &epoch, &until, &now.0];
    try_join!(
        desktops::acquire(db, sdr, desktop, now),
        db.run(sql, values)
    )?;
    Ok(Ok(()))
}

/// A person or an opt-out has confirmed that it is not to be sent.
async fn is_withdrawn(db: &Db, found: &Standing, blocked: bool) -> Done<bool> {
    match found.state {
        MessageState::Cancelled => Ok(true),
        MessageState::Review => Ok(blocked),
        MessageState::Failed => super::review::was_cancelled(db, &found.id).await,
        MessageState::Queued
        | MessageState::Leased
        | MessageState::Begun
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Dead => Ok(false),
    }
}

pub(super) async fn set_unknown(db: &Db, id: &MessageId, words: &str) -> Done<()> {
    let problem = super::row::to_json(&Problem::new(ProblemCode::FateUnknown, words))?;
    let sql = "UPDATE hotdesk_queue.messages SET problem = $2 WHERE id = $1";
    db.run(sql, &[&id.as_str(), &problem]).await.map(drop)
}

pub(super) async fn renew(
    db: &Db,
    renew: &RenewRequest,
    lease_ms: u32,
    now: UtcMs,
) -> Done<Outcome<()>> {
    let found = match message(db, &renew.message_id, Some(&renew.sdr_id)).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !found.may_be_renewed(renew, now) {
        return Ok(Err(Refusal::Fenced));
    }
    let until = now.0.saturating_add(i64::from(lease_ms));
    let sql = "UPDATE hotdesk_queue.messages SET lease_until_ms = $2 WHERE id = $1";
    db.run(sql, &[&found.id.as_str(), &until]).await?;
    Ok(Ok(()))
}

/// Gives back what is leased.
pub(super) async fn release(db: &Db, release: &RenewRequest, now: UtcMs) -> Done<Outcome<()>> {
    let sdr = Some(&release.sdr_id);
    let found = match message(db, &release.message_id, sdr).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let goes_back = match found.release(release) {
        Ok(goes_back) => goes_back,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if goes_back {
        let (to, mover) = (MessageState::Queued, Mover::desktop(&release.desktop_id));
        move_to(db, &found.id, found.state, to, Cause::Released, mover, now).await?;
    }
    Ok(Ok(()))
}
