//! Rows of a file of leads.

use super::fault::Done;
use super::people::must_be_sdr;
use super::row::Outcome;
use super::transaction::Db;
use crate::phone::other_spelling;
use crate::store::NewLead;
use crate::store::leads::{ImportRows, Imported, ImportedRows, next_of};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::{LeadId, SdrId};
use std::collections::{HashMap, HashSet};

/// What would become of each number.
pub(super) async fn look<'a>(
    db: &Db,
    phones: impl Iterator<Item = &'a str> + Clone,
) -> Done<Vec<Imported>> {
    let all: Vec<&str> = phones.clone().collect();
    let spellings: Vec<String> = phones
        .clone()
        .flat_map(|phone| [Some(phone.to_owned()), other_spelling(phone)])
        .flatten()
        .flat_map(|phone| [phone.trim_start_matches('+').to_owned(), phone])
        .collect();
    let rows = db
        .rows(
            "SELECT '+' || ltrim(phone::text, '+') FROM do_not_contact
             WHERE phone::text = ANY($1)",
            &[&spellings],
        )
        .await?;
    let mut blocked = HashSet::new();
    for row in &rows {
        blocked.insert(row.try_get::<_, String>(0)?);
    }
    // The office's leads may hold a phone twice: the one that is written to is the one enqueue takes.
    let rows = db
        .rows(
            "SELECT DISTINCT ON (b.phone) b.phone, b.lead_id, b.status
             FROM hotdesk_queue.lead_book b WHERE b.phone = ANY($1)
             ORDER BY b.phone, b.consent = '', b.created_at_ms, b.lead_id",
            &[&all],
        )
        .await?;
    let mut known = HashMap::new();
    for row in &rows {
        let found = Imported::Known {
            id: LeadId(row.try_get(1)?),
            status: super::leads::status(row, 2)?,
        };
        known.insert(row.try_get::<_, String>(0)?, found);
    }
    let of = |phone: &str| {
        let other = other_spelling(phone).is_some_and(|other| blocked.contains(&other));
        if other || blocked.contains(phone) {
            return Imported::Blocked;
        }
        known.get(phone).cloned().unwrap_or(Imported::Fresh)
    };
    Ok(phones.map(of).collect())
}

pub(super) async fn import(
    db: &Db,
    import: &ImportRows,
    now: UtcMs,
) -> Done<Outcome<ImportedRows>> {
    for sdr in &import.to {
        if let Err(refusal) = must_be_sdr(db, sdr).await? {
            return Ok(Err(refusal));
        }
    }
    // As for one lead, in one order: nothing but the lock keeps two from adding the same number.
    let phones: Vec<&str> = import.rows.iter().map(|row| row.phone.as_str()).collect();
    db.run(
        "SELECT pg_advisory_xact_lock(1752134756, lead) FROM (
             SELECT DISTINCT hashtext('lead ' || phone) AS lead FROM unnest($1::text[]) AS phone
             ORDER BY 1) leads",
        &[&phones],
    )
    .await?;
    let found = look(db, phones.iter().copied()).await?;
    let known = found.iter().filter_map(|found| match found {
        Imported::Known { id, .. } => Some(id.as_str()),
        Imported::Fresh | Imported::Blocked => None,
    });
    let nobodys = nobodys(db, known.collect()).await?;
    let mut turn = import.turn;
    let (mut fresh, mut filled) = (Vec::new(), Vec::new());
    let (mut added, mut given) = (Given::default(), Given::default());
    for (row, found) in import.rows.iter().zip(&found) {
        let to = next_of(&import.to, turn).map(SdrId::as_str);
        match found {
            Imported::Blocked => {}
            Imported::Fresh => {
                fresh.push(json(row, &row.id, now));
                added.push(row.id.as_str(), to);
                turn = turn.wrapping_add(1);
            }
            Imported::Known { id, .. } => {
                filled.push(json(row, id, now));
                if nobodys.contains(id.as_str()) {
                    given.push(id.as_str(), to);
                    turn = turn.wrapping_add(1);
                }
            }
        }
    }
    add(db, fresh).await?;
    let sql = "UPDATE hotdesk_queue.lead_book b SET import_id = $1, sdr_id = n.sdr
         FROM unnest($2::text[], $3::text[]) AS n (lead, sdr) WHERE b.lead_id = n.lead";
    db.run(sql, &[&import.import, &added.leads, &added.sdrs])
        .await?;
    fill_in(db, filled).await?;
    let sql = "UPDATE hotdesk_queue.lead_book b SET sdr_id = n.sdr
         FROM unnest($1::text[], $2::text[]) AS n (lead, sdr)
         WHERE b.lead_id = n.lead AND b.sdr_id IS NULL";
    db.run(sql, &[&given.leads, &given.sdrs]).await?;
    Ok(Ok(ImportedRows { rows: found, turn }))
}

