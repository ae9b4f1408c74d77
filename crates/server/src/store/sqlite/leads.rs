//! Table `lead_book`: whose leads are, and lists of them.

use super::row::{Outcome, column_error, json, state};
use crate::cursor;
use crate::hours::{zone_key, zone_names};
use crate::store::Refusal;
use crate::store::leads::{
    FoundLeads, LeadCursor, LeadFilter, LeadPage, SortKey, Thread, Whose, is_by_time, parse_status,
    sort_column, status_name,
};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::dashboard::{LeadReply, LeadRow, LeadStatus, MAX_ROWS, ThreadMessage};
use hotdesk_protocol::ids::{LeadId, MessageId, SdrId, WaMessageId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

const ROW: &str = "l.id, l.name, l.phone, l.company, l.position, l.site, l.pain, l.consent, \
     b.sdr_id, b.status, b.created_at_ms, b.last_message_at_ms, b.messages, b.replies, b.opted_out, \
     l.time_zone";

/// What a statement asks for, and its values.
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn of(filter: &LeadFilter) -> Self {
        let mut all = Self {
            sql: Vec::new(),
            values: Vec::new(),
        };
        match &filter.whose {
            Whose::Any => {}
            Whose::Nobody => all.sql.push("b.sdr_id IS NULL".to_owned()),
            Whose::Sdr(sdr) => all.add("b.sdr_id = ?", sdr.as_str()),
        }
        if let Some(status) = filter.status {
            all.add("b.status = ?", status_name(status));
        }
        if let Some(consent) = &filter.consent {
            all.add("b.consent = ?", consent);
        }
        if let Some(needle) = &filter.search {
            let mut any = "instr(b.name_key, ?) > 0 OR instr(b.company_key, ?) > 0".to_owned();
            let words = || Value::from(needle.words.clone());
            all.values.extend([words(), words()]);
            if let Some(digits) = &needle.digits {
                any.push_str(" OR instr(b.phone, ?) > 0");
                all.values.push(digits.clone().into());
            }
            all.sql.push(format!("({any})"));
        }
        all
    }

    fn add(&mut self, sql: &str, value: &str) {
        self.sql.push(sql.to_owned());
        self.values.push(value.to_owned().into());
    }

    fn clause(&self) -> String {
        if self.sql.is_empty() {
            return String::new();
        }
        format!("WHERE {}", self.sql.join(" AND "))
    }
}

