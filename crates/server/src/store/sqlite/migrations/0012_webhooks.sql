-- What other programs are told. See store/webhooks.rs.

CREATE TABLE webhooks (
    id            TEXT    PRIMARY KEY,
    url           TEXT    NOT NULL,
    secret        BLOB    NOT NULL CHECK (length(secret) = 32),
    -- A JSON array of kinds.
    kinds         TEXT    NOT NULL,
    created_by    TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_events (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind  TEXT    NOT NULL,
    data  TEXT    NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- One event for one webhook. Its id stays the same however often it is tried.
CREATE TABLE webhook_deliveries (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
    webhook_id  TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_seq   INTEGER NOT NULL REFERENCES webhook_events (seq) ON DELETE CASCADE,
    state       TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at_ms   INTEGER NOT NULL DEFAULT 0,
    tried_at_ms INTEGER,
    status      INTEGER,
    problem     TEXT
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at_ms)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, seq);
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_seq);

CREATE VIEW webhook_kinds AS
    SELECT w.id AS webhook_id, k.value AS kind FROM webhooks w, json_each(w.kinds) k;

CREATE TRIGGER webhooks_get_their_events AFTER INSERT ON webhook_events BEGIN
    INSERT INTO webhook_deliveries (webhook_id, event_seq)
    SELECT webhook_id, NEW.seq FROM webhook_kinds WHERE kind = NEW.kind;
END;

-- In the transaction of the change itself: what is not told was not done, and what was done is told.
CREATE TRIGGER webhooks_hear_of_messages AFTER INSERT ON events
WHEN EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'message.' || NEW.to_state) BEGIN
    INSERT INTO webhook_events (kind, at_ms, data)
    SELECT 'message.' || NEW.to_state, NEW.at_ms, json_object(
        'messageId', m.id, 'sdrId', m.sdr_id, 'leadId', m.lead_id, 'phone', m.phone,
        'state', NEW.to_state, 'from', NEW.from_state, 'cause', NEW.cause,
        'generation', NEW.generation, 'waMessageId', NEW.wa_message_id,
        'reportedAtMs', NEW.reported_at_ms)
    FROM messages m WHERE m.id = NEW.message_id;
END;

CREATE TRIGGER webhooks_hear_of_replies AFTER INSERT ON message_replies
WHEN EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'reply.received') BEGIN
    INSERT INTO webhook_events (kind, at_ms, data)
    SELECT 'reply.received', NEW.received_at_ms, json_object(
        'messageId', m.id, 'sdrId', NEW.sdr_id, 'leadId', m.lead_id, 'phone', m.phone,
        'waMessageId', NEW.wa_message_id, 'text', NEW.text, 'repliedAtMs', NEW.at_ms)
    FROM messages m WHERE m.id = NEW.message_id;
END;

CREATE TRIGGER webhooks_hear_of_opt_outs AFTER INSERT ON do_not_contact
WHEN EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'opt_out.added') BEGIN
    INSERT INTO webhook_events (kind, at_ms, data) VALUES ('opt_out.added', NEW.blocked_at_ms,
        json_object('phone', NEW.phone, 'reason', NEW.reason));
END;

CREATE TRIGGER webhooks_hear_of_sessions AFTER UPDATE OF whatsapp_state, whatsapp_connected ON sdr_users
WHEN (OLD.whatsapp_state IS NOT NEW.whatsapp_state
      OR OLD.whatsapp_connected IS NOT NEW.whatsapp_connected)
    AND EXISTS (SELECT 1 FROM webhook_kinds WHERE kind = 'session.changed') BEGIN
    INSERT INTO webhook_events (kind, at_ms, data)
    VALUES ('session.changed', coalesce(NEW.whatsapp_last_seen, 0), json_object(
        'sdrId', NEW.id, 'state', json(NEW.whatsapp_state),
        'connected', json(iif(NEW.whatsapp_connected, 'true', 'false')),
        'phone', NEW.whatsapp_phone));
END;
