-- Files are forgotten with the texts of the messages that carry them. See store/sqlite/retention.rs.

-- It is known still, without its name; it can be neither sent nor fetched.
ALTER TABLE files ADD COLUMN gone_at_ms INTEGER;
-- Its bytes are no longer on the disk, unless another file has them.
ALTER TABLE files ADD COLUMN bytes_gone INTEGER NOT NULL DEFAULT 0;

CREATE INDEX files_by_hash ON files (sha256);
CREATE INDEX messages_with_file_and_text ON messages (file_id) WHERE file_id IS NOT NULL AND text_gone = 0;
