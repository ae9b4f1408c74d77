CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Empty where it was done at the server.
    desktop_id TEXT NOT NULL,
    id TEXT NOT NULL,
    told_by TEXT NOT NULL,
    sdr_id TEXT,
    entry TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    UNIQUE (desktop_id, id)
) STRICT;
CREATE INDEX audit_of_sdr ON audit (sdr_id, seq);
-- What was done stays done.
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