/// In the order of an index where nothing is filtered. Else one pass over the table with the best
/// rows kept aside: an index in order would be left for the table at each row that does not match.
pub(super) fn page(db: &Connection, page: &LeadPage) -> rusqlite::Result<FoundLeads> {
    let mut conditions = Conditions::of(&page.filter);
    let total = db
        .prepare_cached(&format!(
            "SELECT count(*) FROM lead_book b {}",
            conditions.clause()
        ))?
        .query_row(params_from_iter(&conditions.values), |row| row.get(0))?;
    let in_order = if conditions.sql.is_empty() { "" } else { "+" };
    let (key, id) = (
        format!("{in_order}b.{}", sort_column(page.sort)),
        format!("{in_order}b.lead_id"),
    );
    let (beyond, order) = if page.desc {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some(after) = &page.after {
        conditions
            .sql
            .push(format!("({key}, {id}) {beyond} (?, ?)"));
        conditions.values.push(match &after.key {
            SortKey::Text(text) => text.clone().into(),
            SortKey::Number(number) => (*number).into(),
        });
        conditions.values.push(after.id.as_str().to_owned().into());
    }
    conditions
        .values
        .push(i64::from(page.limit).saturating_add(1).into());
    // What a lead is called and so on is looked up only for those of the page.
    let column = sort_column(page.sort);
    let sql = format!(
        "SELECT {ROW}, b.{column} FROM (
             SELECT * FROM lead_book b {} ORDER BY {key} {order}, {id} {order} LIMIT ?) b
         JOIN leads l ON l.id = b.lead_id
         ORDER BY b.{column} {order}, b.lead_id {order}",
        conditions.clause()
    );
    let rows = db
        .prepare_cached(&sql)?
        .query_map(params_from_iter(&conditions.values), |row| {
            let key = if is_by_time(page.sort) {
                SortKey::Number(row.get(16)?)
            } else {
                SortKey::Text(row.get(16)?)
            };
            Ok((lead(row)?, key))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let (rows, next) = cursor::page(rows, page.limit, |(lead, key)| LeadCursor {
        key: key.clone(),
        id: lead.id.clone(),
    });
    Ok(FoundLeads {
        leads: rows.into_iter().map(|(lead, _)| lead).collect(),
        next,
        total,
    })
}

fn lead(row: &Row<'_>) -> rusqlite::Result<LeadRow> {
    let at: i64 = row.get(11)?;
    let phone: String = row.get(2)?;
    let time_zone: Option<String> = row.get(15)?;
    Ok(LeadRow {
        id: LeadId(row.get(0)?),
        name: row.get(1)?,
        zones: zone_names(&zone_key(&phone, time_zone.as_deref())),
        time_zone,
        phone,
        company: row.get(3)?,
        position: row.get(4)?,
        site: row.get(5)?,
        pain: row.get(6)?,
        consent: row.get(7)?,
        sdr_id: row.get::<_, Option<String>>(8)?.map(SdrId),
        status: status(row, 9)?,
        created_at_ms: UtcMs(row.get(10)?),
        last_message_at_ms: (at >= 0).then_some(UtcMs(at)),
        messages: row.get(12)?,
        replies: row.get(13)?,
        opted_out: row.get(14)?,
    })
}

pub(super) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<LeadStatus> {
    let word: String = row.get(column)?;
    parse_status(&word).ok_or_else(|| column_error(column, "status"))
}

/// The ids of leads in the order of their ids, above `after`.
pub(super) fn ids(
    db: &Connection,
    filter: &LeadFilter,
    after: Option<&LeadId>,
    limit: u32,
) -> rusqlite::Result<Vec<LeadId>> {
    let mut conditions = Conditions::of(filter);
    conditions.add("b.lead_id > ?", after.map_or("", LeadId::as_str));
    conditions.values.push(i64::from(limit).into());
    let sql = format!(
        "SELECT b.lead_id FROM lead_book b {} ORDER BY b.lead_id LIMIT ?",
        conditions.clause()
    );
    db.prepare_cached(&sql)?
        .query_map(params_from_iter(&conditions.values), |row| {
            row.get(0).map(LeadId)
        })?
        .collect()
}

/// The lead with their newest messages; those of this SDR only, if one is named.
pub(super) fn thread(
    db: &Connection,
    id: &LeadId,
    of: Option<&SdrId>,
) -> rusqlite::Result<Option<Thread>> {
    let found = db
        .prepare_cached(&format!(
            "SELECT {ROW} FROM lead_book b JOIN leads l ON l.id = b.lead_id WHERE b.lead_id = ?1"
        ))?
        .query_row([id.as_str()], lead)
        .optional()?;
    let Some(lead) = found else {
        return Ok(None);
    };
    let mut messages = db
        .prepare_cached(
            "SELECT id, sdr_id, text, state, problem, created_at_ms, sent_at_ms, text_gone
             FROM messages
             WHERE lead_id = ?1 AND (?2 IS NULL OR sdr_id = ?2) ORDER BY seq DESC LIMIT ?3",
        )?
        .query_map(
            params![id.as_str(), of.map(SdrId::as_str), MAX_ROWS],
            message,
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    messages.reverse();
    let mut replies = Vec::new();
    for message in &mut messages {
        message.file = super::files::of_message(db, &message.message_id)?;
        replies.extend(answers(db, &message.message_id)?);
    }
    replies.sort_by_key(|reply| reply.at_ms);
    Ok(Some(Thread {
        lead,
        messages,
        replies,
    }))
}

/// A trigger marks the lead's messages, and their zones are looked at anew.
pub(super) fn put_time_zone(
    db: &Connection,
    lead: &LeadId,
    zone: Option<&str>,
) -> rusqlite::Result<Outcome<Vec<SdrId>>> {
    let known = db
        .prepare_cached("UPDATE leads SET time_zone = ?2 WHERE id = ?1")?
        .execute(params![lead.as_str(), zone])?;
    if known == 0 {
        return Ok(Err(Refusal::NoSuchLead));
    }
    super::lanes::look_at_zones(db)?;
    let sdrs = db
        .prepare_cached(
            "SELECT DISTINCT sdr_id FROM messages WHERE lead_id = ?1 AND state = 'queued'",
        )?
        .query_map([lead.as_str()], |row| row.get(0).map(SdrId))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Ok(sdrs))
}

fn message(row: &Row<'_>) -> rusqlite::Result<ThreadMessage> {
    Ok(ThreadMessage {
        message_id: MessageId(row.get(0)?),
        sdr_id: SdrId(row.get(1)?),
        text: row.get(2)?,
        text_gone: row.get(7)?,
        file: None,
        state: state(row, 3)?,
        problem: json(row, 4)?,
        created_at_ms: UtcMs(row.get(5)?),
        sent_at_ms: row.get::<_, Option<i64>>(6)?.map(UtcMs),
    })
}

fn answers(db: &Connection, message: &MessageId) -> rusqlite::Result<Vec<LeadReply>> {
    db.prepare_cached(
        "SELECT wa_message_id, text, at_ms FROM message_replies
         WHERE message_id = ?1 ORDER BY at_ms, wa_message_id",
    )?
    .query_map([message.as_str()], |row| {
        Ok(LeadReply {
            wa_message_id: WaMessageId(row.get(0)?),
            message_id: message.clone(),
            text: row.get(1)?,
            at_ms: UtcMs(row.get(2)?),
        })
    })?
    .collect()
}
