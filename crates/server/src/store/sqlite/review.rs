//! Messages that wait for a person: those in review, and those given up before they were begun.

use super::leases::take_back;
use super::messages::blocked;
use super::row::{Mover, Outcome, STANDING, Standing, json, message, move_to, standing, to_json};
use crate::store::review::{Decide, DecisionAnswer, ReviewItem, Verdict, cause};
use crate::store::rules::wa_message_id;
use crate::store::{Cause, Refusal};
use hotdesk_protocol::ids::{DesktopId, LeadId, MessageId, ProfileEpoch, SdrId};
use hotdesk_protocol::session::MessageState;
use hotdesk_protocol::{Problem, ProblemCode, UtcMs};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) fn list(
    db: &Connection,
    sdr: Option<&SdrId>,
    after: i64,
    limit: u32,
) -> rusqlite::Result<Vec<ReviewItem>> {
    let mut items = db
        .prepare_cached(
            "SELECT m.seq, m.id, m.sdr_id, u.name, m.lead_id, l.name, m.phone, m.text, m.generation,
                 m.attempts, m.begun_at_ms, m.lease_desktop, m.profile_epoch, m.problem,
                 (SELECT at_ms FROM events e WHERE e.message_id = m.id AND e.to_state = 'review'
                  ORDER BY e.seq DESC LIMIT 1)
             FROM messages m JOIN leads l ON l.id = m.lead_id JOIN sdr_users u ON u.id = m.sdr_id
             WHERE m.state = 'review' AND m.seq > ?2 AND (?1 IS NULL OR m.sdr_id = ?1)
             ORDER BY m.seq LIMIT ?3",
        )?
        .query_map(params![sdr.map(SdrId::as_str), after, limit], item)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let tenant = super::people::office(db)?.tenant;
    for item in &mut items {
        item.file = super::files::of_message(db, &item.message_id)?;
        item.wa_message_id = wa_message_id(&tenant, &item.message_id, item.generation);
        if let Ok(seen) = super::sessions::session(db, &item.sdr_id)? {
            item.session = Some(seen.session);
            item.session_seen_at_ms = seen.last_seen_ms;
        }
    }
    Ok(items)
}

fn item(row: &Row<'_>) -> rusqlite::Result<ReviewItem> {
    Ok(ReviewItem {
        seq: row.get(0)?,
        message_id: MessageId(row.get(1)?),
        sdr_id: SdrId(row.get(2)?),
        sdr_name: row.get(3)?,
        lead_id: LeadId(row.get(4)?),
        lead_name: row.get(5)?,
        phone: row.get(6)?,
        text: row.get(7)?,
        file: None,
        generation: row.get(8)?,
        attempts: row.get(9)?,
        begun_at_ms: row.get::<_, Option<i64>>(10)?.map(UtcMs),
        desktop_id: row.get::<_, Option<String>>(11)?.map(DesktopId),
        profile_epoch: row.get::<_, Option<String>>(12)?.map(ProfileEpoch),
        problem: json(row, 13)?,
        since_ms: row.get::<_, Option<i64>>(14)?.map(UtcMs),
        wa_message_id: String::new().into(),
        session: None,
        session_seen_at_ms: None,
    })
}

