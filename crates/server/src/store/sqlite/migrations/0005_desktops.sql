-- The one desktop each SDR is active on. See ActiveDesktop in crates/protocol.
CREATE TABLE active_desktops (
    sdr_id     TEXT    PRIMARY KEY REFERENCES sdr_users (id),
    desktop_id TEXT    NOT NULL,
    name       TEXT,
    epoch      INTEGER NOT NULL,
    since_ms   INTEGER NOT NULL,
    until_ms   INTEGER NOT NULL,
    -- The last claim that leased something.
    last_claim TEXT
) STRICT, WITHOUT ROWID;

ALTER TABLE messages ADD COLUMN claim_id TEXT;

-- In which order numbers were blocked, for the desktops that keep the list.
ALTER TABLE do_not_contact ADD COLUMN seq INTEGER;
UPDATE do_not_contact SET seq = (
    SELECT count(*) FROM do_not_contact o
    WHERE (o.blocked_at_ms, o.phone) <= (do_not_contact.blocked_at_ms, do_not_contact.phone));
CREATE UNIQUE INDEX do_not_contact_in_order ON do_not_contact (seq);
