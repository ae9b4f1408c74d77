//! Table `files`: what is known of the files that messages carry.

use super::row::column_error;
use hotdesk_protocol::UtcMs;
use hotdesk_protocol::file::{Attachment, FileKind};
use hotdesk_protocol::ids::{FileId, MessageId, SdrId};
use rusqlite::{Connection, OptionalExtension, Row, params};

const FILE: &str =
    "SELECT f.id, f.kind, f.file_name, f.mime_type, f.size_bytes, f.sha256 FROM files f";

/// An id stands for its content for good. A file that is there counts as uploaded now, one that was
/// forgotten is there again.
pub(super) fn put(
    db: &Connection,
    file: &Attachment,
    by: &SdrId,
    now: UtcMs,
) -> rusqlite::Result<bool> {
    let was_there = is_known(db, &file.file_id)?;
    db.prepare_cached(
        "INSERT INTO files (id, kind, file_name, mime_type, size_bytes, sha256, uploaded_by,
                                created_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET
                 file_name = iif(gone_at_ms IS NULL, file_name, excluded.file_name),
                 created_at_ms = excluded.created_at_ms, gone_at_ms = NULL, bytes_gone = 0",
    )?
    .execute(params![
        file.file_id.as_str(),
        kind_name(file.kind),
        file.file_name,
        file.mime_type,
        file.size_bytes,
        file.sha256,
        by.as_str(),
        now.0
    ])?;
    Ok(!was_there)
}

pub(super) fn is_known(db: &Connection, id: &FileId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM files WHERE id = ?1 AND gone_at_ms IS NULL")?
        .exists([id.as_str()])
}

pub(super) fn of_sdr(
    db: &Connection,
    id: &FileId,
    sdr: &SdrId,
) -> rusqlite::Result<Option<Attachment>> {
    db.prepare_cached(&format!(
        "{FILE} WHERE f.id = ?1 AND f.gone_at_ms IS NULL AND EXISTS (
             SELECT 1 FROM messages m WHERE m.file_id = f.id AND m.sdr_id = ?2)"
    ))?
    .query_row([id.as_str(), sdr.as_str()], attachment)
    .optional()
}

pub(super) fn of_message(
    db: &Connection,
    message: &MessageId,
) -> rusqlite::Result<Option<Attachment>> {
    db.prepare_cached(&format!(
        "{FILE} JOIN messages m ON m.file_id = f.id WHERE m.id = ?1"
    ))?
    .query_row([message.as_str()], attachment)
    .optional()
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    let kind: String = row.get(1)?;
    Ok(Attachment {
        file_id: FileId(row.get(0)?),
        kind: parse_kind(&kind).ok_or_else(|| column_error(1, "kind"))?,
        file_name: row.get(2)?,
        mime_type: row.get(3)?,
        size_bytes: row.get(4)?,
        sha256: row.get(5)?,
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
