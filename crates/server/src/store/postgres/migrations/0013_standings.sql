-- How a lead stands, found by index. `lead_book` sorts its ids as the C locale does and `messages` as the
-- database does, and an index of the one order does not serve the other: each message that was queued or
-- moved on was looked for in the whole table of messages, several times.
CREATE OR REPLACE VIEW hotdesk_queue.lead_standings AS
SELECT b.lead_id, d.opted_out,
    (SELECT count(*) FROM hotdesk_queue.messages m
     WHERE m.lead_id = b.lead_id COLLATE "default" AND m.state <> 'cancelled') AS messages,
    (SELECT count(*) FROM hotdesk_queue.messages m
     JOIN hotdesk_queue.message_replies r ON r.message_id = m.id
     WHERE m.lead_id = b.lead_id COLLATE "default") AS replies,
    coalesce(n.at_ms, -1) AS last_message_at_ms,
    CASE WHEN d.opted_out THEN 'opted_out' ELSE coalesce(n.status, 'new') END AS status
FROM hotdesk_queue.lead_book b
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT 1 FROM do_not_contact WHERE phone IN (b.phone, substr(b.phone, 2))) AS opted_out) d
LEFT JOIN LATERAL (
    SELECT coalesce(m.sent_at_ms, m.created_at_ms) AS at_ms, CASE
        WHEN EXISTS (SELECT 1 FROM hotdesk_queue.message_replies r WHERE r.message_id = m.id)
            THEN 'replied'
        WHEN m.state IN ('queued', 'leased', 'begun') THEN 'queued'
        WHEN m.state IN ('failed', 'dead') THEN 'failed'
        WHEN m.state = 'review' THEN 'review'
        ELSE 'sent' END AS status
    FROM hotdesk_queue.messages m
    WHERE m.lead_id = b.lead_id COLLATE "default" AND m.state <> 'cancelled'
    ORDER BY m.seq DESC LIMIT 1) n ON true;
