//! Giving leads to SDRs. What is queued for a lead goes with them.

use super::people::must_be_sdr;
use super::row::{Mover, Outcome, state};
use crate::store::Cause;
use crate::store::leads::{Assign, Assigned, WhyKept, next_of};
use crate::store::rules::{Moved, moved_entry, moved_note, why_kept};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, params};

pub(super) fn assign(
    db: &Connection,
    assign: &Assign,
    now: UtcMs,
) -> rusqlite::Result<Outcome<Assigned>> {
    for sdr in &assign.to {
        if let Err(refusal) = must_be_sdr(db, sdr)? {
            return Ok(Err(refusal));
        }
    }
    let mut done = Assigned::default();
    let mut moved: Vec<Moved> = Vec::new();
    for lead in &assign.leads {
        let to = next_of(&assign.to, assign.turn.saturating_add(done.assigned));
        match one(db, lead, to, &assign.by.id, &mut done.sdrs, now)? {
            Ok(messages) => {
                done.assigned += 1;
                Moved::count(&mut moved, to, messages);
            }
            Err(why) => done.kept.push((lead.clone(), why)),
        }
    }
    let entries: Vec<_> = moved
        .iter()
        .map(|moved| moved_entry(&assign.by, moved, now))
        .collect();
    super::audit::put(db, &entries, None, &assign.by.id, now)?;
    Ok(Ok(done))
}

/// How many messages went with the lead.
fn one(
    db: &Connection,
    lead: &LeadId,
    to: Option<&SdrId>,
    by: &SdrId,
    sdrs: &mut Vec<SdrId>,
    now: UtcMs,
) -> rusqlite::Result<Result<u32, WhyKept>> {
    let known = db
        .prepare_cached("SELECT 1 FROM lead_book WHERE lead_id = ?1")?
        .exists([lead.as_str()])?;
    if !known {
        return Ok(Err(WhyKept::Unknown));
    }
    let open = db
        .prepare_cached(
            "SELECT id, sdr_id, state, generation > 0 FROM messages
             WHERE lead_id = ?1 AND state IN ('queued', 'leased', 'begun', 'review') ORDER BY seq",
        )?
        .query_map([lead.as_str()], |row| {
            Ok((
                MessageId(row.get(0)?),
                SdrId(row.get(1)?),
                state(row, 2)?,
                row.get::<_, bool>(3)?,
            ))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut messages = 0;
    let others = || open.iter().filter(|(_, sdr, ..)| Some(sdr) != to);
    for (_, _, state, as_new) in others() {
        if let Some(why) = why_kept(*state, *as_new, to.is_some()) {
            return Ok(Err(why));
        }
    }
    if let Some(to) = to {
        for (id, from, ..) in others() {
            hand_on(db, id, from, to, by, now)?;
            messages += 1;
            for sdr in [from, to] {
                if !sdrs.contains(sdr) {
                    sdrs.push(sdr.clone());
                }
            }
        }
    }
    db.prepare_cached("UPDATE lead_book SET sdr_id = ?2 WHERE lead_id = ?1")?
        .execute(params![lead.as_str(), to.map(SdrId::as_str)])?;
    Ok(Ok(messages))
}

fn hand_on(
    db: &Connection,
    id: &MessageId,
    from: &SdrId,
    to: &SdrId,
    by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE messages SET sdr_id = ?2 WHERE id = ?1")?
        .execute([id.as_str(), to.as_str()])?;
    let note = moved_note(from, to);
    let mover = Mover {
        person: Some(by),
        note: Some(&note),
        ..Mover::default()
    };
    let queued = MessageState::Queued;
    super::log::write_event(db, id, Some(queued), queued, Cause::Reassigned, mover, now)
}
