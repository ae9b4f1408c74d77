//! Giving leads to SDRs. What is queued for a lead goes with them.

use super::fault::Done;
use super::log::{TIP, Tip};
use super::people::must_be_sdr;
use super::row::{Mover, Outcome, hold_queue, state};
use super::transaction::Db;
use crate::store::Cause;
use crate::store::leads::{Assign, Assigned, WhyKept, next_of};
use crate::store::rules::{Moved, moved_entry, moved_note, why_kept};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;

/// A message of a lead that has not come to its end.
struct Open {
    id: MessageId,
    sdr: SdrId,
    state: MessageState,
    as_new: bool,
}

pub(super) async fn assign(db: &Db, assign: &Assign, now: UtcMs) -> Done<Outcome<Assigned>> {
    for sdr in &assign.to {
        if let Err(refusal) = must_be_sdr(db, sdr).await? {
            return Ok(Err(refusal));
        }
    }
    let mut held = hold_queues(db, assign).await?;
    let mut done = Assigned::default();
    let mut moved: Vec<Moved> = Vec::new();
    for lead in &assign.leads {
        let to = next_of(&assign.to, assign.turn.saturating_add(done.assigned));
        match one(db, lead, to, &assign.by.id, &mut held, &mut done.sdrs, now).await? {
            Ok(messages) => {
                done.assigned += 1;
                Moved::count(&mut moved, to, messages);
            }
            Err(why) => done.kept.push((lead.clone(), why)),
        }
    }
    let entry = |moved| moved_entry(&assign.by, moved, now);
    let entries: Vec<_> = moved.iter().map(entry).collect();
    super::audit::put(db, &entries, None, &assign.by.id, now).await?;
    Ok(Ok(done))
}

/// Holds the queue of every SDR whose messages may move, in one order, so that no two of these wait
/// for each other; and says which.
async fn hold_queues(db: &Db, assign: &Assign) -> Done<Vec<String>> {
    // No column can hold that character, so no lead has it in their id.
    let possible = |lead: &&str| !lead.contains('\0');
    let leads = assign.leads.iter().map(LeadId::as_str).filter(possible);
    let leads: Vec<&str> = leads.collect();
    let to: Vec<&str> = assign.to.iter().map(SdrId::as_str).collect();
    let rows = db
        .rows(
            "SELECT sdr_id, pg_advisory_xact_lock(1752134756, hashtext('queue ' || sdr_id)) FROM (
                 SELECT sdr_id FROM hotdesk_queue.messages
                 WHERE lead_id = ANY($1) AND state IN ('queued', 'leased', 'begun', 'review')
                 UNION SELECT unnest($2::text[]) ORDER BY 1) queues",
            &[&leads, &to],
        )
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// How many messages went with the lead.
async fn one(
    db: &Db,
    lead: &LeadId,
    to: Option<&SdrId>,
    by: &SdrId,
    held: &mut Vec<String>,
    sdrs: &mut Vec<SdrId>,
    now: UtcMs,
) -> Done<Result<u32, WhyKept>> {
    let known = "SELECT 1 FROM hotdesk_queue.lead_book WHERE lead_id = $1 FOR UPDATE";
    if lead.as_str().contains('\0') || !db.exists(known, &[&lead.as_str()]).await? {
        return Ok(Err(WhyKept::Unknown));
    }
    let open = open_messages(db, lead, held).await?;
    let mut messages = 0;
    let others = || open.iter().filter(|open| Some(&open.sdr) != to);
    for message in others() {
        if let Some(why) = why_kept(message.state, message.as_new, to.is_some()) {
            return Ok(Err(why));
        }
    }
    if let Some(to) = to {
        for message in others() {
            hand_on(db, message, to, by, now).await?;
            messages += 1;
            for sdr in [&message.sdr, to] {
                if !sdrs.contains(sdr) {
                    sdrs.push(sdr.clone());
                }
            }
        }
    }
    let sql = "UPDATE hotdesk_queue.lead_book SET sdr_id = $2 WHERE lead_id = $1";
    db.run(sql, &[&lead.as_str(), &to.map(SdrId::as_str)])
        .await?;
    Ok(Ok(messages))
}

/// The lead's open messages, all of them of queues that are held.
async fn open_messages(db: &Db, lead: &LeadId, held: &mut Vec<String>) -> Done<Vec<Open>> {
    let sql = "SELECT id, sdr_id, state, generation > 0 FROM hotdesk_queue.messages
         WHERE lead_id = $1 AND state IN ('queued', 'leased', 'begun', 'review') ORDER BY seq";
    loop {
        let mut open = Vec::new();
        for row in db.rows(sql, &[&lead.as_str()]).await? {
            open.push(Open {
                id: MessageId(row.try_get(0)?),
                sdr: SdrId(row.try_get(1)?),
                state: state(&row, 2)?,
                as_new: row.try_get(3)?,
            });
        }
        let new = open.iter().find(|open| !held.contains(&open.sdr.0));
        let Some(new) = new else {
            return Ok(open);
        };
        hold_queue(db, &new.sdr).await?;
        held.push(new.sdr.0.clone());
    }
}

async fn hand_on(db: &Db, message: &Open, to: &SdrId, by: &SdrId, now: UtcMs) -> Done<()> {
    let sql =
        format!("UPDATE hotdesk_queue.messages SET sdr_id = $2 WHERE id = $1 RETURNING {TIP}");
    let row = db.one(&sql, &[&message.id.as_str(), &to.as_str()]).await?;
    let note = moved_note(&message.sdr, to);
    let mover = Mover {
        person: Some(by),
        note: Some(&note),
        ..Mover::default()
    };
    let (tip, queued) = (Tip::of_row(&row)?, MessageState::Queued);
    let cause = Cause::Reassigned;
    super::log::write_event(
        db,
        &message.id,
        tip,
        Some(queued),
        queued,
        cause,
        mover,
        now,
    )
    .await
}
