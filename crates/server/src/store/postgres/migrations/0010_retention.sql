-- Texts are taken out of what has ended. See store/postgres/retention.rs.

-- So many days after a message left, or was queued if it never did; null for never.
ALTER TABLE hotdesk_queue.office ADD COLUMN retention_days BIGINT;

ALTER TABLE hotdesk_queue.messages ADD COLUMN text_gone BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX messages_with_text ON hotdesk_queue.messages ((coalesce(sent_at_ms, created_at_ms)))
    WHERE NOT text_gone AND state IN ('sent', 'delivered', 'read', 'failed', 'cancelled');
ALTER TABLE hotdesk_queue.message_replies ADD COLUMN text_gone BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX replies_with_text ON hotdesk_queue.message_replies (received_at_ms) WHERE NOT text_gone;

-- What is queued has its text itself.
UPDATE hotdesk_queue.campaign_recipients SET text = NULL WHERE state <> 'waiting';
