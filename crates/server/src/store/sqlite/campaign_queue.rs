//! Table `campaign_recipients`: queueing what is due, and withdrawing it again.

use super::row::{Mover, move_to};
use crate::store::campaigns::{Moved, message_id, reason_name, reason_of, refused_state};
use crate::store::{Addressee, Cause, NewMessage};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{CampaignId, LeadId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, OptionalExtension, params};

struct Recipient {
    n: i64,
    lead: LeadId,
    /// Whose the lead was, or whose turn it was.
    sdr: SdrId,
    text: String,
}

/// Queues the next recipients of the campaign that is due longest.
pub(super) fn start(db: &Connection, most: u32, now: UtcMs) -> rusqlite::Result<Moved> {
    let due = db
        .prepare_cached(
            "SELECT id, created_by FROM campaigns c
             WHERE cancelled_at_ms IS NULL AND starts_at_ms <= ?1 AND EXISTS (
                 SELECT 1 FROM campaign_recipients r
                 WHERE r.campaign_id = c.id AND r.state = 'waiting')
             ORDER BY starts_at_ms, seq LIMIT 1",
        )?
        .query_row([now.0], |row| {
            Ok((CampaignId(row.get(0)?), SdrId(row.get(1)?)))
        })
        .optional()?;
    let Some((campaign, by)) = due else {
        return Ok(Moved::default());
    };
    let next = db
        .prepare_cached(
            "SELECT n, lead_id, sdr_id, text FROM campaign_recipients
             WHERE campaign_id = ?1 AND state = 'waiting' ORDER BY n LIMIT ?2",
        )?
        .query_map(params![campaign.as_str(), most], |row| {
            Ok(Recipient {
                n: row.get(0)?,
                lead: LeadId(row.get(1)?),
                sdr: SdrId(row.get(2)?),
                text: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut moved = Moved {
        more: true,
        ..Moved::default()
    };
    for recipient in next {
        queue(db, &campaign, &by, recipient, &mut moved, now)?;
    }
    Ok(moved)
}

/// By the rules of any message. A lead that was given to another SDR meanwhile is written to by them.
fn queue(
    db: &Connection,
    campaign: &CampaignId,
    by: &SdrId,
    recipient: Recipient,
    moved: &mut Moved,
    now: UtcMs,
) -> rusqlite::Result<()> {
    let Recipient { n, lead, sdr, text } = recipient;
    let whose: Option<Option<String>> = db
        .prepare_cached("SELECT sdr_id FROM lead_book WHERE lead_id = ?1")?
        .query_row([lead.as_str()], |row| row.get(0))
        .optional()?;
    let sdr = whose.flatten().map_or(sdr, SdrId);
    let message = NewMessage {
        id: message_id(campaign, n),
        sdr_id: sdr.clone(),
        addressee: Addressee::Known(lead),
        text,
        file: None,
        by: by.clone(),
    };
    match super::messages::queue(db, &message, Some(campaign), now)? {
        Ok(_) => {
            db.prepare_cached(
                "UPDATE campaign_recipients SET state = 'queued', text = NULL, sdr_id = ?3,
                     message_id = ?4
                 WHERE campaign_id = ?1 AND n = ?2",
            )?
            .execute(params![
                campaign.as_str(),
                n,
                sdr.as_str(),
                message.id.as_str()
            ])?;
            moved.count(Some(&sdr));
        }
        Err(refusal) => {
            let reason = reason_of(refusal);
            db.prepare_cached(
                "UPDATE campaign_recipients SET state = ?3, text = NULL, reason = ?4
                 WHERE campaign_id = ?1 AND n = ?2",
            )?
            .execute(params![
                campaign.as_str(),
                n,
                refused_state(reason),
                reason.map(reason_name)
            ])?;
            moved.count(None);
        }
    }
    Ok(())
}

/// Withdraws the next messages of a campaign that was cancelled; what is under way goes its way.
pub(super) fn withdraw(db: &Connection, most: u32, now: UtcMs) -> rusqlite::Result<Moved> {
    let cancelled = db
        .prepare_cached(
            "SELECT id, cancelled_by FROM campaigns
             WHERE cancelled_at_ms IS NOT NULL AND withdrawn = 0 ORDER BY seq LIMIT 1",
        )?
        .query_row([], |row| Ok((CampaignId(row.get(0)?), SdrId(row.get(1)?))))
        .optional()?;
    let Some((campaign, by)) = cancelled else {
        return Ok(Moved::default());
    };
    let queued = db
        .prepare_cached(
            "SELECT id, sdr_id FROM messages WHERE campaign_id = ?1 AND state = 'queued'
             ORDER BY seq LIMIT ?2",
        )?
        .query_map(params![campaign.as_str(), most], |row| {
            Ok((MessageId(row.get(0)?), SdrId(row.get(1)?)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if queued.is_empty() {
        db.prepare_cached("UPDATE campaigns SET withdrawn = 1 WHERE id = ?1")?
            .execute([campaign.as_str()])?;
    }
    let mover = Mover {
        person: Some(&by),
        ..Mover::default()
    };
    let mut moved = Moved {
        more: true,
        ..Moved::default()
    };
    for (id, sdr) in &queued {
        let (from, to) = (MessageState::Queued, MessageState::Cancelled);
        move_to(db, id, from, to, Cause::Cancelled, mover, now)?;
        moved.count(Some(sdr));
    }
    Ok(moved)
}
