-- The office's own tables. Those it has are kept with their rows and get the columns they lack; the
-- types of ids may be the office's (text or uuid). All else is in a schema of its own.

CREATE SCHEMA hotdesk_queue;

CREATE TABLE hotdesk_queue.migrations (
    version    INTEGER     PRIMARY KEY,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- UTC milliseconds since the Unix epoch, kept within what four digits of a year can say.
CREATE FUNCTION hotdesk_queue.at(ms BIGINT) RETURNS TIMESTAMPTZ LANGUAGE sql STABLE STRICT AS $$
    SELECT 'epoch'::timestamptz
        + least(greatest(ms, -62135596800000), 253402300799999) * interval '1 millisecond'
$$;
CREATE FUNCTION hotdesk_queue.ms(at TIMESTAMPTZ) RETURNS BIGINT LANGUAGE sql STABLE STRICT AS $$
    SELECT round(extract(epoch FROM at) * 1000)::bigint
$$;

CREATE TABLE IF NOT EXISTS sdr_users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('sdr', 'manager', 'admin'))
);
ALTER TABLE sdr_users
    ADD COLUMN IF NOT EXISTS is_active             BOOLEAN DEFAULT true,
    ADD COLUMN IF NOT EXISTS last_login            TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS whatsapp_connected    BOOLEAN DEFAULT false,
    ADD COLUMN IF NOT EXISTS whatsapp_session_id   TEXT,
    ADD COLUMN IF NOT EXISTS whatsapp_phone        TEXT,
    ADD COLUMN IF NOT EXISTS whatsapp_connected_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS whatsapp_last_seen    TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS whatsapp_state        TEXT    NOT NULL DEFAULT '"closed"',
    ADD COLUMN IF NOT EXISTS whatsapp_adapter      TEXT,
    ADD COLUMN IF NOT EXISTS whatsapp_adapter_pack TEXT,
    ADD COLUMN IF NOT EXISTS whatsapp_missing      TEXT    NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS whatsapp_problem      TEXT,
    ADD COLUMN IF NOT EXISTS desktop_paused        BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS desktop_in_flight     BIGINT  NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS desktop_version       TEXT;
-- Who signs in is told by the e-mail without regard to case.
CREATE UNIQUE INDEX IF NOT EXISTS sdr_users_by_email ON sdr_users (lower(email));

CREATE TABLE IF NOT EXISTS leads (id TEXT PRIMARY KEY);
ALTER TABLE leads
    ADD COLUMN IF NOT EXISTS name          TEXT,
    ADD COLUMN IF NOT EXISTS phone         TEXT,
    ADD COLUMN IF NOT EXISTS company       TEXT,
    ADD COLUMN IF NOT EXISTS position      TEXT,
    ADD COLUMN IF NOT EXISTS site          TEXT,
    ADD COLUMN IF NOT EXISTS pain          TEXT,
    ADD COLUMN IF NOT EXISTS consent       TEXT,
    ADD COLUMN IF NOT EXISTS created_at_ms BIGINT;
-- The office's leads may hold a phone twice, so this is no unique index.
CREATE INDEX IF NOT EXISTS leads_by_phone ON leads (phone);

CREATE TABLE IF NOT EXISTS do_not_contact (phone TEXT PRIMARY KEY);
ALTER TABLE do_not_contact
    ADD COLUMN IF NOT EXISTS reason     TEXT,
    ADD COLUMN IF NOT EXISTS blocked_at TIMESTAMPTZ DEFAULT now(),
    -- In which order numbers were blocked, for the desktops that keep the list.
    ADD COLUMN IF NOT EXISTS seq        BIGINT;
UPDATE do_not_contact d SET seq = o.seq
    FROM (SELECT ctid AS row, row_number() OVER (ORDER BY blocked_at NULLS FIRST, phone) AS seq
          FROM do_not_contact) o
    WHERE d.ctid = o.row;
CREATE UNIQUE INDEX IF NOT EXISTS do_not_contact_in_order ON do_not_contact (seq);
-- Whoever adds a number: numbers become visible in the order of their seq, so that a desktop that
-- knows the list up to one of them misses none.
CREATE FUNCTION hotdesk_queue.number_do_not_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1752134756, 2);
    EXECUTE format('SELECT coalesce(max(seq), 0) + 1 FROM %s', TG_RELID::regclass) INTO NEW.seq;
    RETURN NEW;
END $$;
CREATE TRIGGER do_not_contact_is_numbered BEFORE INSERT ON do_not_contact
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.number_do_not_contact();
