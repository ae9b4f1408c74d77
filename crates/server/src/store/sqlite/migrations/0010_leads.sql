-- Whose each lead is, how they stand, and what lists of leads are sorted and found by. Kept by triggers,
-- so that it is right whoever writes. `fold` is the server's own function: lower case without accents.

ALTER TABLE do_not_contact ADD COLUMN blocked_by TEXT;
ALTER TABLE do_not_contact ADD COLUMN source TEXT;

CREATE INDEX messages_by_lead ON messages (lead_id, seq);

CREATE TABLE lead_book (
    lead_id            TEXT    PRIMARY KEY REFERENCES leads (id) ON DELETE CASCADE,
    phone              TEXT    NOT NULL,
    sdr_id             TEXT,
    name_key           TEXT    NOT NULL,
    company_key        TEXT    NOT NULL,
    consent            TEXT    NOT NULL,
    status             TEXT    NOT NULL DEFAULT 'new',
    created_at_ms      INTEGER NOT NULL,
    -- -1 for none.
    last_message_at_ms INTEGER NOT NULL DEFAULT -1,
    messages           INTEGER NOT NULL DEFAULT 0,
    replies            INTEGER NOT NULL DEFAULT 0,
    opted_out          INTEGER NOT NULL DEFAULT 0,
    -- The import that added them.
    import_id          TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_book_by_name ON lead_book (name_key, lead_id);
CREATE INDEX lead_book_by_company ON lead_book (company_key, lead_id);
CREATE INDEX lead_book_by_age ON lead_book (created_at_ms, lead_id);
CREATE INDEX lead_book_by_message ON lead_book (last_message_at_ms, lead_id);
CREATE INDEX lead_book_by_status ON lead_book (status, lead_id);
CREATE INDEX lead_book_by_sdr ON lead_book (sdr_id, status);
CREATE INDEX lead_book_by_phone ON lead_book (phone);

-- How a lead stands, from what there is. A message that was withdrawn does not count.
CREATE VIEW lead_standings AS
SELECT b.lead_id,
    EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone = b.phone) AS opted_out,
    (SELECT count(*) FROM messages m WHERE m.lead_id = b.lead_id AND m.state <> 'cancelled') AS messages,
    (SELECT count(*) FROM messages m JOIN message_replies r ON r.message_id = m.id
     WHERE m.lead_id = b.lead_id) AS replies,
    coalesce((SELECT coalesce(m.sent_at_ms, m.created_at_ms) FROM messages m
              WHERE m.lead_id = b.lead_id AND m.state <> 'cancelled'
              ORDER BY m.seq DESC LIMIT 1), -1) AS last_message_at_ms,
    CASE WHEN EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone = b.phone) THEN 'opted_out'
         ELSE coalesce((SELECT CASE
             WHEN EXISTS (SELECT 1 FROM message_replies r WHERE r.message_id = m.id) THEN 'replied'
             WHEN m.state IN ('queued', 'leased', 'begun') THEN 'queued'
             WHEN m.state IN ('failed', 'dead') THEN 'failed'
             WHEN m.state = 'review' THEN 'review'
             ELSE 'sent' END
         FROM messages m WHERE m.lead_id = b.lead_id AND m.state <> 'cancelled'
         ORDER BY m.seq DESC LIMIT 1), 'new') END AS status
FROM lead_book b;

INSERT INTO lead_book (lead_id, phone, sdr_id, name_key, company_key, consent, created_at_ms)
SELECT id, phone, (SELECT sdr_id FROM messages m WHERE m.lead_id = l.id ORDER BY seq DESC LIMIT 1),
    fold(name), fold(coalesce(company, '')), coalesce(consent, ''), created_at_ms
FROM leads l;
UPDATE lead_book SET status = s.status, last_message_at_ms = s.last_message_at_ms,
    messages = s.messages, replies = s.replies, opted_out = s.opted_out
FROM lead_standings s WHERE s.lead_id = lead_book.lead_id;

CREATE TRIGGER leads_are_booked AFTER INSERT ON leads BEGIN
    INSERT INTO lead_book (lead_id, phone, name_key, company_key, consent, created_at_ms, opted_out, status)
    SELECT NEW.id, NEW.phone, fold(NEW.name), fold(coalesce(NEW.company, '')),
        coalesce(NEW.consent, ''), NEW.created_at_ms, blocked,
        CASE WHEN blocked THEN 'opted_out' ELSE 'new' END
    FROM (SELECT EXISTS (SELECT 1 FROM do_not_contact d WHERE d.phone = NEW.phone) AS blocked);
END;
CREATE TRIGGER leads_stay_booked AFTER UPDATE OF name, company, consent ON leads BEGIN
    UPDATE lead_book SET name_key = fold(NEW.name), company_key = fold(coalesce(NEW.company, '')),
        consent = coalesce(NEW.consent, '')
    WHERE lead_id = NEW.id;
END;
-- A lead that is nobody's becomes that of the first SDR who writes to them.
CREATE TRIGGER messages_are_booked AFTER INSERT ON messages BEGIN
    UPDATE lead_book SET sdr_id = coalesce(lead_book.sdr_id, NEW.sdr_id), status = s.status,
        last_message_at_ms = s.last_message_at_ms, messages = s.messages
    FROM lead_standings s WHERE s.lead_id = NEW.lead_id AND lead_book.lead_id = NEW.lead_id;
END;
CREATE TRIGGER messages_stay_booked AFTER UPDATE OF state, sent_at_ms ON messages
WHEN OLD.sent_at_ms IS NOT NEW.sent_at_ms
    OR CASE WHEN OLD.state IN ('leased', 'begun') THEN 'queued' ELSE OLD.state END
        <> CASE WHEN NEW.state IN ('leased', 'begun') THEN 'queued' ELSE NEW.state END
BEGIN
    UPDATE lead_book SET status = s.status, last_message_at_ms = s.last_message_at_ms,
        messages = s.messages
    FROM lead_standings s WHERE s.lead_id = NEW.lead_id AND lead_book.lead_id = NEW.lead_id;
END;
CREATE TRIGGER replies_are_booked AFTER INSERT ON message_replies BEGIN
    UPDATE lead_book SET status = s.status, replies = s.replies
    FROM lead_standings s, messages m
    WHERE m.id = NEW.message_id AND s.lead_id = m.lead_id AND lead_book.lead_id = m.lead_id;
END;
CREATE TRIGGER opt_outs_are_booked AFTER INSERT ON do_not_contact BEGIN
    UPDATE lead_book SET opted_out = 1, status = 'opted_out' WHERE phone = NEW.phone;
END;
CREATE TRIGGER opt_outs_stay_booked AFTER DELETE ON do_not_contact BEGIN
    UPDATE lead_book SET opted_out = 0, status = s.status
    FROM lead_standings s WHERE s.lead_id = lead_book.lead_id AND lead_book.phone = OLD.phone;
END;
