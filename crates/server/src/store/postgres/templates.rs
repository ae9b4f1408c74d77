//! Table `templates`: texts that are kept.

use super::fault::Done;
use super::row::Outcome;
use super::transaction::Db;
use crate::store::Refusal;
use crate::store::campaigns::{KeptTemplate, NewTemplate};
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::ids::TemplateId;
use tokio_postgres::Row;

const ROW: &str = "SELECT t.id, t.name, t.text, t.changed_at_ms,
         coalesce(u.name::text, t.changed_by)
     FROM hotdesk_queue.templates t LEFT JOIN sdr_users u ON u.id::text = t.changed_by";

/// By name.
pub(super) async fn list(db: &Db) -> Done<Vec<KeptTemplate>> {
    let sql = format!("{ROW} ORDER BY t.name_key");
    db.rows(&sql, &[]).await?.iter().map(row).collect()
}

/// Two that take one name at once do not see each other; the second is tried again and refused.
pub(super) async fn add(db: &Db, new: &NewTemplate, now: UtcMs) -> Done<Outcome<KeptTemplate>> {
    if is_taken(db, new).await? {
        return Ok(Err(Refusal::NameTaken));
    }
    db.run(
        "INSERT INTO hotdesk_queue.templates (id, name, name_key, text, changed_by, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &new.id.as_str(),
            &new.name,
            &new.key(),
            &new.text,
            &new.by.as_str(),
            &now.0,
        ],
    )
    .await?;
    one(db, &new.id).await
}

pub(super) async fn change(db: &Db, new: &NewTemplate, now: UtcMs) -> Done<Outcome<KeptTemplate>> {
    if is_taken(db, new).await? {
        return Ok(Err(Refusal::NameTaken));
    }
    db.run(
        "UPDATE hotdesk_queue.templates SET name = $2, name_key = $3, text = $4, changed_by = $5,
             changed_at_ms = $6 WHERE id = $1",
        &[
            &new.id.as_str(),
            &new.name,
            &new.key(),
            &new.text,
            &new.by.as_str(),
            &now.0,
        ],
    )
    .await?;
    one(db, &new.id).await
}

/// False if there was none.
pub(super) async fn remove(db: &Db, id: &TemplateId) -> Done<bool> {
    let sql = "DELETE FROM hotdesk_queue.templates WHERE id = $1";
    Ok(db.run(sql, &[&id.as_str()]).await? > 0)
}

/// Another one has this name.
async fn is_taken(db: &Db, new: &NewTemplate) -> Done<bool> {
    let sql = "SELECT 1 FROM hotdesk_queue.templates WHERE name_key = $1 AND id <> $2";
    db.exists(sql, &[&new.key(), &new.id.as_str()]).await
}

async fn one(db: &Db, id: &TemplateId) -> Done<Outcome<KeptTemplate>> {
    let sql = format!("{ROW} WHERE t.id = $1");
    let found = db.row(&sql, &[&id.as_str()]).await?;
    let found = found.as_ref().map(row).transpose()?;
    Ok(found.ok_or(Refusal::NoSuchTemplate))
}

fn row(row: &Row) -> Done<KeptTemplate> {
    Ok(KeptTemplate {
        id: TemplateId(row.try_get(0)?),
        name: row.try_get(1)?,
        text: row.try_get(2)?,
        changed_at_ms: UtcMs(row.try_get(3)?),
        changed_by: row.try_get(4)?,
    })
}
