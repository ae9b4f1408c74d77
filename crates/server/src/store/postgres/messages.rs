//! Tables `leads` and `messages`: queueing, withdrawing, listing.

use super::fault::Done;
use super::log::Tip;
use super::people::{name_of_sdr, office};
use super::row::{Mover, Outcome, hold_lead, hold_queue, json, message, move_to, number, state};
use super::transaction::Db;
use crate::first_message::{Unnamed, unnamed};
use crate::hours::zone_key;
use crate::store::rules::state_name;
use crate::store::{Addressee, Cause, MessageView, NewLead, NewMessage, Refusal, Reply, Which};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{
    CampaignId, ChatId, DesktopId, FileId, LeadId, MessageId, SdrId, WaMessageId,
};
use hotdesk_protocol::session::MessageState;
use tokio_postgres::Row;

struct Lead {
    id: String,
    phone: String,
    consent: Option<String>,
    time_zone: Option<String>,
}

pub(super) async fn enqueue(db: &Db, message: &NewMessage, now: UtcMs) -> Done<Outcome<bool>> {
    queue(db, message, None, now).await
}

/// As [`enqueue`], of a campaign.
pub(super) async fn queue(
    db: &Db,
    message: &NewMessage,
    campaign: Option<&CampaignId>,
    now: UtcMs,
) -> Done<Outcome<bool>> {
    hold_queue(db, &message.sdr_id).await?;
    if let Some(same) = seen_before(db, message).await? {
        return Ok(if same {
            Ok(false)
        } else {
            Err(Refusal::IdTaken)
        });
    }
    let sdr_name = match name_of_sdr(db, &message.sdr_id).await? {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Addressee::Given(lead) = &message.addressee
        && blocked(db, &lead.phone).await?
    {
        return Ok(Err(Refusal::DoNotContact));
    }
    let lead = match &message.addressee {
        Addressee::Known(id) => known_lead(db, id).await?,
        Addressee::Given(lead) => Some(put_lead(db, lead, now).await?),
    };
    let Some(lead) = lead else {
        return Ok(Err(Refusal::NoSuchLead));
    };
    if lead.consent.as_deref().is_none_or(str::is_empty) {
        return Ok(Err(Refusal::NoConsent));
    }
    if blocked(db, &lead.phone).await? {
        return Ok(Err(Refusal::DoNotContact));
    }
    if let Some(file) = &message.file
        && !super::files::is_known(db, file).await?
    {
        return Ok(Err(Refusal::NoSuchFile));
    }
    if let Some(unnamed) = lacks(db, &lead.phone, &sdr_name, &message.text).await? {
        return Ok(Err(Refusal::NotNamed(unnamed)));
    }
    hold_lead(db, &lead.phone).await?;
    let row = db
        .one(
            "INSERT INTO hotdesk_queue.messages (id, sdr_id, lead_id, phone, text, state,
                 created_at_ms, file_id, zone_key, campaign_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             RETURNING log_head, generation, nextval('hotdesk_queue.event_numbers')",
            &[
                &message.id.as_str(),
                &message.sdr_id.as_str(),
                &lead.id,
                &lead.phone,
                &message.text,
                &state_name(MessageState::Queued),
                &now.0,
                &message.file.as_ref().map(FileId::as_str),
                &zone_key(&lead.phone, lead.time_zone.as_deref()),
                &campaign.map(CampaignId::as_str),
            ],
        )
        .await?;
    let mover = Mover {
        person: Some(&message.by),
        ..Mover::default()
    };
    super::log::write_event(
        db,
        &message.id,
        Tip::of_row(&row)?,
        None,
        MessageState::Queued,
        Cause::Enqueued,
        mover,
        now,
    )
    .await?;
    super::lanes::renew(db, &lead.phone).await?;
    Ok(Ok(true))
}

/// What a first message to this number would lack that the office wants said; none if it is not the first.
async fn lacks(db: &Db, phone: &str, sdr_name: &str, text: &str) -> Done<Option<Unnamed>> {
    let office = office(db).await?;
    let left = "SELECT 1 FROM hotdesk_queue.messages
         WHERE phone = $1 AND sent_at_ms IS NOT NULL LIMIT 1";
    let first = office.first_message.required && !db.exists(left, &[&phone]).await?;
    let name = office.name.as_deref();
    Ok(first.then(|| unnamed(text, sdr_name, name)).flatten())
}

/// Whether the id is taken, and if so whether by the very same message; that may be another SDR's by now.
async fn seen_before(db: &Db, message: &NewMessage) -> Done<Option<bool>> {
    let sql = "SELECT sdr_id, lead_id, phone, text, file_id, EXISTS (
             SELECT 1 FROM hotdesk_queue.events e WHERE e.message_id = m.id AND e.cause = $2), text_gone
         FROM hotdesk_queue.messages m WHERE id = $1";
    let values = [message.id.as_str(), Cause::Reassigned.as_str()];
    let Some(row) = db.row(sql, &[&values[0], &values[1]]).await? else {
        return Ok(None);
    };
    let (sdr, lead): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
    let (phone, text): (&str, &str) = (row.try_get(2)?, row.try_get(3)?);
    let same_lead = match &message.addressee {
        Addressee::Known(id) => id.as_str() == lead,
        Addressee::Given(given) => given.phone == phone,
    };
    let file = row.try_get::<_, Option<String>>(4)?.map(FileId);
    let gone: bool = row.try_get(6)?;
    let same = (gone || text == message.text) && file == message.file;
    let same_sdr = sdr == message.sdr_id.as_str() || row.try_get(5)?;
    Ok(Some(same_sdr && same_lead && same))
}

