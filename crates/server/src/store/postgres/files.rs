//! Table `files`: what is known of the files that messages carry.

use super::fault::{Done, Fault};
use super::row::number;
use super::transaction::Db;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{FileId, MessageId, SdrId};
use tokio_postgres::Row;

const FILE: &str = "SELECT f.id, f.kind, f.file_name, f.mime_type, f.size_bytes, f.sha256
     FROM hotdesk_queue.files f";

/// An id stands for its content for good. A file that is there counts as uploaded now, one that was
/// forgotten is there again.
pub(super) async fn put(db: &Db, file: &Attachment, by: &SdrId, now: UtcMs) -> Done<bool> {
    let was_there = is_known(db, &file.file_id).await?;
    db.run(
        "INSERT INTO hotdesk_queue.files (id, kind, file_name, mime_type, size_bytes, sha256,
                 uploaded_by, created_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET
                 file_name = CASE WHEN files.gone_at_ms IS NULL THEN files.file_name
                     ELSE excluded.file_name END,
                 created_at_ms = excluded.created_at_ms, gone_at_ms = NULL, bytes_gone = false",
        &[
            &file.file_id.as_str(),
            &kind_name(file.kind),
            &file.file_name,
            &file.mime_type,
            &i64::from(file.size_bytes),
            &file.sha256,
            &by.as_str(),
            &now.0,
        ],
    )
    .await?;
    Ok(!was_there)
}

/// Whether it is there, and until the end of the transaction nobody forgets it.
pub(super) async fn is_known(db: &Db, id: &FileId) -> Done<bool> {
    let sql = "SELECT 1 FROM hotdesk_queue.files WHERE id = $1 AND gone_at_ms IS NULL FOR SHARE";
    db.exists(sql, &[&id.as_str()]).await
}

pub(super) async fn of_sdr(db: &Db, id: &FileId, sdr: &SdrId) -> Done<Option<Attachment>> {
    let sql = format!(
        "{FILE} WHERE f.id = $1 AND f.gone_at_ms IS NULL AND EXISTS (
             SELECT 1 FROM hotdesk_queue.messages m WHERE m.file_id = f.id AND m.sdr_id = $2)"
    );
    let row = db.row(&sql, &[&id.as_str(), &sdr.as_str()]).await?;
    row.as_ref().map(attachment).transpose()
}

pub(super) async fn of_message(db: &Db, message: &MessageId) -> Done<Option<Attachment>> {
    let sql = format!("{FILE} JOIN hotdesk_queue.messages m ON m.file_id = f.id WHERE m.id = $1");
    let row = db.row(&sql, &[&message.as_str()]).await?;
    row.as_ref().map(attachment).transpose()
}

fn attachment(row: &Row) -> Done<Attachment> {
    Ok(Attachment {
        file_id: FileId(row.try_get(0)?),
        kind: parse_kind(row.try_get(1)?).ok_or(Fault::Unreadable("kind"))?,
        file_name: row.try_get(2)?,
        mime_type: row.try_get(3)?,
        size_bytes: number(row, 4)?,
        sha256: row.try_get(5)?,
    })
}

fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "image",
        FileKind::Document => "document",
    }
}

fn parse_kind(word: &str) -> Option<FileKind> {
    [FileKind::Image, FileKind::Document]
        .into_iter()
        .find(|kind| kind_name(*kind) == word)
}
