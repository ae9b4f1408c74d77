-- The log of a message becomes a chain of hashes; see store/proof.rs.

DROP TRIGGER events_are_never_changed;
ALTER TABLE events ADD COLUMN generation INTEGER;
ALTER TABLE events ADD COLUMN wa_message_id TEXT;
ALTER TABLE events ADD COLUMN note TEXT;
ALTER TABLE events ADD COLUMN previous BLOB;
ALTER TABLE events ADD COLUMN hash BLOB;
ALTER TABLE messages ADD COLUMN log_head BLOB;
