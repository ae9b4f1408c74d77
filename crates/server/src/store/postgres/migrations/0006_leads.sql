-- Whose each lead is, how they stand, and what lists of leads are sorted and found by. Kept by triggers,
-- so that it is right whoever writes the office's tables. The functions of these are their owner's, so
-- that the office's own programs need no right on this schema.

ALTER TABLE do_not_contact
    ADD COLUMN IF NOT EXISTS blocked_by TEXT,
    ADD COLUMN IF NOT EXISTS source     TEXT;

CREATE INDEX messages_by_lead ON hotdesk_queue.messages (lead_id, seq);
-- The office's ids may be of another type.
CREATE INDEX leads_by_text_id ON leads ((id::text));

-- Lower case without accents; as far as a database that is not UTF-8 can tell.
CREATE FUNCTION hotdesk_queue.fold(words TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE
        WHEN octet_length(words) = length(words) OR getdatabaseencoding() <> 'UTF8' THEN lower(words)
        ELSE lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g')) END
$$;

CREATE TABLE hotdesk_queue.lead_book (
    lead_id            TEXT    COLLATE "C" PRIMARY KEY,
    phone              TEXT    NOT NULL,
    sdr_id             TEXT,
    name_key           TEXT    COLLATE "C" NOT NULL,
    company_key        TEXT    COLLATE "C" NOT NULL,
    consent            TEXT    NOT NULL,
    status             TEXT    COLLATE "C" NOT NULL DEFAULT 'new',
    created_at_ms      BIGINT  NOT NULL,
    -- -1 for none.
    last_message_at_ms BIGINT  NOT NULL DEFAULT -1,
    messages           BIGINT  NOT NULL DEFAULT 0,
    replies            BIGINT  NOT NULL DEFAULT 0,
    opted_out          BOOLEAN NOT NULL DEFAULT false,
    -- The import that added them.
    import_id          TEXT
);
CREATE INDEX lead_book_by_name ON hotdesk_queue.lead_book (name_key, lead_id);
CREATE INDEX lead_book_by_company ON hotdesk_queue.lead_book (company_key, lead_id);
CREATE INDEX lead_book_by_age ON hotdesk_queue.lead_book (created_at_ms, lead_id);
CREATE INDEX lead_book_by_message ON hotdesk_queue.lead_book (last_message_at_ms, lead_id);
CREATE INDEX lead_book_by_status ON hotdesk_queue.lead_book (status, lead_id);
CREATE INDEX lead_book_by_sdr ON hotdesk_queue.lead_book (sdr_id, status);
CREATE INDEX lead_book_by_phone ON hotdesk_queue.lead_book (phone);

-- How a lead stands, from what there is. A message that was withdrawn does not count.
CREATE VIEW hotdesk_queue.lead_standings AS
SELECT b.lead_id, d.opted_out,
    (SELECT count(*) FROM hotdesk_queue.messages m
     WHERE m.lead_id = b.lead_id AND m.state <> 'cancelled') AS messages,
    (SELECT count(*) FROM hotdesk_queue.messages m
     JOIN hotdesk_queue.message_replies r ON r.message_id = m.id
     WHERE m.lead_id = b.lead_id) AS replies,
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
    FROM hotdesk_queue.messages m WHERE m.lead_id = b.lead_id AND m.state <> 'cancelled'
    ORDER BY m.seq DESC LIMIT 1) n ON true;

INSERT INTO hotdesk_queue.lead_book (lead_id, phone, sdr_id, name_key, company_key, consent, created_at_ms)
SELECT id::text, phone::text,
    (SELECT sdr_id FROM hotdesk_queue.messages m WHERE m.lead_id = l.id::text ORDER BY seq DESC LIMIT 1),
    hotdesk_queue.fold(coalesce(name::text, '')), hotdesk_queue.fold(coalesce(company::text, '')),
    coalesce(consent::text, ''), coalesce(created_at_ms, 0)
FROM leads l WHERE id IS NOT NULL AND phone IS NOT NULL;
UPDATE hotdesk_queue.lead_book b SET status = s.status, last_message_at_ms = s.last_message_at_ms,
    messages = s.messages, replies = s.replies, opted_out = s.opted_out
