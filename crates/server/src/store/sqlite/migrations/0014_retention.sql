-- Texts are taken out of what has ended. See store/sqlite/retention.rs.

-- So many days after a message left, or was queued if it never did; null for never.
ALTER TABLE office ADD COLUMN retention_days INTEGER;

ALTER TABLE messages ADD COLUMN text_gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_with_text ON messages (coalesce(sent_at_ms, created_at_ms))
    WHERE text_gone = 0 AND state IN ('sent', 'delivered', 'read', 'failed', 'cancelled');
ALTER TABLE message_replies ADD COLUMN text_gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX replies_with_text ON message_replies (received_at_ms) WHERE text_gone = 0;

-- What is queued has its text itself.
UPDATE campaign_recipients SET text = NULL WHERE state <> 'waiting';
