-- What other programs are told. See store/webhooks.rs.

CREATE TABLE hotdesk_queue.webhooks (
    id            TEXT   PRIMARY KEY,
    url           TEXT   NOT NULL,
    secret        BYTEA  NOT NULL CHECK (octet_length(secret) = 32),
    -- A JSON array of kinds.
    kinds         TEXT   NOT NULL,
    created_by    TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE hotdesk_queue.webhook_events (
    seq   BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind  TEXT   NOT NULL,
    data  TEXT   NOT NULL,
    at_ms BIGINT NOT NULL
);

-- One event for one webhook. Its id stays the same however often it is tried.
CREATE TABLE hotdesk_queue.webhook_deliveries (
    seq         BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id          TEXT   NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
    webhook_id  TEXT   NOT NULL REFERENCES hotdesk_queue.webhooks (id) ON DELETE CASCADE,
    event_seq   BIGINT NOT NULL REFERENCES hotdesk_queue.webhook_events (seq) ON DELETE CASCADE,
    state       TEXT   NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts    BIGINT NOT NULL DEFAULT 0,
    due_at_ms   BIGINT NOT NULL DEFAULT 0,
    tried_at_ms BIGINT,
    status      BIGINT,
    problem     TEXT
);
CREATE INDEX webhook_deliveries_due ON hotdesk_queue.webhook_deliveries (webhook_id, due_at_ms)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_of ON hotdesk_queue.webhook_deliveries (webhook_id, seq);
CREATE INDEX webhook_deliveries_by_event ON hotdesk_queue.webhook_deliveries (event_seq);

CREATE VIEW hotdesk_queue.webhook_kinds AS
    SELECT w.id AS webhook_id, k AS kind
    FROM hotdesk_queue.webhooks w, jsonb_array_elements_text(w.kinds::jsonb) k;

CREATE FUNCTION hotdesk_queue.give_event_to_webhooks() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO hotdesk_queue.webhook_deliveries (webhook_id, event_seq)
    SELECT webhook_id, NEW.seq FROM hotdesk_queue.webhook_kinds WHERE kind = NEW.kind;
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_get_their_events AFTER INSERT ON hotdesk_queue.webhook_events
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.give_event_to_webhooks();

-- In the transaction of the change itself: what is not told was not done, and what was done is told.
CREATE FUNCTION hotdesk_queue.tell_webhooks_of_message() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM hotdesk_queue.webhook_kinds WHERE kind = 'message.' || NEW.to_state) THEN
        INSERT INTO hotdesk_queue.webhook_events (kind, at_ms, data)
        SELECT 'message.' || NEW.to_state, NEW.at_ms, jsonb_build_object(
            'messageId', m.id, 'sdrId', m.sdr_id, 'leadId', m.lead_id, 'phone', m.phone,
            'state', NEW.to_state, 'from', NEW.from_state, 'cause', NEW.cause,
            'generation', NEW.generation, 'waMessageId', NEW.wa_message_id,
            'reportedAtMs', NEW.reported_at_ms)
        FROM hotdesk_queue.messages m WHERE m.id = NEW.message_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_hear_of_messages AFTER INSERT ON hotdesk_queue.events
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.tell_webhooks_of_message();

CREATE FUNCTION hotdesk_queue.tell_webhooks_of_reply() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM hotdesk_queue.webhook_kinds WHERE kind = 'reply.received') THEN
        INSERT INTO hotdesk_queue.webhook_events (kind, at_ms, data)
        SELECT 'reply.received', NEW.received_at_ms, jsonb_build_object(
            'messageId', m.id, 'sdrId', NEW.sdr_id, 'leadId', m.lead_id, 'phone', m.phone,
            'waMessageId', NEW.wa_message_id, 'text', NEW.text, 'repliedAtMs', NEW.at_ms)
        FROM hotdesk_queue.messages m WHERE m.id = NEW.message_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_hear_of_replies AFTER INSERT ON hotdesk_queue.message_replies
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.tell_webhooks_of_reply();

-- These two tables may be the office's own, and written by its own programs.
CREATE FUNCTION hotdesk_queue.tell_webhooks_of_opt_out() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM hotdesk_queue.webhook_kinds WHERE kind = 'opt_out.added') THEN
        INSERT INTO hotdesk_queue.webhook_events (kind, at_ms, data)
        VALUES ('opt_out.added',
            (extract(epoch FROM coalesce(NEW.blocked_at, now())) * 1000)::bigint,
            jsonb_build_object('phone', NEW.phone, 'reason', NEW.reason));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_hear_of_opt_outs AFTER INSERT ON do_not_contact
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.tell_webhooks_of_opt_out();

CREATE FUNCTION hotdesk_queue.tell_webhooks_of_session() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM hotdesk_queue.webhook_kinds WHERE kind = 'session.changed') THEN
        INSERT INTO hotdesk_queue.webhook_events (kind, at_ms, data)
        VALUES ('session.changed',
            (extract(epoch FROM coalesce(NEW.whatsapp_last_seen, now())) * 1000)::bigint,
            jsonb_build_object('sdrId', NEW.id::text, 'state', NEW.whatsapp_state::jsonb,
                'connected', NEW.whatsapp_connected, 'phone', NEW.whatsapp_phone));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER webhooks_hear_of_sessions
    AFTER UPDATE OF whatsapp_state, whatsapp_connected ON sdr_users
    FOR EACH ROW WHEN (OLD.whatsapp_state IS DISTINCT FROM NEW.whatsapp_state
        OR OLD.whatsapp_connected IS DISTINCT FROM NEW.whatsapp_connected)
    EXECUTE FUNCTION hotdesk_queue.tell_webhooks_of_session();
