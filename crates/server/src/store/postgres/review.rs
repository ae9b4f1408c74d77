//! Messages that wait for a person: those in review, and those given up before they were begun.

use super::fault::Done;
use super::leases::take_back;
use super::messages::blocked;
use super::row::{
    Mover, Outcome, STANDING, Standing, hold_lead, json, message, move_to, number, standing,
    to_json,
};
use super::transaction::Db;
use crate::store::review::{Decide, DecisionAnswer, ReviewItem, Verdict, cause};
use crate::store::rules::{state_name, wa_message_id};
use crate::store::{Cause, Refusal};
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use tokio_postgres::Row;

pub(super) async fn list(
    db: &Db,
    sdr: Option<&SdrId>,
    after: i64,
    limit: u32,
) -> Done<Vec<ReviewItem>> {
    let sql = "SELECT m.seq, m.id, m.sdr_id, u.name::text, m.lead_id, coalesce(l.name::text, ''),
             m.phone, m.text, m.generation, m.attempts, m.begun_at_ms, m.lease_desktop,
             m.profile_epoch, m.problem,
             (SELECT at_ms FROM hotdesk_queue.events e
              WHERE e.message_id = m.id AND e.to_state = 'review' ORDER BY e.seq DESC LIMIT 1)
         FROM hotdesk_queue.messages m JOIN sdr_users u ON u.id::text = m.sdr_id
         LEFT JOIN leads l ON l.id::text = m.lead_id
         WHERE m.state = 'review' AND m.seq > $2 AND ($1::text IS NULL OR m.sdr_id = $1)
         ORDER BY m.seq LIMIT $3";
    let rows = db
        .rows(sql, &[&sdr.map(SdrId::as_str), &after, &i64::from(limit)])
        .await?;
    let mut items = rows.iter().map(item).collect::<Done<Vec<_>>>()?;
    let tenant = super::people::office(db).await?.tenant;
    for item in &mut items {
        item.file = super::files::of_message(db, &item.message_id).await?;
        item.wa_message_id = wa_message_id(&tenant, &item.message_id, item.generation);
        if let Ok(seen) = super::sessions::session(db, &item.sdr_id).await? {
            item.session = Some(seen.session);
            item.session_seen_at_ms = seen.last_seen_ms;
        }
    }
    Ok(items)
}

fn item(row: &Row) -> Done<ReviewItem> {
    Ok(ReviewItem {
        seq: row.try_get(0)?,
        message_id: MessageId(row.try_get(1)?),
        sdr_id: SdrId(row.try_get(2)?),
        sdr_name: row.try_get(3)?,
        lead_id: LeadId(row.try_get(4)?),
        lead_name: row.try_get(5)?,
        phone: row.try_get(6)?,
        text: row.try_get(7)?,
        file: None,
        generation: number(row, 8)?,
        attempts: number(row, 9)?,
        begun_at_ms: row.try_get::<_, Option<i64>>(10)?.map(UtcMs),
        desktop_id: row.try_get::<_, Option<String>>(11)?.map(DesktopId),
        profile_epoch: row.try_get::<_, Option<String>>(12)?.map(ProfileEpoch),
        problem: json(row, 13)?,
        since_ms: row.try_get::<_, Option<i64>>(14)?.map(UtcMs),
        wa_message_id: String::new().into(),
        session: None,
        session_seen_at_ms: None,
    })
}

pub(super) async fn decide(db: &Db, decide: &Decide, now: UtcMs) -> Done<Outcome<DecisionAnswer>> {
    let found = match message(db, &decide.message_id, decide.of.as_ref()).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let seen = decide.generation.unwrap_or(found.generation);
    if found.state != MessageState::Review || seen != found.generation {
        return repeated(db, decide, &found).await;
    }
    let to = match decide.verdict {
        Verdict::Sent => {
            by_word_sent(db, &found, now).await?;
            MessageState::Sent
        }
        Verdict::Resend => {
            if blocked(db, &found.phone).await? {
                return Ok(Err(Refusal::DoNotContact));
            }
            as_new(db, &found, decide.unlinked).await?;
            MessageState::Queued
        }
        Verdict::Cancel => {
            set_cancelled(db, &found.id, decide.note.as_deref()).await?;
            MessageState::Failed
        }
    };
    let note = decide.log_note();
    let mover = Mover {
        person: Some(&decide.by),
        note: note.as_deref(),
        ..Mover::default()
    };
    let cause = cause(decide.verdict);
    move_to(db, &found.id, found.state, to, cause, mover, now).await?;
    decided(db, &found.id).await.map(Ok)
}

