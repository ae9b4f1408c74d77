CREATE TABLE recovery_keys (
    sdr_id TEXT PRIMARY KEY REFERENCES sdr_users (id),
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
