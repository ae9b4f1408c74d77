//! Tables `leads` and `messages`: queueing, withdrawing, listing.

use super::people::{name_of_sdr, office};
use super::row::{Mover, Outcome, find, json, move_to, state};
use crate::first_message::{Unnamed, unnamed};
use crate::hours::zone_key;
use crate::store::rules::state_name;
use crate::store::{Addressee, Cause, MessageView, NewLead, NewMessage, Refusal, Reply, Which};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{
    CampaignId, ChatId, DesktopId, FileId, LeadId, MessageId, SdrId, WaMessageId,
};
use hotdesk_protocol::session::MessageState;
use rusqlite::{Connection, OptionalExtension, Row, params};

struct Lead {
    id: String,
    phone: String,
    consent: Option<String>,
    time_zone: Option<String>,
}

pub(super) fn enqueue(
    db: &Connection,
    message: &NewMessage,
    now: UtcMs,
) -> rusqlite::Result<Outcome<bool>> {
    queue(db, message, None, now)
}

/// As [`enqueue`], of a campaign.
pub(super) fn queue(
    db: &Connection,
    message: &NewMessage,
    campaign: Option<&CampaignId>,
    now: UtcMs,
) -> rusqlite::Result<Outcome<bool>> {
    if let Some(same) = seen_before(db, message)? {
        return Ok(if same {
            Ok(false)
        } else {
            Err(Refusal::IdTaken)
        });
    }
    let sdr_name = match name_of_sdr(db, &message.sdr_id)? {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Addressee::Given(lead) = &message.addressee
        && blocked(db, &lead.phone)?
    {
        return Ok(Err(Refusal::DoNotContact));
    }
    let lead = match &message.addressee {
        Addressee::Known(id) => find_lead(db, "id", id.as_str())?,
        Addressee::Given(lead) => Some(put_lead(db, lead, now)?),
    };
    let Some(lead) = lead else {
        return Ok(Err(Refusal::NoSuchLead));
    };
    if lead.consent.as_deref().is_none_or(str::is_empty) {
        return Ok(Err(Refusal::NoConsent));
    }
    if blocked(db, &lead.phone)? {
        return Ok(Err(Refusal::DoNotContact));
    }
    if let Some(file) = &message.file
        && !super::files::is_known(db, file)?
    {
        return Ok(Err(Refusal::NoSuchFile));
    }
    if let Some(unnamed) = lacks(db, &lead.phone, &sdr_name, &message.text)? {
        return Ok(Err(Refusal::NotNamed(unnamed)));
    }
    db.prepare_cached(
        "INSERT INTO messages (id, sdr_id, lead_id, phone, text, state, created_at_ms, file_id,
             zone_key, campaign_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        message.id.as_str(),
        message.sdr_id.as_str(),
        lead.id,
        lead.phone,
        message.text,
        state_name(MessageState::Queued),
        now.0,
        message.file.as_ref().map(FileId::as_str),
        zone_key(&lead.phone, lead.time_zone.as_deref()),
        campaign.map(CampaignId::as_str),
    ])?;
    super::lanes::renew(db, &lead.phone)?;
    let mover = Mover {
        person: Some(&message.by),
        ..Mover::default()
    };
    super::log::write_event(
        db,
        &message.id,
        None,
        MessageState::Queued,
        Cause::Enqueued,
        mover,
        now,
    )?;
    Ok(Ok(true))
}

/// What a first message to this number would lack that the office wants said; none if it is not the first.
fn lacks(
    db: &Connection,
    phone: &str,
    sdr_name: &str,
    text: &str,
) -> rusqlite::Result<Option<Unnamed>> {
    let office = office(db)?;
    let first = office.first_message.required
        && !db
            .prepare_cached("SELECT 1 FROM messages WHERE phone = ?1 AND sent_at_ms IS NOT NULL")?
            .exists([phone])?;
    let name = office.name.as_deref();
    Ok(first.then(|| unnamed(text, sdr_name, name)).flatten())
}