fn lead(row: &Row) -> Done<Lead> {
    Ok(Lead {
        id: row.try_get(0)?,
        phone: row.try_get(1)?,
        consent: row.try_get(2)?,
        time_zone: row.try_get(3)?,
    })
}

async fn known_lead(db: &Db, id: &LeadId) -> Done<Option<Lead>> {
    let sql = "SELECT id::text, phone::text, consent, time_zone::text FROM leads
         WHERE id::text = $1 AND phone IS NOT NULL";
    let row = db.row(sql, &[&id.as_str()]).await?;
    row.as_ref().map(lead).transpose()
}

/// The lead with this phone, or a new one. Nothing but the lock keeps two from adding it, because the
/// office's table may hold a phone twice.
async fn put_lead(db: &Db, new: &NewLead, now: UtcMs) -> Done<Lead> {
    hold_lead(db, &new.phone).await?;
    let known = db
        .row(
            "UPDATE leads SET consent = coalesce(consent, $2), time_zone = coalesce(time_zone, $3)
             WHERE id = (
                 SELECT id FROM leads WHERE phone = $1
                 ORDER BY consent IS NULL, created_at_ms NULLS FIRST, id LIMIT 1)
             RETURNING id::text, phone::text, consent, time_zone::text",
            &[&new.phone, &new.consent, &new.time_zone],
        )
        .await?;
    if let Some(row) = known {
        return lead(&row);
    }
    let json = serde_json::json!({
        "id": new.id, "name": new.name, "phone": new.phone, "company": new.company,
        "position": new.position, "site": new.site, "pain": new.pain, "consent": new.consent,
        "created_at_ms": now.0, "time_zone": new.time_zone,
    })
    .to_string();
    let row = db
        .one(
            "INSERT INTO leads (id, name, phone, company, position, site, pain, consent,
                 created_at_ms, time_zone)
             SELECT id, name, phone, company, position, site, pain, consent, created_at_ms,
                 time_zone
             FROM jsonb_populate_record(NULL::leads, $1::text::jsonb)
             RETURNING id::text, phone::text, consent, time_zone::text",
            &[&json],
        )
        .await?;
    lead(&row)
}

/// The office's own entries may lack the plus.
pub(super) async fn blocked(db: &Db, phone: &str) -> Done<bool> {
    let sql = "SELECT 1 FROM do_not_contact WHERE phone IN ($1::text, substr($1::text, 2)) LIMIT 1";
    db.exists(sql, &[&phone]).await
}

pub(super) async fn cancel(
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
    match found.state {
        MessageState::Cancelled => Ok(Ok(found.sdr_id)),
        // A dead one was never begun in this generation, so it is still to be had.
        MessageState::Queued | MessageState::Leased | MessageState::Dead => {
            let mover = Mover {
                person: Some(by),
                ..Mover::default()
            };
            let to = MessageState::Cancelled;
            move_to(db, id, found.state, to, Cause::Cancelled, mover, now).await?;
            Ok(Ok(found.sdr_id))
        }
        MessageState::Begun
        | MessageState::Sent
        | MessageState::Delivered
        | MessageState::Read
        | MessageState::Failed
        | MessageState::Review => Ok(Err(Refusal::TooLate)),
    }
}

const VIEW: &str = "SELECT m.seq, m.id, m.sdr_id, m.lead_id, coalesce(l.name::text, ''), m.phone, \
     m.text, m.state, m.generation, m.attempts, m.lease_desktop, m.wa_message_id, m.chat_id, \
     m.problem, m.created_at_ms, m.sent_at_ms, m.pinned_to, m.campaign_id, \
     m.text_gone FROM hotdesk_queue.messages m LEFT JOIN leads l ON l.id::text = m.lead_id";

