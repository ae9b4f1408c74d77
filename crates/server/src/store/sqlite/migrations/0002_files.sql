-- Files that messages carry. Their bytes lie beside this database, under their SHA-256.

CREATE TABLE files (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL CHECK (kind IN ('image', 'document')),
    file_name     TEXT    NOT NULL,
    mime_type     TEXT    NOT NULL,
    size_bytes    INTEGER NOT NULL,
    sha256        TEXT    NOT NULL,
    uploaded_by   TEXT    NOT NULL REFERENCES sdr_users (id),
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE messages ADD COLUMN file_id TEXT REFERENCES files (id);
CREATE INDEX messages_by_file ON messages (file_id, sdr_id) WHERE file_id IS NOT NULL;