/// Whether the id is taken, and if so whether by the very same message; that may be another SDR's by now.
fn seen_before(db: &Connection, message: &NewMessage) -> rusqlite::Result<Option<bool>> {
    db.prepare_cached(
        "SELECT sdr_id, lead_id, phone, text, file_id, EXISTS (
             SELECT 1 FROM events e WHERE e.message_id = messages.id AND e.cause = ?2), text_gone
         FROM messages WHERE id = ?1",
    )?
    .query_row([message.id.as_str(), Cause::Reassigned.as_str()], |row| {
        let (sdr, lead): (String, String) = (row.get(0)?, row.get(1)?);
        let (phone, text): (String, String) = (row.get(2)?, row.get(3)?);
        let same_lead = match &message.addressee {
            Addressee::Known(id) => id.as_str() == lead,
            Addressee::Given(given) => given.phone == phone,
        };
        let file = row.get::<_, Option<String>>(4)?.map(FileId);
        let gone: bool = row.get(6)?;
        let same = (gone || text == message.text) && file == message.file;
        let same_sdr = sdr == message.sdr_id.as_str() || row.get(5)?;
        Ok(same_sdr && same_lead && same)
    })
    .optional()
}

fn find_lead(db: &Connection, column: &str, value: &str) -> rusqlite::Result<Option<Lead>> {
    db.prepare_cached(&format!(
        "SELECT id, phone, consent, time_zone FROM leads WHERE {column} = ?1"
    ))?
    .query_row([value], |row| {
        Ok(Lead {
            id: row.get(0)?,
            phone: row.get(1)?,
            consent: row.get(2)?,
            time_zone: row.get(3)?,
        })
    })
    .optional()
}

fn put_lead(db: &Connection, lead: &NewLead, now: UtcMs) -> rusqlite::Result<Lead> {
    db.prepare_cached(
        "INSERT INTO leads (id, name, phone, company, position, site, pain, consent, created_at_ms,
             time_zone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (phone) DO UPDATE SET consent = coalesce(leads.consent, excluded.consent),
             time_zone = coalesce(leads.time_zone, excluded.time_zone)
         RETURNING id, phone, consent, time_zone",
    )?
    .query_row(
        params![
            lead.id.as_str(),
            lead.name,
            lead.phone,
            lead.company,
            lead.position,
            lead.site,
            lead.pain,
            lead.consent,
            now.0,
            lead.time_zone
        ],
        |row| {
            Ok(Lead {
                id: row.get(0)?,
                phone: row.get(1)?,
                consent: row.get(2)?,
                time_zone: row.get(3)?,
            })
        },
    )
}

pub(super) fn blocked(db: &Connection, phone: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM do_not_contact WHERE phone = ?1")?
        .exists([phone])
}

