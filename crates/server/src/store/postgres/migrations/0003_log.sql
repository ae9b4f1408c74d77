-- Every step a message took, a chain of hashes; see store/proof.rs. Rows are only ever added.

CREATE SEQUENCE hotdesk_queue.event_numbers;
CREATE TABLE hotdesk_queue.events (
    seq            BIGINT PRIMARY KEY,
    message_id     TEXT   NOT NULL REFERENCES hotdesk_queue.messages (id),
    at_ms          BIGINT NOT NULL,
    from_state     TEXT,
    to_state       TEXT   NOT NULL,
    cause          TEXT   NOT NULL,
    generation     BIGINT,
    desktop_id     TEXT,
    person_id      TEXT,
    reported_at_ms BIGINT,
    wa_message_id  TEXT,
    note           TEXT,
    previous       BYTEA  NOT NULL,
    hash           BYTEA  NOT NULL
);
CREATE INDEX events_by_message ON hotdesk_queue.events (message_id, seq);

-- How many events were ever written of each SDR's messages. A sequence has gaps where a transaction was
-- taken back, so it cannot tell that events are missing.
CREATE TABLE hotdesk_queue.event_counts (
    sdr_id  TEXT   PRIMARY KEY,
    written BIGINT NOT NULL
);

CREATE FUNCTION hotdesk_queue.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE ON hotdesk_queue.events
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.refuse_change('the event log is append-only');
CREATE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON hotdesk_queue.events
    FOR EACH STATEMENT EXECUTE FUNCTION hotdesk_queue.refuse_change('the event log is append-only');

CREATE FUNCTION hotdesk_queue.check_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hash IS NULL OR NEW.previous IS DISTINCT FROM (
        SELECT coalesce(log_head, decode(repeat('00', 32), 'hex'))
        FROM hotdesk_queue.messages WHERE id = NEW.message_id)
    THEN
        RAISE EXCEPTION 'an event must carry the hash of the one before';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_are_chained BEFORE INSERT ON hotdesk_queue.events
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.check_event();

CREATE FUNCTION hotdesk_queue.count_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sdr TEXT;
BEGIN
    UPDATE hotdesk_queue.messages SET log_head = NEW.hash WHERE id = NEW.message_id
        RETURNING sdr_id INTO sdr;
    INSERT INTO hotdesk_queue.event_counts AS c (sdr_id, written) VALUES (sdr, 1)
        ON CONFLICT (sdr_id) DO UPDATE SET written = c.written + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER events_are_counted AFTER INSERT ON hotdesk_queue.events
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.count_event();
