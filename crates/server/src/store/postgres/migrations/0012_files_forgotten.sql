-- Files are forgotten with the texts of the messages that carry them. See store/postgres/retention.rs.

ALTER TABLE hotdesk_queue.files
    -- It is known still, without its name; it can be neither sent nor fetched.
    ADD COLUMN gone_at_ms BIGINT,
    -- Its bytes are no longer on the disk, unless another file has them.
    ADD COLUMN bytes_gone BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX files_by_hash ON hotdesk_queue.files (sha256);
CREATE INDEX messages_with_file_and_text ON hotdesk_queue.messages (file_id)
    WHERE file_id IS NOT NULL AND NOT text_gone;