async fn decided(db: &Db, id: &MessageId) -> Done<DecisionAnswer> {
    let sql = "SELECT sdr_id, state, generation, pinned_to FROM hotdesk_queue.messages
         WHERE id = $1";
    let row = db.one(sql, &[&id.as_str()]).await?;
    Ok(DecisionAnswer {
        sdr_id: SdrId(row.try_get(0)?),
        state: super::row::state(&row, 1)?,
        generation: number(&row, 2)?,
        pinned_to: row.try_get::<_, Option<String>>(3)?.map(DesktopId),
    })
}

/// A decision that was made before is answered like the first time; another comes too late.
async fn repeated(db: &Db, decide: &Decide, found: &Standing) -> Done<Outcome<DecisionAnswer>> {
    let (verdict, was) = (decide.verdict, cause(decide.verdict));
    let left = matches!(
        found.state,
        MessageState::Sent | MessageState::Delivered | MessageState::Read
    );
    // "Send as new" is written down with the generation it made.
    let written = decide
        .generation
        .map(|seen| i64::from(seen.saturating_add(u32::from(verdict == Verdict::Resend))));
    let last = db
        .row(
            "SELECT cause FROM hotdesk_queue.events WHERE message_id = $1 AND cause IN ($2, $3, $4)
             AND ($5::bigint IS NULL OR generation = $5) ORDER BY seq DESC LIMIT 1",
            &[
                &found.id.as_str(),
                &cause(Verdict::Sent).as_str(),
                &cause(Verdict::Resend).as_str(),
                &cause(Verdict::Cancel).as_str(),
                &written,
            ],
        )
        .await?;
    let last: Option<&str> = last.as_ref().map(|row| row.try_get(0)).transpose()?;
    let same = last == Some(was.as_str()) || (left && verdict == Verdict::Sent);
    if same {
        decided(db, &found.id).await.map(Ok)
    } else {
        Ok(Err(Refusal::NotInReview))
    }
}

async fn by_word_sent(db: &Db, found: &Standing, now: UtcMs) -> Done<()> {
    hold_lead(db, &found.phone).await?;
    let left_at = found.begun_at.unwrap_or(now);
    let sql = "UPDATE hotdesk_queue.messages SET sent_at_ms = coalesce(sent_at_ms, $2),
             problem = NULL WHERE id = $1";
    db.run(sql, &[&found.id.as_str(), &left_at.0]).await?;
    super::lanes::renew(db, &found.phone).await
}

/// The next generation. A page may still hold the last one and send it by itself, so only the same
/// desktop may go on, unless its device was unlinked: the reference model sends twice otherwise.
async fn as_new(db: &Db, found: &Standing, unlinked: bool) -> Done<()> {
    let held = found.lease_desktop.as_ref().or(found.pinned_to.as_ref());
    let pinned_to = held.filter(|_| !unlinked).map(DesktopId::as_str);
    let sql = "UPDATE hotdesk_queue.messages SET generation = generation + 1, expired_leases = 0,
             pinned_to = $2, lease_desktop = NULL, lease_until_ms = 0, profile_epoch = NULL,
             begun_at_ms = NULL, wa_message_id = NULL, problem = NULL
         WHERE id = $1";
    db.run(sql, &[&found.id.as_str(), &pinned_to])
        .await
        .map(drop)
}

async fn set_cancelled(db: &Db, id: &MessageId, note: Option<&str>) -> Done<()> {
    let why = note.map(|note| format!(" They wrote: {note}"));
    let words = format!(
        "A person decided not to send it again; it may have left before.{}",
        why.unwrap_or_default()
    );
    let problem = to_json(&Problem::new(ProblemCode::Cancelled, words))?;
    let sql = "UPDATE hotdesk_queue.messages SET problem = $2 WHERE id = $1";
    db.run(sql, &[&id.as_str(), &problem]).await.map(drop)
}

