-- What the dashboard needs: browsers' sessions, what it wants of desktops, and stops.

-- When a browser's token ends by itself; a desktop's does not.
ALTER TABLE desktop_tokens ADD COLUMN ends_at_ms INTEGER;

-- What a person wants of an SDR's WhatsApp, until it is so. See Wish in crates/protocol.
CREATE TABLE wishes (
    sdr_id      TEXT    PRIMARY KEY REFERENCES sdr_users (id),
    wish        TEXT    NOT NULL CHECK (wish IN ('link', 'disconnect')),
    asked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- SDRs to whom nothing more is leased for now.
CREATE TABLE stopped_sdrs (
    sdr_id        TEXT    PRIMARY KEY REFERENCES sdr_users (id),
    stopped_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_by_creation ON messages (created_at_ms);