/// Leads, and whose they become.
#[derive(Default)]
struct Given<'a> {
    leads: Vec<&'a str>,
    sdrs: Vec<Option<&'a str>>,
}

impl<'a> Given<'a> {
    fn push(&mut self, lead: &'a str, sdr: Option<&'a str>) {
        self.leads.push(lead);
        self.sdrs.push(sdr);
    }
}

async fn nobodys(db: &Db, leads: Vec<&str>) -> Done<HashSet<String>> {
    let sql = "SELECT lead_id FROM hotdesk_queue.lead_book
         WHERE lead_id = ANY($1) AND sdr_id IS NULL";
    let rows = db.rows(sql, &[&leads]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn json(row: &NewLead, id: &LeadId, now: UtcMs) -> serde_json::Value {
    let consent = (!row.consent.is_empty()).then_some(&row.consent);
    serde_json::json!({
        "id": id, "name": row.name, "phone": row.phone, "company": row.company,
        "position": row.position, "site": row.site, "pain": row.pain, "consent": consent,
        "created_at_ms": now.0, "time_zone": row.time_zone,
    })
}

async fn add(db: &Db, rows: Vec<serde_json::Value>) -> Done<()> {
    let rows = serde_json::Value::Array(rows).to_string();
    let sql = "INSERT INTO leads (id, name, phone, company, position, site, pain, consent,
             created_at_ms, time_zone)
         SELECT id, name, phone, company, position, site, pain, consent, created_at_ms, time_zone
         FROM jsonb_populate_recordset(NULL::leads, $1::text::jsonb)";
    db.run(sql, &[&rows]).await.map(drop)
}

/// What a lead has stays as it is.
async fn fill_in(db: &Db, rows: Vec<serde_json::Value>) -> Done<()> {
    let rows = serde_json::Value::Array(rows).to_string();
    db.run(
        "UPDATE leads l SET company = coalesce(nullif(l.company, ''), n.company),
             position = coalesce(nullif(l.position, ''), n.position),
             site = coalesce(nullif(l.site, ''), n.site),
             pain = coalesce(nullif(l.pain, ''), n.pain),
             consent = coalesce(nullif(l.consent, ''), n.consent),
             time_zone = coalesce(l.time_zone, n.time_zone)
         FROM jsonb_to_recordset($1::text::jsonb) AS n (id TEXT, company TEXT, position TEXT,
             site TEXT, pain TEXT, consent TEXT, time_zone TEXT)
         WHERE l.id::text = n.id AND (
             (coalesce(l.company, '') = '' AND n.company IS NOT NULL)
             OR (coalesce(l.position, '') = '' AND n.position IS NOT NULL)
             OR (coalesce(l.site, '') = '' AND n.site IS NOT NULL)
             OR (coalesce(l.pain, '') = '' AND n.pain IS NOT NULL)
             OR (coalesce(l.consent, '') = '' AND n.consent IS NOT NULL)
             OR (l.time_zone IS NULL AND n.time_zone IS NOT NULL))",
        &[&rows],
    )
    .await
    .map(drop)
}
