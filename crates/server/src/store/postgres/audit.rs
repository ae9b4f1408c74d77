//! Table `audit`: what people did, only ever added to.

use super::fault::{Done, Fault};
use super::row::to_json;
use super::transaction::Db;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::audit::{AuditEntry, KeptAudit};
use hotdesk_protocol::ids::{DesktopId, SdrId};
use tokio_postgres::Row;

/// An entry that is there stays as it is.
pub(super) async fn put(
    db: &Db,
    entries: &[AuditEntry],
    desktop: Option<&DesktopId>,
    told_by: &SdrId,
    now: UtcMs,
) -> Done<()> {
    for entry in entries {
        db.run(
            "INSERT INTO hotdesk_queue.audit (desktop_id, id, told_by, sdr_id, entry, at_ms,
                 received_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (desktop_id, id) DO NOTHING",
            &[
                &desktop.map_or("", DesktopId::as_str),
                &entry.id,
                &told_by.as_str(),
                &entry.sdr_id.as_ref().map(SdrId::as_str),
                &to_json(entry)?,
                &entry.at_ms.0,
                &now.0,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Newest first.
pub(super) async fn list(
    db: &Db,
    of: Option<&SdrId>,
    before: i64,
    limit: u32,
) -> Done<Vec<KeptAudit>> {
    let sql = "SELECT seq, entry, desktop_id, told_by, received_at_ms FROM hotdesk_queue.audit
         WHERE seq < $1 AND ($2::text IS NULL OR sdr_id = $2) ORDER BY seq DESC LIMIT $3";
    let rows = db
        .rows(sql, &[&before, &of.map(SdrId::as_str), &i64::from(limit)])
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Done<KeptAudit> {
    let desktop: String = row.try_get(2)?;
    let entry = serde_json::from_str(row.try_get(1)?);
    Ok(KeptAudit {
        seq: row.try_get(0)?,
        entry: entry.map_err(|_| Fault::Unreadable("entry"))?,
        desktop_id: (!desktop.is_empty()).then_some(DesktopId(desktop)),
        told_by: SdrId(row.try_get(3)?),
        received_at_ms: UtcMs(row.try_get(4)?),
    })
}
