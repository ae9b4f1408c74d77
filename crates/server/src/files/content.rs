//! Whether bytes are what they are said to be.

use hotdesk_protocol::file::FileKind;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Not in the list of types.
    #[error("Files of this type are not sent; nothing was kept.")]
    Type,
    /// There is nothing in it.
    #[error("The file is empty; nothing was kept.")]
    Empty,
    /// The bytes are of another type.
    #[error("The file's content is not of the type it is said to be; nothing was kept.")]
    Content,
}

/// Checks type and content.
pub fn check(kind: FileKind, mime_type: &str, bytes: &[u8]) -> Result<(), Unfit> {
    if !kind.types().contains(&mime_type) {
        return Err(Unfit::Type);
    }
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    if is_like(mime_type, bytes) {
        Ok(())
    } else {
        Err(Unfit::Content)
    }
}

/// By the signature each format begins with; text has none, but holds no zero byte.
fn is_like(mime_type: &str, bytes: &[u8]) -> bool {
    match mime_type {
        "image/jpeg" => bytes.starts_with(b"\xFF\xD8\xFF"),
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1A\n"),
        "image/webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "application/pdf" => bytes.starts_with(b"%PDF-"),
        "text/plain" | "text/csv" => !bytes.contains(&0),
        // The formats of an office are archives.
        _ => bytes.starts_with(b"PK\x03\x04"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_what_its_type_says() {
        let webp = b"RIFF\0\0\0\0WEBPVP8 ";
        for (kind, mime, bytes, expected) in [
            (
                FileKind::Image,
                "image/png",
                &b"\x89PNG\r\n\x1A\n.."[..],
                Ok(()),
            ),
            (FileKind::Image, "image/jpeg", b"\xFF\xD8\xFF\xE0", Ok(())),
            (FileKind::Image, "image/webp", webp, Ok(())),
            (FileKind::Document, "application/pdf", b"%PDF-1.7", Ok(())),
            (
                FileKind::Document,
                "text/csv",
                "nome;cidade\n".as_bytes(),
                Ok(()),
            ),
            (
                FileKind::Document,
                "application/pdf",
                b"MZ\x90\0",
                Err(Unfit::Content),
            ),
            (
                FileKind::Image,
                "image/png",
                b"\xFF\xD8\xFF\xE0",
                Err(Unfit::Content),
            ),
            (
                FileKind::Document,
                "text/plain",
                b"MZ\x90\0",
                Err(Unfit::Content),
            ),
            (FileKind::Document, "text/plain", b"", Err(Unfit::Empty)),
            (
                FileKind::Image,
                "application/pdf",
                b"%PDF-1.7",
                Err(Unfit::Type),
            ),
            (
                FileKind::Document,
                "application/x-msdownload",
                b"MZ",
                Err(Unfit::Type),
            ),
        ] {
            assert_eq!(check(kind, mime, bytes), expected, "{mime} {bytes:?}");
        }
    }

    #[test]
    fn every_type_that_is_sent_has_a_signature_that_other_content_fails() {
        for kind in [FileKind::Image, FileKind::Document] {
            for mime in kind.types() {
                assert_eq!(
                    check(kind, mime, b"MZ\x90\0"),
                    Err(Unfit::Content),
                    "{mime}"
                );
            }
        }
    }
}
