-- Texts that are kept, one text for many leads, and what a first message must say. See store/campaigns.rs.

-- What leads know the office by; null until an admin says it.
ALTER TABLE office ADD COLUMN name TEXT;
-- 1 if the first message to a lead must name the SDR, the office and a word that ends it.
ALTER TABLE office ADD COLUMN name_first INTEGER NOT NULL DEFAULT 0;

CREATE TABLE templates (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    -- The name in lower case.
    name_key      TEXT    NOT NULL UNIQUE,
    text          TEXT    NOT NULL,
    changed_by    TEXT    NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE campaigns (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    -- SHA-256 of what was asked for, to know a call that is repeated.
    asked           BLOB    NOT NULL CHECK (length(asked) = 32),
    created_by      TEXT    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    starts_at_ms    INTEGER NOT NULL,
    total           INTEGER NOT NULL,
    cancelled_by    TEXT,
    cancelled_at_ms INTEGER,
    -- 1 once all that was queued when it was cancelled is withdrawn.
    withdrawn       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Fixed when the campaign is made, the text too.
CREATE TABLE campaign_recipients (
    campaign_id TEXT    NOT NULL REFERENCES campaigns (id),
    n           INTEGER NOT NULL,
    lead_id     TEXT    NOT NULL,
    -- Whose the lead was then, or whose turn it was.
    sdr_id      TEXT,
    text        TEXT,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'queued', 'skipped', 'withdrawn')),
    reason      TEXT,
    message_id  TEXT,
    PRIMARY KEY (campaign_id, n),
    CHECK (state <> 'waiting' OR (sdr_id IS NOT NULL AND text IS NOT NULL))
) STRICT;
CREATE INDEX campaign_recipients_waiting ON campaign_recipients (campaign_id, n)
    WHERE state = 'waiting';
CREATE INDEX campaign_recipients_by_state ON campaign_recipients (campaign_id, state, reason);

ALTER TABLE messages ADD COLUMN campaign_id TEXT;
CREATE INDEX messages_of_campaign ON messages (campaign_id, seq) WHERE campaign_id IS NOT NULL;
CREATE INDEX messages_of_campaign_by_state ON messages (campaign_id, state)
    WHERE campaign_id IS NOT NULL;
