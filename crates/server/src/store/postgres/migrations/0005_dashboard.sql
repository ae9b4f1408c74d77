-- What the dashboard needs: browsers' sessions, what it wants of desktops, and stops.

-- When a browser's token ends by itself; a desktop's does not.
ALTER TABLE hotdesk_queue.desktop_tokens ADD COLUMN ends_at_ms BIGINT;

-- What a person wants of an SDR's WhatsApp, until it is so. See Wish in crates/protocol.
CREATE TABLE hotdesk_queue.wishes (
    sdr_id      TEXT   PRIMARY KEY,
    wish        TEXT   NOT NULL CHECK (wish IN ('link', 'disconnect')),
    asked_at_ms BIGINT NOT NULL
);

-- SDRs to whom nothing more is leased for now.
CREATE TABLE hotdesk_queue.stopped_sdrs (
    sdr_id        TEXT   PRIMARY KEY,
    stopped_at_ms BIGINT NOT NULL
);

CREATE INDEX messages_by_creation ON hotdesk_queue.messages (created_at_ms);
