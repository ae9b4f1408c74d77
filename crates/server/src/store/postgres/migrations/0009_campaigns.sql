-- Texts that are kept, one text for many leads, and what a first message must say. See store/campaigns.rs.

ALTER TABLE hotdesk_queue.office
    -- What leads know the office by; null until an admin says it.
    ADD COLUMN name       TEXT,
    -- The first message to a lead must name the SDR, the office and a word that ends it.
    ADD COLUMN name_first BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE hotdesk_queue.templates (
    id            TEXT   PRIMARY KEY,
    name          TEXT   NOT NULL,
    -- The name in lower case.
    name_key      TEXT   COLLATE "C" NOT NULL UNIQUE,
    text          TEXT   NOT NULL,
    changed_by    TEXT   NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE hotdesk_queue.campaigns (
    seq             BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id              TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    -- SHA-256 of what was asked for, to know a call that is repeated.
    asked           BYTEA   NOT NULL CHECK (octet_length(asked) = 32),
    created_by      TEXT    NOT NULL,
    created_at_ms   BIGINT  NOT NULL,
    starts_at_ms    BIGINT  NOT NULL,
    total           BIGINT  NOT NULL,
    cancelled_by    TEXT,
    cancelled_at_ms BIGINT,
    -- Set once all that was queued when it was cancelled is withdrawn.
    withdrawn       BOOLEAN NOT NULL DEFAULT false
);

-- Fixed when the campaign is made, the text too.
CREATE TABLE hotdesk_queue.campaign_recipients (
    campaign_id TEXT   NOT NULL REFERENCES hotdesk_queue.campaigns (id),
    n           BIGINT NOT NULL,
    lead_id     TEXT   NOT NULL,
    -- Whose the lead was then, or whose turn it was.
    sdr_id      TEXT,
    text        TEXT,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'queued', 'skipped', 'withdrawn')),
    reason      TEXT,
    message_id  TEXT,
    PRIMARY KEY (campaign_id, n),
    CHECK (state <> 'waiting' OR (sdr_id IS NOT NULL AND text IS NOT NULL))
);
CREATE INDEX campaign_recipients_waiting ON hotdesk_queue.campaign_recipients (campaign_id, n)
    WHERE state = 'waiting';
CREATE INDEX campaign_recipients_by_state
    ON hotdesk_queue.campaign_recipients (campaign_id, state, reason);

ALTER TABLE hotdesk_queue.messages ADD COLUMN campaign_id TEXT;
CREATE INDEX messages_of_campaign ON hotdesk_queue.messages (campaign_id, seq)
    WHERE campaign_id IS NOT NULL;
CREATE INDEX messages_of_campaign_by_state ON hotdesk_queue.messages (campaign_id, state)
    WHERE campaign_id IS NOT NULL;