/// Whether it was withdrawn from review.
pub(super) async fn was_cancelled(db: &Db, id: &MessageId) -> Done<bool> {
    has_event(db, id, Cause::DecidedCancel).await
}

async fn has_event(db: &Db, id: &MessageId, cause: Cause) -> Done<bool> {
    let sql = "SELECT 1 FROM hotdesk_queue.events WHERE message_id = $1 AND cause = $2 LIMIT 1";
    db.exists(sql, &[&id.as_str(), &cause.as_str()]).await
}

/// Queues a message again that was given up. It keeps its pin: an earlier generation may have begun.
pub(super) async fn requeue(
    db: &Db,
    id: &MessageId,
    of: Option<&SdrId>,
    by: &SdrId,
    now: UtcMs,
) -> Done<Outcome<SdrId>> {
    let found = match message(db, id, of).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if found.state != MessageState::Dead {
        return Ok(if has_event(db, id, Cause::Requeued).await? {
            Ok(found.sdr_id)
        } else {
            Err(Refusal::NotDead)
        });
    }
    if blocked(db, &found.phone).await? {
        return Ok(Err(Refusal::DoNotContact));
    }
    let sql = "UPDATE hotdesk_queue.messages SET expired_leases = 0 WHERE id = $1";
    db.run(sql, &[&id.as_str()]).await?;
    let mover = Mover {
        person: Some(by),
        ..Mover::default()
    };
    let to = MessageState::Queued;
    move_to(db, id, found.state, to, Cause::Requeued, mover, now).await?;
    Ok(Ok(found.sdr_id))
}

/// Takes back what was leased and not begun in time; what was begun and not heard of for
/// `review_after_ms` since its lease ended goes to a person. Says whose queues changed. A queue that
/// another transaction holds is left for the next sweep, so that this one never waits.
pub(super) async fn sweep(db: &Db, review_after_ms: u32, now: UtcMs) -> Done<Vec<SdrId>> {
    let since = now.0 - i64::from(review_after_ms);
    let due = db
        .rows(
            "SELECT DISTINCT sdr_id FROM hotdesk_queue.messages
             WHERE (state = 'leased' AND lease_until_ms <= $1)
                OR (state = 'begun' AND lease_until_ms <= $2)
             ORDER BY sdr_id",
            &[&now.0, &since],
        )
        .await?;
    let mut changed = Vec::new();
    for row in due {
        let sdr = SdrId(row.try_get(0)?);
        let lock = "SELECT pg_try_advisory_xact_lock(1752134756, hashtext('queue ' || $1))";
        let held: bool = db.one(lock, &[&sdr.as_str()]).await?.try_get(0)?;
        if held && sweep_one(db, &sdr, since, now).await? {
            changed.push(sdr);
        }
    }
    Ok(changed)
}

/// Whether anything of this SDR's queue, which is held, has changed.
async fn sweep_one(db: &Db, sdr: &SdrId, since: i64, now: UtcMs) -> Done<bool> {
    let sql = format!(
        "SELECT {STANDING} FROM hotdesk_queue.messages
         WHERE sdr_id = $1 AND state = $2 AND lease_until_ms <= $3 ORDER BY seq"
    );
    let leased = state_name(MessageState::Leased);
    let late = db.rows(&sql, &[&sdr.as_str(), &leased, &now.0]).await?;
    for row in &late {
        take_back(db, &standing(row)?, now).await?;
    }
    let begun = state_name(MessageState::Begun);
    let silent = db.rows(&sql, &[&sdr.as_str(), &begun, &since]).await?;
    for row in &silent {
        let message = standing(row)?;
        super::leases::set_unknown(
            db,
            &message.id,
            "A desktop began to send it and was not heard of since, so nobody can tell whether it left. Look into the chat on the phone, then decide.",
        )
        .await?;
        let mover = Mover {
            desktop: message.lease_desktop.as_ref(),
            ..Mover::default()
        };
        let (from, to) = (message.state, MessageState::Review);
        move_to(db, &message.id, from, to, Cause::PinnedTooLong, mover, now).await?;
    }
    Ok(!(late.is_empty() && silent.is_empty()))
}
