-- The queue. Times are UTC milliseconds since the Unix epoch.

CREATE TABLE office (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    tenant         TEXT    NOT NULL,
    time_zone      TEXT    NOT NULL,
    gap_ms         INTEGER NOT NULL,
    daily_messages INTEGER NOT NULL,
    ack_stuck_ms   INTEGER NOT NULL
) STRICT;

CREATE TABLE sdr_users (
    id                    TEXT    PRIMARY KEY,
    email                 TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    password_hash         TEXT    NOT NULL,
    name                  TEXT    NOT NULL,
    role                  TEXT    NOT NULL CHECK (role IN ('sdr', 'manager', 'admin')),
    is_active             INTEGER NOT NULL DEFAULT 1,
    last_login            INTEGER,
    whatsapp_connected    INTEGER NOT NULL DEFAULT 0,
    whatsapp_session_id   TEXT,
    whatsapp_phone        TEXT,
    whatsapp_connected_at INTEGER,
    whatsapp_last_seen    INTEGER,
    whatsapp_state        TEXT    NOT NULL DEFAULT '"closed"',
    whatsapp_adapter      TEXT,
    whatsapp_missing      TEXT    NOT NULL DEFAULT '[]',
    whatsapp_problem      TEXT,
    desktop_paused        INTEGER NOT NULL DEFAULT 0,
    desktop_in_flight     INTEGER NOT NULL DEFAULT 0,
    desktop_version       TEXT
) STRICT;

-- A token itself is never stored, only its SHA-256.
CREATE TABLE desktop_tokens (
    token_hash    BLOB    PRIMARY KEY,
    sdr_id        TEXT    NOT NULL REFERENCES sdr_users (id),
    desktop_id    TEXT,
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX desktop_tokens_by_holder ON desktop_tokens (sdr_id, desktop_id);

CREATE TABLE leads (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    phone         TEXT    NOT NULL UNIQUE,
    company       TEXT,
    position      TEXT,
    site          TEXT,
    pain          TEXT,
    consent       TEXT,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE do_not_contact (
    phone         TEXT    PRIMARY KEY,
    reason        TEXT    NOT NULL,
    blocked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT    NOT NULL UNIQUE,
    sdr_id         TEXT    NOT NULL REFERENCES sdr_users (id),
    lead_id        TEXT    NOT NULL REFERENCES leads (id),
    phone          TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    generation     INTEGER NOT NULL DEFAULT 0,
    state          TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'begun', 'sent', 'delivered',
                                                     'read', 'failed', 'dead', 'cancelled', 'review')),
    attempts       INTEGER NOT NULL DEFAULT 0,
    expired_leases INTEGER NOT NULL DEFAULT 0,
    lease_token    TEXT,
    lease_desktop  TEXT,
    lease_until_ms INTEGER NOT NULL DEFAULT 0,
    profile_epoch  TEXT,
    wa_message_id  TEXT,
    chat_id        TEXT,
    problem        TEXT,
    created_at_ms  INTEGER NOT NULL,
    begun_at_ms    INTEGER,
    sent_at_ms     INTEGER
) STRICT;
CREATE INDEX messages_by_sdr ON messages (sdr_id, state, seq);
CREATE INDEX messages_by_chat ON messages (sdr_id, phone, state, seq);
CREATE INDEX messages_by_phone ON messages (phone, state);
CREATE INDEX messages_by_day ON messages (sdr_id, sent_at_ms) WHERE sent_at_ms IS NOT NULL;

-- Every step a message took, in order. Rows are only ever added.
CREATE TABLE events (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id     TEXT    NOT NULL REFERENCES messages (id),
    at_ms          INTEGER NOT NULL,
    from_state     TEXT,
    to_state       TEXT    NOT NULL,
    cause          TEXT    NOT NULL,
    desktop_id     TEXT,
    person_id      TEXT,
    reported_at_ms INTEGER
) STRICT;
CREATE INDEX events_by_message ON events (message_id, seq);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;

CREATE TABLE message_replies (
    sdr_id         TEXT    NOT NULL REFERENCES sdr_users (id),
    wa_message_id  TEXT    NOT NULL,
    message_id     TEXT    NOT NULL REFERENCES messages (id),
    chat_id        TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    at_ms          INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (sdr_id, wa_message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_by_message ON message_replies (message_id, at_ms);