pub(super) fn decide(
    db: &Connection,
    decide: &Decide,
    now: UtcMs,
) -> rusqlite::Result<Outcome<DecisionAnswer>> {
    let found = match message(db, &decide.message_id, decide.of.as_ref())? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let seen = decide.generation.unwrap_or(found.generation);
    if found.state != MessageState::Review || seen != found.generation {
        return repeated(db, decide, &found);
    }
    let to = match decide.verdict {
        Verdict::Sent => {
            by_word_sent(db, &found, now)?;
            MessageState::Sent
        }
        Verdict::Resend => {
            if blocked(db, &found.phone)? {
                return Ok(Err(Refusal::DoNotContact));
            }
            as_new(db, &found, decide.unlinked)?;
            MessageState::Queued
        }
        Verdict::Cancel => {
            set_cancelled(db, &found.id, decide.note.as_deref())?;
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
    move_to(db, &found.id, found.state, to, cause, mover, now)?;
    decided(db, &found.id).map(Ok)
}

fn decided(db: &Connection, id: &MessageId) -> rusqlite::Result<DecisionAnswer> {
    db.prepare_cached("SELECT sdr_id, state, generation, pinned_to FROM messages WHERE id = ?1")?
        .query_row([id.as_str()], |row| {
            Ok(DecisionAnswer {
                sdr_id: SdrId(row.get(0)?),
                state: super::row::state(row, 1)?,
                generation: row.get(2)?,
                pinned_to: row.get::<_, Option<String>>(3)?.map(DesktopId),
            })
        })
}

/// A decision that was made before is answered like the first time; another comes too late.
fn repeated(
    db: &Connection,
    decide: &Decide,
    found: &Standing,
) -> rusqlite::Result<Outcome<DecisionAnswer>> {
    let (verdict, was) = (decide.verdict, cause(decide.verdict));
    let left = matches!(
        found.state,
        MessageState::Sent | MessageState::Delivered | MessageState::Read
    );
    // "Send as new" is written down with the generation it made.
    let written = decide
        .generation
        .map(|seen| seen.saturating_add(u32::from(verdict == Verdict::Resend)));
    let last: Option<String> = db
        .prepare_cached(
            "SELECT cause FROM events WHERE message_id = ?1 AND cause IN (?2, ?3, ?4)
             AND (?5 IS NULL OR generation = ?5) ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(
            params![
                found.id.as_str(),
                cause(Verdict::Sent).as_str(),
                cause(Verdict::Resend).as_str(),
                cause(Verdict::Cancel).as_str(),
                written
            ],
            |row| row.get(0),
        )
        .optional()?;
    let same = last.as_deref() == Some(was.as_str()) || (left && verdict == Verdict::Sent);
    if same {
        decided(db, &found.id).map(Ok)
    } else {
        Ok(Err(Refusal::NotInReview))
    }
}

fn by_word_sent(db: &Connection, found: &Standing, now: UtcMs) -> rusqlite::Result<()> {
    let left_at = found.begun_at.unwrap_or(now);
    db.prepare_cached(
        "UPDATE messages SET sent_at_ms = coalesce(sent_at_ms, ?2), problem = NULL WHERE id = ?1",
    )?
    .execute(params![found.id.as_str(), left_at.0])?;
    super::lanes::renew(db, &found.phone)
}

/// The next generation. A page may still hold the last one and send it by itself, so only the same
/// desktop may go on, unless its device was unlinked: the reference model sends twice otherwise.
fn as_new(db: &Connection, found: &Standing, unlinked: bool) -> rusqlite::Result<()> {
    let held = found.lease_desktop.as_ref().or(found.pinned_to.as_ref());
    let pinned_to = held.filter(|_| !unlinked).map(DesktopId::as_str);
    db.prepare_cached(
        "UPDATE messages SET generation = generation + 1, expired_leases = 0, pinned_to = ?2,
             lease_desktop = NULL, lease_until_ms = 0, profile_epoch = NULL, begun_at_ms = NULL,
             wa_message_id = NULL, problem = NULL
         WHERE id = ?1",
    )?
    .execute(params![found.id.as_str(), pinned_to])?;
    Ok(())
}

fn set_cancelled(db: &Connection, id: &MessageId, note: Option<&str>) -> rusqlite::Result<()> {
    let why = note.map(|note| format!(" They wrote: {note}"));
    let words = format!(
        "A person decided not to send it again; it may have left before.{}",
        why.unwrap_or_default()
    );
    let problem = to_json(&Problem::new(ProblemCode::Cancelled, words))?;
    db.prepare_cached("UPDATE messages SET problem = ?2 WHERE id = ?1")?
        .execute(params![id.as_str(), problem])?;
    Ok(())
}

/// Whether it was withdrawn from review.
pub(super) fn was_cancelled(db: &Connection, id: &MessageId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM events WHERE message_id = ?1 AND cause = ?2")?
        .exists([id.as_str(), Cause::DecidedCancel.as_str()])
}

/// Queues a message again that was given up. It keeps its pin: an earlier generation may have begun.
pub(super) fn requeue(
    db: &Connection,
    id: &MessageId,
    of: Option<&SdrId>,
    by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Outcome<SdrId>> {
    let found = match message(db, id, of)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if found.state != MessageState::Dead {
        let before = db
            .prepare_cached("SELECT 1 FROM events WHERE message_id = ?1 AND cause = ?2")?
            .exists([id.as_str(), Cause::Requeued.as_str()])?;
        return Ok(if before {
            Ok(found.sdr_id)
        } else {
            Err(Refusal::NotDead)
        });
    }
    if blocked(db, &found.phone)? {
        return Ok(Err(Refusal::DoNotContact));
    }
    db.prepare_cached("UPDATE messages SET expired_leases = 0 WHERE id = ?1")?
        .execute([id.as_str()])?;
    let mover = Mover {
        person: Some(by),
        ..Mover::default()
    };
    let to = MessageState::Queued;
    move_to(db, id, found.state, to, Cause::Requeued, mover, now)?;
    Ok(Ok(found.sdr_id))
}

/// Takes back what was leased and not begun in time; what was begun and not heard of for
/// `review_after_ms` since its lease ended goes to a person. Says whose queues changed.
pub(super) fn sweep(
    db: &Connection,
    review_after_ms: u32,
    now: UtcMs,
) -> rusqlite::Result<Vec<SdrId>> {
    let over = |state: MessageState, since: i64| {
        db.prepare_cached(&format!(
            "SELECT {STANDING} FROM messages WHERE state = ?1 AND lease_until_ms <= ?2 ORDER BY seq"
        ))?
        .query_map(
            params![crate::store::rules::state_name(state), since],
            standing,
        )?
        .collect::<rusqlite::Result<Vec<_>>>()
    };
    let mut sdrs = Vec::new();
    let mut changed = |sdr: &SdrId| {
        if !sdrs.contains(sdr) {
            sdrs.push(sdr.clone());
        }
    };
    for message in over(MessageState::Leased, now.0)? {
        changed(&message.sdr_id);
        take_back(db, &message, now)?;
    }
    for message in over(MessageState::Begun, now.0 - i64::from(review_after_ms))? {
        changed(&message.sdr_id);
        super::leases::set_unknown(
            db,
            &message.id,
            "A desktop began to send it and was not heard of since, so nobody can tell whether it left. Look into the chat on the phone, then decide.",
        )?;
        let mover = Mover {
            desktop: message.lease_desktop.as_ref(),
            ..Mover::default()
        };
        let (from, to) = (message.state, MessageState::Review);
        move_to(db, &message.id, from, to, Cause::PinnedTooLong, mover, now)?;
    }
    Ok(sdrs)
}
