-- After "send as new" the one desktop that may take a message: the device that may still have the
-- old one in its page. See store/review.rs.

ALTER TABLE messages ADD COLUMN pinned_to TEXT;
CREATE INDEX messages_by_state ON messages (state, seq);
