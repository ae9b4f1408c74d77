//! Table `lead_book`: whose leads are, and lists of them.

use super::fault::{Done, Fault};
use super::row::{Outcome, json, number, state};
use super::transaction::Db;
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
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

const ROW: &str = "b.lead_id, coalesce(l.name::text, ''), l.phone::text, l.company::text, \
     l.position::text, l.site::text, l.pain::text, l.consent::text, b.sdr_id, b.status, \
     b.created_at_ms, b.last_message_at_ms, b.messages, b.replies, b.opted_out, l.time_zone::text";

/// What a statement asks for, and its values.
struct Conditions<'a> {
    sql: Vec<String>,
    values: Vec<&'a (dyn ToSql + Sync)>,
}

/// The values of a filter, in the form in which a statement takes them.
struct Given {
    whose: Option<String>,
    status: Option<&'static str>,
    consent: Option<String>,
    words: Option<String>,
    digits: Option<String>,
    nobodys: bool,
}

impl Given {
    fn of(filter: &LeadFilter) -> Self {
        Self {
            whose: match &filter.whose {
                Whose::Sdr(sdr) => Some(sdr.0.clone()),
                Whose::Any | Whose::Nobody => None,
            },
            nobodys: filter.whose == Whose::Nobody,
            status: filter.status.map(status_name),
            consent: filter.consent.clone(),
            words: filter.search.as_ref().map(|needle| needle.words.clone()),
            digits: filter.search.as_ref().and_then(|it| it.digits.clone()),
        }
    }
}

impl<'a> Conditions<'a> {
    fn of(given: &'a Given) -> Self {
        let mut all = Self {
            sql: Vec::new(),
            values: Vec::new(),
        };
        if given.nobodys {
            all.sql.push("b.sdr_id IS NULL".to_owned());
        }
        if let Some(sdr) = &given.whose {
            let sdr = all.value(sdr);
            all.sql.push(format!("b.sdr_id = {sdr}"));
        }
        if let Some(status) = &given.status {
            let status = all.value(status);
            all.sql.push(format!("b.status = {status}"));
        }
        if let Some(consent) = &given.consent {
            let consent = all.value(consent);
            all.sql.push(format!("b.consent = {consent}"));
        }
        if let Some(words) = &given.words {
            let words = all.value(words);
            let words = format!("hotdesk_queue.fold({words}::text)");
            let mut any =
                format!("strpos(b.name_key, {words}) > 0 OR strpos(b.company_key, {words}) > 0");
            if let Some(digits) = &given.digits {
                let digits = all.value(digits);
                any.push_str(&format!(" OR strpos(b.phone, {digits}) > 0"));
            }
            all.sql.push(format!("({any})"));
        }
        all
    }

