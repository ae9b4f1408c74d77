-- A phone is linked also by a code that is typed. See store/sqlite/wishes.rs.

-- A check cannot be changed.
ALTER TABLE wishes RENAME TO wishes_before;
CREATE TABLE wishes (
    sdr_id      TEXT    PRIMARY KEY REFERENCES sdr_users (id),
    wish        TEXT    NOT NULL CHECK (wish IN ('link', 'link_by_code', 'disconnect')),
    -- Whose code it is; for link_by_code.
    phone       TEXT,
    asked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO wishes (sdr_id, wish, asked_at_ms) SELECT sdr_id, wish, asked_at_ms FROM wishes_before;
DROP TABLE wishes_before;
