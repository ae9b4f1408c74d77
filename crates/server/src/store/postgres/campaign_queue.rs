//! Table `campaign_recipients`: queueing what is due, and withdrawing it again.

use super::fault::Done;
use super::row::{Mover, hold_queue, move_to};
use super::transaction::Db;
use crate::store::campaigns::{Moved, message_id, reason_name, reason_of, refused_state};
use crate::store::{Addressee, Cause, NewMessage};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{CampaignId, LeadId, MessageId, SdrId};
use hotdesk_protocol::session::MessageState;
use std::collections::{BTreeSet, HashMap};

struct Recipient {
    n: i64,
    lead: LeadId,
    /// Whose the lead was, or whose turn it was.
    sdr: SdrId,
    text: String,
}

/// Queues the next recipients of the campaign that is due longest. What another process has in hand is
/// left to it, and so is a campaign of which it has everything.
pub(super) async fn start(db: &Db, most: u32, now: UtcMs) -> Done<Moved> {
    let due = "SELECT id, created_by FROM hotdesk_queue.campaigns c
         WHERE cancelled_at_ms IS NULL AND starts_at_ms <= $1 AND EXISTS (
             SELECT 1 FROM hotdesk_queue.campaign_recipients r
             WHERE r.campaign_id = c.id AND r.state = 'waiting')
         ORDER BY starts_at_ms, seq";
    for row in &db.rows(due, &[&now.0]).await? {
        let (campaign, by) = (CampaignId(row.try_get(0)?), SdrId(row.try_get(1)?));
        let moved = start_one(db, &campaign, &by, most, now).await?;
        if moved.more {
            return Ok(moved);
        }
    }
    Ok(Moved::default())
}

async fn start_one(
    db: &Db,
    campaign: &CampaignId,
    by: &SdrId,
    most: u32,
    now: UtcMs,
) -> Done<Moved> {
    let sql = "SELECT n, lead_id, sdr_id, text FROM hotdesk_queue.campaign_recipients
         WHERE campaign_id = $1 AND state = 'waiting' ORDER BY n LIMIT $2 FOR UPDATE SKIP LOCKED";
    let mut next = Vec::new();
    for row in &db
        .rows(sql, &[&campaign.as_str(), &i64::from(most)])
        .await?
    {
        next.push(Recipient {
            n: row.try_get(0)?,
            lead: LeadId(row.try_get(1)?),
            sdr: SdrId(row.try_get(2)?),
            text: row.try_get(3)?,
        });
    }
    let held = hold(db, &next).await?;
    let whose = owners(db, &next, true).await?;
    let mut moved = Moved::default();
    for recipient in next {
        let owner = whose.get(recipient.lead.as_str());
        let sdr = owner.and_then(|owner| owner.sdr.clone());
        let sdr = sdr.unwrap_or_else(|| recipient.sdr.clone());
        // The lead was given away just now, to somebody whose queue is not held: the next batch has it.
        if held.contains(sdr.as_str()) {
            queue(db, campaign, by, recipient, sdr, &mut moved, now).await?;
        }
    }
    moved.more = moved.recipients > 0;
    Ok(moved)
}

/// Whose a lead is now.
struct Owner {
    phone: String,
    sdr: Option<SdrId>,
}

/// `for_good`: nobody gives them to anybody else until the end of this transaction.
async fn owners(db: &Db, recipients: &[Recipient], for_good: bool) -> Done<HashMap<String, Owner>> {
    let leads: Vec<&str> = recipients.iter().map(|it| it.lead.as_str()).collect();
    let lock = if for_good { "FOR UPDATE" } else { "" };
    let sql = format!(
        "SELECT lead_id, phone, sdr_id FROM hotdesk_queue.lead_book WHERE lead_id = ANY($1)
         ORDER BY lead_id {lock}"
    );
    let mut all = HashMap::new();
    for row in &db.rows(&sql, &[&leads]).await? {
        let owner = Owner {
            phone: row.try_get(1)?,
            sdr: row.try_get::<_, Option<String>>(2)?.map(SdrId),
        };
        all.insert(row.try_get(0)?, owner);
    }
    Ok(all)
}