pub(super) async fn list(db: &Db, which: &Which) -> Done<Vec<MessageView>> {
    let rows = match which {
        Which::One(id) => {
            let sql = format!("{VIEW} WHERE m.id = $1");
            db.rows(&sql, &[&id.as_str()]).await?
        }
        Which::Page {
            state,
            sdr_id,
            after,
            limit,
        } => {
            let sql = format!(
                "{VIEW} WHERE m.seq > $2 AND ($1::text IS NULL OR m.sdr_id = $1)
                 AND ($4::text IS NULL OR m.state = $4) ORDER BY m.seq LIMIT $3"
            );
            let whose = sdr_id.as_ref().map(SdrId::as_str);
            let state = state.map(state_name);
            db.rows(&sql, &[&whose, after, &i64::from(*limit), &state])
                .await?
        }
        Which::Found {
            state,
            sdr_id,
            lead_id,
            campaign_id,
            search,
            newest,
            after,
            limit,
        } => {
            let (beyond, order) = if *newest { ("<", "DESC") } else { (">", "ASC") };
            let by_campaign = if campaign_id.is_some() {
                "m.campaign_id = $8"
            } else {
                "$8::text IS NULL"
            };
            let sql = format!(
                "{VIEW} LEFT JOIN hotdesk_queue.lead_book b ON b.lead_id = m.lead_id
                 WHERE m.seq {beyond} $1 AND ($2::text IS NULL OR m.state = $2)
                     AND ($3::text IS NULL OR m.sdr_id = $3)
                     AND ($4::text IS NULL OR m.lead_id = $4)
                     AND {by_campaign}
                     AND ($5::text IS NULL OR strpos(b.name_key, hotdesk_queue.fold($5)) > 0
                         OR strpos(b.company_key, hotdesk_queue.fold($5)) > 0
                         OR strpos(m.phone, $6::text) > 0
                         OR strpos(hotdesk_queue.fold(m.text), hotdesk_queue.fold($5)) > 0)
                 ORDER BY m.seq {order} LIMIT $7"
            );
            let whose = sdr_id.as_ref().map(SdrId::as_str);
            let lead = lead_id.as_ref().map(LeadId::as_str);
            let campaign = campaign_id.as_ref().map(CampaignId::as_str);
            let words = search.as_ref().map(|needle| needle.words.as_str());
            let digits = search.as_ref().and_then(|needle| needle.digits.as_deref());
            let (state, limit) = (state.map(state_name), i64::from(*limit));
            db.rows(
                &sql,
                &[
                    after, &state, &whose, &lead, &words, &digits, &limit, &campaign,
                ],
            )
            .await?
        }
    };
    let mut views = rows.iter().map(view).collect::<Done<Vec<_>>>()?;
    for view in &mut views {
        view.events = super::log::events(db, &view.message_id).await?;
        view.replies = replies(db, &view.message_id).await?;
        view.file = super::files::of_message(db, &view.message_id).await?;
    }
    Ok(views)
}

fn view(row: &Row) -> Done<MessageView> {
    Ok(MessageView {
        seq: row.try_get(0)?,
        message_id: MessageId(row.try_get(1)?),
        sdr_id: SdrId(row.try_get(2)?),
        lead_id: LeadId(row.try_get(3)?),
        lead_name: row.try_get(4)?,
        phone: row.try_get(5)?,
        text: row.try_get(6)?,
        text_gone: row.try_get(18)?,
        campaign_id: row.try_get::<_, Option<String>>(17)?.map(CampaignId),
        file: None,
        state: state(row, 7)?,
        generation: number(row, 8)?,
        attempts: number(row, 9)?,
        desktop_id: row.try_get::<_, Option<String>>(10)?.map(DesktopId),
        pinned_to: row.try_get::<_, Option<String>>(16)?.map(DesktopId),
        wa_message_id: row.try_get::<_, Option<String>>(11)?.map(WaMessageId),
        chat_id: row.try_get::<_, Option<String>>(12)?.map(ChatId),
        problem: json(row, 13)?,
        created_at_ms: UtcMs(row.try_get(14)?),
        sent_at_ms: row.try_get::<_, Option<i64>>(15)?.map(UtcMs),
        events: Vec::new(),
        replies: Vec::new(),
    })
}

async fn replies(db: &Db, id: &MessageId) -> Done<Vec<Reply>> {
    let sql = "SELECT wa_message_id, chat_id, text, at_ms FROM hotdesk_queue.message_replies
         WHERE message_id = $1 ORDER BY at_ms, wa_message_id";
    let rows = db.rows(sql, &[&id.as_str()]).await?;
    let reply = |row: &Row| -> Done<Reply> {
        Ok(Reply {
            wa_message_id: WaMessageId(row.try_get(0)?),
            chat_id: ChatId(row.try_get(1)?),
            text: row.try_get(2)?,
            at_ms: UtcMs(row.try_get(3)?),
        })
    };
    rows.iter().map(reply).collect()
}