pub(super) fn cancel(
    db: &Connection,
    id: &MessageId,
    of: Option<&SdrId>,
    by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<Outcome<SdrId>> {
    let Some(found) = find(db, id)? else {
        return Ok(Err(Refusal::NoSuchMessage));
    };
    if of.is_some_and(|sdr| *sdr != found.sdr_id) {
        return Ok(Err(Refusal::NotYours));
    }
    match found.state {
        MessageState::Cancelled => Ok(Ok(found.sdr_id)),
        // A dead one was never begun in this generation, so it is still to be had.
        MessageState::Queued | MessageState::Leased | MessageState::Dead => {
            let mover = Mover {
                person: Some(by),
                ..Mover::default()
            };
            let to = MessageState::Cancelled;
            move_to(db, id, found.state, to, Cause::Cancelled, mover, now)?;
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

const VIEW: &str = "SELECT m.seq, m.id, m.sdr_id, m.lead_id, l.name, m.phone, m.text, m.state, \
     m.generation, m.attempts, m.lease_desktop, m.wa_message_id, m.chat_id, m.problem, \
     m.created_at_ms, m.sent_at_ms, m.pinned_to, m.campaign_id, \
     m.text_gone FROM messages m JOIN leads l ON l.id = m.lead_id";

pub(super) fn list(db: &Connection, which: &Which) -> rusqlite::Result<Vec<MessageView>> {
    let mut views = match which {
        Which::One(id) => db
            .prepare_cached(&format!("{VIEW} WHERE m.id = ?1"))?
            .query_map([id.as_str()], view)?
            .collect::<rusqlite::Result<Vec<_>>>()?,
        Which::Page {
            state,
            sdr_id,
            after,
            limit,
        } => db
            .prepare_cached(&format!(
                "{VIEW} WHERE m.seq > ?2 AND (?1 IS NULL OR m.sdr_id = ?1)
                 AND (?4 IS NULL OR m.state = ?4) ORDER BY m.seq LIMIT ?3"
            ))?
            .query_map(
                params![
                    sdr_id.as_ref().map(SdrId::as_str),
                    after,
                    limit,
                    state.map(state_name)
                ],
                view,
            )?
            .collect::<rusqlite::Result<Vec<_>>>()?,
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
            let words = search.as_ref().map(|needle| needle.words.as_str());
            let digits = search.as_ref().and_then(|needle| needle.digits.as_deref());
            // With a lead named, by the index of leads: few messages have one, many may be in a state.
            let by_lead = if lead_id.is_some() {
                "m.lead_id = ?4"
            } else {
                "?4 IS NULL"
            };
            let by_campaign = if campaign_id.is_some() {
                "m.campaign_id = ?8"
            } else {
                "?8 IS NULL"
            };
            db.prepare_cached(&format!(
                "{VIEW} JOIN lead_book b ON b.lead_id = m.lead_id
                 WHERE m.seq {beyond} ?1 AND (?2 IS NULL OR m.state = ?2)
                     AND (?3 IS NULL OR m.sdr_id = ?3) AND {by_lead} AND {by_campaign}
                     AND (?5 IS NULL OR instr(b.name_key, ?5) > 0 OR instr(b.company_key, ?5) > 0
                         OR instr(m.phone, ?6) > 0 OR instr(fold(m.text), ?5) > 0)
                 ORDER BY m.seq {order} LIMIT ?7"
            ))?
            .query_map(
                params![
                    after,
                    state.map(state_name),
                    sdr_id.as_ref().map(SdrId::as_str),
                    lead_id.as_ref().map(LeadId::as_str),
                    words,
                    digits,
                    limit,
                    campaign_id.as_ref().map(CampaignId::as_str)
                ],
                view,
            )?
            .collect::<rusqlite::Result<Vec<_>>>()?
        }
    };
    for view in &mut views {
        view.events = super::log::events(db, &view.message_id)?;
        view.replies = replies(db, &view.message_id)?;
        view.file = super::files::of_message(db, &view.message_id)?;
    }
    Ok(views)
}

fn view(row: &Row<'_>) -> rusqlite::Result<MessageView> {
    Ok(MessageView {
        seq: row.get(0)?,
        message_id: MessageId(row.get(1)?),
        sdr_id: SdrId(row.get(2)?),
        lead_id: LeadId(row.get(3)?),
        lead_name: row.get(4)?,
        phone: row.get(5)?,
        text: row.get(6)?,
        text_gone: row.get(18)?,
        campaign_id: row.get::<_, Option<String>>(17)?.map(CampaignId),
        file: None,
        state: state(row, 7)?,
        generation: row.get(8)?,
        attempts: row.get(9)?,
        desktop_id: row.get::<_, Option<String>>(10)?.map(DesktopId),
        pinned_to: row.get::<_, Option<String>>(16)?.map(DesktopId),
        wa_message_id: row.get::<_, Option<String>>(11)?.map(WaMessageId),
        chat_id: row.get::<_, Option<String>>(12)?.map(ChatId),
        problem: json(row, 13)?,
        created_at_ms: UtcMs(row.get(14)?),
        sent_at_ms: row.get::<_, Option<i64>>(15)?.map(UtcMs),
        events: Vec::new(),
        replies: Vec::new(),
    })
}

fn replies(db: &Connection, id: &MessageId) -> rusqlite::Result<Vec<Reply>> {
    db.prepare_cached(
        "SELECT wa_message_id, chat_id, text, at_ms FROM message_replies
         WHERE message_id = ?1 ORDER BY at_ms, wa_message_id",
    )?
    .query_map([id.as_str()], |row| {
        Ok(Reply {
            wa_message_id: WaMessageId(row.get(0)?),
            chat_id: ChatId(row.get(1)?),
            text: row.get(2)?,
            at_ms: UtcMs(row.get(3)?),
        })
    })?
    .collect()
}