/// Holds the queues and then the numbers of these, each in one order, as whoever queues a message does;
/// and says whose queues.
async fn hold(db: &Db, recipients: &[Recipient]) -> Done<BTreeSet<String>> {
    let whose = owners(db, recipients, false).await?;
    let sdrs = recipients.iter().map(|recipient| {
        let owner = whose.get(recipient.lead.as_str());
        let sdr = owner.and_then(|owner| owner.sdr.as_ref());
        sdr.unwrap_or(&recipient.sdr).0.clone()
    });
    let sdrs: BTreeSet<String> = sdrs.collect();
    for sdr in &sdrs {
        hold_queue(db, &SdrId(sdr.clone())).await?;
    }
    let phones: Vec<&str> = whose.values().map(|owner| owner.phone.as_str()).collect();
    db.run(
        "SELECT pg_advisory_xact_lock(1752134756, lead) FROM (
             SELECT DISTINCT hashtext('lead ' || phone) AS lead FROM unnest($1::text[]) AS phone
             ORDER BY 1) leads",
        &[&phones],
    )
    .await?;
    Ok(sdrs)
}

/// By the rules of any message.
async fn queue(
    db: &Db,
    campaign: &CampaignId,
    by: &SdrId,
    recipient: Recipient,
    sdr: SdrId,
    moved: &mut Moved,
    now: UtcMs,
) -> Done<()> {
    let n = recipient.n;
    let message = NewMessage {
        id: message_id(campaign, n),
        sdr_id: sdr.clone(),
        addressee: Addressee::Known(recipient.lead),
        text: recipient.text,
        file: None,
        by: by.clone(),
    };
    match super::messages::queue(db, &message, Some(campaign), now).await? {
        Ok(_) => {
            let sql = "UPDATE hotdesk_queue.campaign_recipients
                 SET state = 'queued', text = NULL, sdr_id = $3, message_id = $4
                 WHERE campaign_id = $1 AND n = $2";
            let (sdr, id) = (sdr.as_str(), message.id.as_str());
            db.run(sql, &[&campaign.as_str(), &n, &sdr, &id]).await?;
            moved.count(Some(&message.sdr_id));
        }
        Err(refusal) => {
            let reason = reason_of(refusal);
            let sql = "UPDATE hotdesk_queue.campaign_recipients
                 SET state = $3, text = NULL, reason = $4
                 WHERE campaign_id = $1 AND n = $2";
            let (state, reason) = (refused_state(reason), reason.map(reason_name));
            db.run(sql, &[&campaign.as_str(), &n, &state, &reason])
                .await?;
            moved.count(None);
        }
    }
    Ok(())
}

/// Withdraws the next messages of a campaign that was cancelled; what is under way goes its way.
pub(super) async fn withdraw(db: &Db, most: u32, now: UtcMs) -> Done<Moved> {
    let cancelled = "SELECT id, cancelled_by FROM hotdesk_queue.campaigns
         WHERE cancelled_at_ms IS NOT NULL AND NOT withdrawn ORDER BY seq LIMIT 1";
    let Some(row) = db.row(cancelled, &[]).await? else {
        return Ok(Moved::default());
    };
    let (campaign, by) = (row.try_get::<_, &str>(0)?, SdrId(row.try_get(1)?));
    let queued = "SELECT id, sdr_id FROM hotdesk_queue.messages
         WHERE campaign_id = $1 AND state = 'queued' ORDER BY seq LIMIT $2";
    let queued = db.rows(queued, &[&campaign, &i64::from(most)]).await?;
    if queued.is_empty() {
        let sql = "UPDATE hotdesk_queue.campaigns SET withdrawn = true WHERE id = $1";
        db.run(sql, &[&campaign]).await?;
    }
    let (mut ids, mut held) = (Vec::new(), BTreeSet::new());
    for row in &queued {
        ids.push(row.try_get::<_, &str>(0)?);
        held.insert(row.try_get::<_, &str>(1)?);
    }
    for sdr in &held {
        hold_queue(db, &SdrId::from(*sdr)).await?;
    }
    // Some may have moved until their queue was held; the next batch has what is handed on.
    let still = "SELECT id, sdr_id FROM hotdesk_queue.messages
         WHERE id = ANY($1) AND state = 'queued' AND sdr_id = ANY($2) ORDER BY seq";
    let held: Vec<&str> = held.into_iter().collect();
    let mover = Mover {
        person: Some(&by),
        ..Mover::default()
    };
    let mut moved = Moved {
        more: true,
        ..Moved::default()
    };
    for row in &db.rows(still, &[&ids, &held]).await? {
        let (id, sdr) = (MessageId(row.try_get(0)?), SdrId(row.try_get(1)?));
        let (from, to) = (MessageState::Queued, MessageState::Cancelled);
        move_to(db, &id, from, to, Cause::Cancelled, mover, now).await?;
        moved.count(Some(&sdr));
    }
    Ok(moved)
}