FROM hotdesk_queue.lead_standings s WHERE s.lead_id = b.lead_id;

-- The row is held before it is looked at anew: two SDRs may write to one lead at once.
CREATE FUNCTION hotdesk_queue.renew_standing(lead TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM hotdesk_queue.lead_book WHERE lead_id = lead FOR UPDATE;
    UPDATE hotdesk_queue.lead_book b SET status = s.status, last_message_at_ms = s.last_message_at_ms,
        messages = s.messages, replies = s.replies, opted_out = s.opted_out
    FROM hotdesk_queue.lead_standings s WHERE b.lead_id = lead AND s.lead_id = lead;
END $$;

CREATE FUNCTION hotdesk_queue.book_lead() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    anew BOOLEAN := true;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM hotdesk_queue.lead_book WHERE lead_id = OLD.id::text;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        anew := OLD.phone::text IS DISTINCT FROM NEW.phone::text;
        DELETE FROM hotdesk_queue.lead_book
        WHERE lead_id = OLD.id::text AND (NEW.phone IS NULL OR OLD.id::text <> NEW.id::text);
    END IF;
    IF NEW.id IS NULL OR NEW.phone IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO hotdesk_queue.lead_book AS b (lead_id, phone, name_key, company_key, consent, created_at_ms)
    VALUES (NEW.id::text, NEW.phone::text, hotdesk_queue.fold(coalesce(NEW.name::text, '')),
        hotdesk_queue.fold(coalesce(NEW.company::text, '')), coalesce(NEW.consent::text, ''),
        coalesce(NEW.created_at_ms, 0))
    ON CONFLICT (lead_id) DO UPDATE SET phone = excluded.phone, name_key = excluded.name_key,
        company_key = excluded.company_key, consent = excluded.consent,
        created_at_ms = excluded.created_at_ms;
    IF anew THEN
        PERFORM hotdesk_queue.renew_standing(NEW.id::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER leads_are_booked AFTER INSERT OR UPDATE OR DELETE ON leads
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.book_lead();

-- A lead that is nobody's becomes that of the first SDR who writes to them.
CREATE FUNCTION hotdesk_queue.book_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE hotdesk_queue.lead_book SET sdr_id = NEW.sdr_id
        WHERE lead_id = NEW.lead_id AND sdr_id IS NULL;
    END IF;
    PERFORM hotdesk_queue.renew_standing(NEW.lead_id);
    RETURN NULL;
END $$;
CREATE TRIGGER messages_are_booked AFTER INSERT ON hotdesk_queue.messages
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.book_message();
CREATE TRIGGER messages_stay_booked AFTER UPDATE OF state, sent_at_ms ON hotdesk_queue.messages
    FOR EACH ROW WHEN (OLD.sent_at_ms IS DISTINCT FROM NEW.sent_at_ms
        OR CASE WHEN OLD.state IN ('leased', 'begun') THEN 'queued' ELSE OLD.state END
            <> CASE WHEN NEW.state IN ('leased', 'begun') THEN 'queued' ELSE NEW.state END)
    EXECUTE FUNCTION hotdesk_queue.book_message();

CREATE FUNCTION hotdesk_queue.book_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hotdesk_queue.renew_standing(lead_id)
    FROM hotdesk_queue.messages WHERE id = NEW.message_id;
    RETURN NULL;
END $$;
CREATE TRIGGER replies_are_booked AFTER INSERT ON hotdesk_queue.message_replies
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.book_reply();

CREATE FUNCTION hotdesk_queue.book_opt_out() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    blocked TEXT;
    lead TEXT;
BEGIN
    IF TG_OP = 'DELETE' THEN
        blocked := OLD.phone;
    ELSE
        blocked := NEW.phone;
    END IF;
    FOR lead IN SELECT lead_id FROM hotdesk_queue.lead_book
        WHERE phone IN (blocked, '+' || blocked) ORDER BY lead_id
    LOOP
        PERFORM hotdesk_queue.renew_standing(lead);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER opt_outs_are_booked AFTER INSERT OR DELETE ON do_not_contact
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.book_opt_out();
