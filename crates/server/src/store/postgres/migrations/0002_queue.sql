-- The queue. Times are UTC milliseconds since the Unix epoch. Ids of people and leads are text here,
-- whatever their type in the office's tables, so nothing references those.

CREATE TABLE hotdesk_queue.office (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    tenant         TEXT    NOT NULL,
    time_zone      TEXT    NOT NULL,
    gap_ms         BIGINT  NOT NULL,
    daily_messages BIGINT  NOT NULL,
    ack_stuck_ms   BIGINT  NOT NULL
);

-- A token itself is never stored, only its SHA-256.
CREATE TABLE hotdesk_queue.desktop_tokens (
    token_hash    BYTEA  PRIMARY KEY,
    sdr_id        TEXT   NOT NULL,
    desktop_id    TEXT,
    created_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);
CREATE INDEX desktop_tokens_by_holder ON hotdesk_queue.desktop_tokens (sdr_id, desktop_id);

CREATE TABLE hotdesk_queue.recovery_keys (
    sdr_id TEXT  PRIMARY KEY,
    key    BYTEA NOT NULL CHECK (octet_length(key) = 32)
);

-- The one desktop each SDR is active on. See ActiveDesktop in crates/protocol.
CREATE TABLE hotdesk_queue.active_desktops (
    sdr_id     TEXT   PRIMARY KEY,
    desktop_id TEXT   NOT NULL,
    name       TEXT,
    epoch      BIGINT NOT NULL,
    since_ms   BIGINT NOT NULL,
    until_ms   BIGINT NOT NULL,
    -- The last claim that leased something.
    last_claim TEXT
);

-- Files that messages carry. Their bytes lie in the server's folder for files, under their SHA-256.
CREATE TABLE hotdesk_queue.files (
    id            TEXT   PRIMARY KEY,
    kind          TEXT   NOT NULL CHECK (kind IN ('image', 'document')),
    file_name     TEXT   NOT NULL,
    mime_type     TEXT   NOT NULL,
    size_bytes    BIGINT NOT NULL,
    sha256        TEXT   NOT NULL,
    uploaded_by   TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE hotdesk_queue.messages (
    seq            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id             TEXT   NOT NULL UNIQUE,
    sdr_id         TEXT   NOT NULL,
    lead_id        TEXT   NOT NULL,
    phone          TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    file_id        TEXT   REFERENCES hotdesk_queue.files (id),
    generation     BIGINT NOT NULL DEFAULT 0,
    state          TEXT   NOT NULL CHECK (state IN ('queued', 'leased', 'begun', 'sent', 'delivered',
                                                    'read', 'failed', 'dead', 'cancelled', 'review')),
    attempts       BIGINT NOT NULL DEFAULT 0,
    expired_leases BIGINT NOT NULL DEFAULT 0,
    lease_token    TEXT,
    lease_desktop  TEXT,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    claim_id       TEXT,
    -- After "send as new" the one desktop that may take it. See store/review.rs.
    pinned_to      TEXT,
    profile_epoch  TEXT,
    wa_message_id  TEXT,
    chat_id        TEXT,
    problem        TEXT,
    created_at_ms  BIGINT NOT NULL,
    begun_at_ms    BIGINT,
    sent_at_ms     BIGINT,
    -- The hash of its last event.
    log_head       BYTEA
);
CREATE INDEX messages_by_sdr ON hotdesk_queue.messages (sdr_id, state, seq);
CREATE INDEX messages_by_chat ON hotdesk_queue.messages (sdr_id, phone, state, seq);
CREATE INDEX messages_by_phone ON hotdesk_queue.messages (phone, state);
CREATE INDEX messages_by_state ON hotdesk_queue.messages (state, seq);
CREATE INDEX messages_by_day ON hotdesk_queue.messages (sdr_id, sent_at_ms)
    WHERE sent_at_ms IS NOT NULL;
CREATE INDEX messages_by_file ON hotdesk_queue.messages (file_id, sdr_id) WHERE file_id IS NOT NULL;

CREATE TABLE hotdesk_queue.message_replies (
    sdr_id         TEXT   NOT NULL,
    wa_message_id  TEXT   NOT NULL,
    message_id     TEXT   NOT NULL REFERENCES hotdesk_queue.messages (id),
    chat_id        TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    at_ms          BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (sdr_id, wa_message_id)
);
CREATE INDEX replies_by_message ON hotdesk_queue.message_replies (message_id, at_ms);