    /// The name under which a statement knows this value.
    fn value(&mut self, value: &'a (dyn ToSql + Sync)) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
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
pub(super) async fn page(db: &Db, page: &LeadPage) -> Done<FoundLeads> {
    let given = Given::of(&page.filter);
    let mut conditions = Conditions::of(&given);
    let count = format!(
        "SELECT count(*) FROM hotdesk_queue.lead_book b {}",
        conditions.clause()
    );
    let total = number(&db.one(&count, &conditions.values).await?, 0)?;
    let column = sort_column(page.sort);
    let unfiltered = conditions.sql.is_empty();
    let key = match (unfiltered, is_by_time(page.sort)) {
        (true, _) => format!("b.{column}"),
        (false, true) => format!("(b.{column} + 0)"),
        (false, false) => format!("(b.{column} || '')"),
    };
    let (beyond, order) = if page.desc {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some(after) = &page.after {
        let after_key = match &after.key {
            SortKey::Text(text) => conditions.value(text),
            SortKey::Number(number) => conditions.value(number),
        };
        let after_id = conditions.value(&after.id.0);
        conditions.sql.push(format!(
            "({key}, b.lead_id) {beyond} ({after_key}, {after_id})"
        ));
    }
    let limit = i64::from(page.limit).saturating_add(1);
    let limit_value = conditions.value(&limit);
    // The office's rows are looked up only for those of the page.
    let sql = format!(
        "SELECT {ROW}, b.{column} FROM (
             SELECT * FROM hotdesk_queue.lead_book b {}
             ORDER BY {key} {order}, b.lead_id {order} LIMIT {limit_value}) b
         JOIN leads l ON l.id::text = b.lead_id COLLATE \"default\"
         ORDER BY b.{column} {order}, b.lead_id {order}",
        conditions.clause()
    );
    let rows = db.rows(&sql, &conditions.values).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = if is_by_time(page.sort) {
            SortKey::Number(row.try_get(16)?)
        } else {
            SortKey::Text(row.try_get(16)?)
        };
        found.push((lead(row)?, key));
    }
    let (found, next) = cursor::page(found, page.limit, |(lead, key)| LeadCursor {
        key: key.clone(),
        id: lead.id.clone(),
    });
    Ok(FoundLeads {
        leads: found.into_iter().map(|(lead, _)| lead).collect(),
        next,
        total,
    })
}

fn lead(row: &Row) -> Done<LeadRow> {
    let at: i64 = row.try_get(11)?;
    let phone: String = row.try_get(2)?;
    let time_zone: Option<String> = row.try_get(15)?;
    Ok(LeadRow {
        id: LeadId(row.try_get(0)?),
        name: row.try_get(1)?,
        zones: zone_names(&zone_key(&phone, time_zone.as_deref())),
        time_zone,
        phone,
        company: row.try_get(3)?,
        position: row.try_get(4)?,
        site: row.try_get(5)?,
        pain: row.try_get(6)?,
        consent: row.try_get(7)?,
        sdr_id: row.try_get::<_, Option<String>>(8)?.map(SdrId),
        status: status(row, 9)?,
        created_at_ms: UtcMs(row.try_get(10)?),
        last_message_at_ms: (at >= 0).then_some(UtcMs(at)),
        messages: number(row, 12)?,
        replies: number(row, 13)?,
        opted_out: row.try_get(14)?,
    })
}

pub(super) fn status(row: &Row, column: usize) -> Done<LeadStatus> {
    parse_status(row.try_get(column)?).ok_or(Fault::Unreadable("status"))
}

/// The ids of leads in the order of their ids, above `after`.
pub(super) async fn ids(
    db: &Db,
    filter: &LeadFilter,
    after: Option<&LeadId>,
    limit: u32,
) -> Done<Vec<LeadId>> {
    let given = Given::of(filter);
    let mut conditions = Conditions::of(&given);
    let (after, limit) = (after.map_or("", LeadId::as_str), i64::from(limit));
    let above = conditions.value(&after);
    conditions.sql.push(format!("b.lead_id > {above}"));
    let most = conditions.value(&limit);
    let sql = format!(
        "SELECT b.lead_id FROM hotdesk_queue.lead_book b {} ORDER BY b.lead_id LIMIT {most}",
        conditions.clause()
    );
    let rows = db.rows(&sql, &conditions.values).await?;
    rows.iter().map(|row| Ok(LeadId(row.try_get(0)?))).collect()
}

/// The lead with their newest messages; those of this SDR only, if one is named.
pub(super) async fn thread(db: &Db, id: &LeadId, of: Option<&SdrId>) -> Done<Option<Thread>> {
    let sql = format!(
        "SELECT {ROW} FROM hotdesk_queue.lead_book b JOIN leads l ON l.id::text = b.lead_id COLLATE \"default\"
         WHERE b.lead_id = $1"
    );
    let Some(row) = db.row(&sql, &[&id.as_str()]).await? else {
        return Ok(None);
    };
    let sql = "SELECT id, sdr_id, text, state, problem, created_at_ms, sent_at_ms, text_gone
         FROM hotdesk_queue.messages WHERE lead_id = $1 AND ($2::text IS NULL OR sdr_id = $2)
         ORDER BY seq DESC LIMIT $3";
    let of = of.map(SdrId::as_str);
    let rows = db
        .rows(sql, &[&id.as_str(), &of, &i64::from(MAX_ROWS)])
        .await?;
    let mut messages = rows.iter().rev().map(message).collect::<Done<Vec<_>>>()?;
    let mut replies = Vec::new();
    for message in &mut messages {
        message.file = super::files::of_message(db, &message.message_id).await?;
        replies.extend(answers(db, &message.message_id).await?);
    }
    replies.sort_by_key(|reply| reply.at_ms);
    Ok(Some(Thread {
        lead: lead(&row)?,
        messages,
        replies,
    }))
}

/// A trigger marks the lead's messages, and their zones are looked at anew.
pub(super) async fn put_time_zone(
    db: &Db,
    lead: &LeadId,
    zone: Option<&str>,
) -> Done<Outcome<Vec<SdrId>>> {
    if lead.as_str().contains('\0') {
        return Ok(Err(Refusal::NoSuchLead));
    }
    let json = serde_json::json!({ "time_zone": zone }).to_string();
    let sql = "UPDATE leads l SET time_zone = n.time_zone
         FROM jsonb_populate_record(NULL::leads, $2::text::jsonb) n WHERE l.id::text = $1";
    if db.run(sql, &[&lead.as_str(), &json]).await? == 0 {
        return Ok(Err(Refusal::NoSuchLead));
    }
    super::lanes::look_at_zones(db).await?;
    let sql = "SELECT DISTINCT sdr_id FROM hotdesk_queue.messages
         WHERE lead_id = $1 AND state = 'queued'";
    let rows = db.rows(sql, &[&lead.as_str()]).await?;
    let sdrs = rows.iter().map(|row| Ok(SdrId(row.try_get(0)?)));
    sdrs.collect::<Done<_>>().map(Ok)
}

fn message(row: &Row) -> Done<ThreadMessage> {
    Ok(ThreadMessage {
        message_id: MessageId(row.try_get(0)?),
        sdr_id: SdrId(row.try_get(1)?),
        text: row.try_get(2)?,
        text_gone: row.try_get(7)?,
        file: None,
        state: state(row, 3)?,
        problem: json(row, 4)?,
        created_at_ms: UtcMs(row.try_get(5)?),
        sent_at_ms: row.try_get::<_, Option<i64>>(6)?.map(UtcMs),
    })
}

async fn answers(db: &Db, message: &MessageId) -> Done<Vec<LeadReply>> {
    let sql = "SELECT wa_message_id, text, at_ms FROM hotdesk_queue.message_replies
         WHERE message_id = $1 ORDER BY at_ms, wa_message_id";
    let rows = db.rows(sql, &[&message.as_str()]).await?;
    let answer = |row: &Row| -> Done<LeadReply> {
        Ok(LeadReply {
            wa_message_id: WaMessageId(row.try_get(0)?),
            message_id: message.clone(),
            text: row.try_get(1)?,
            at_ms: UtcMs(row.try_get(2)?),
        })
    };
    rows.iter().map(answer).collect()
}
