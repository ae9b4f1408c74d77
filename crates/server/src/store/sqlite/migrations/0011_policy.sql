-- When messages may begin, and how many. See store/lanes.rs.

-- An office that is there gets the design's hours and caps like a new one: until now it sent at night and
-- on Sundays, which is what these are for. What is queued waits and is not lost; an admin may set other
-- hours. Only the sample office goes on at any hour and without caps.
ALTER TABLE office ADD COLUMN hours TEXT NOT NULL DEFAULT
    '{"mode":"weekly","days":["mon","tue","wed","thu","fri"],"fromMin":540,"toMin":1080,"holidays":[]}';
-- Null for any number.
ALTER TABLE office ADD COLUMN new_leads INTEGER DEFAULT 20;
ALTER TABLE office ADD COLUMN unanswered INTEGER DEFAULT 2;
UPDATE office SET hours = '{"mode":"always"}', new_leads = NULL, unanswered = NULL
WHERE tenant = 'sample-office';

-- An IANA name that counts instead of what the number tells.
ALTER TABLE leads ADD COLUMN time_zone TEXT;

-- The zones that the lead may be in; '?' until the server has looked at the number.
ALTER TABLE messages ADD COLUMN zone_key TEXT NOT NULL DEFAULT '?';
-- No message has ever left to this number.
ALTER TABLE messages ADD COLUMN fresh INTEGER NOT NULL DEFAULT 1;
-- How many have left to it since its last reply.
ALTER TABLE messages ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_in_lanes ON messages (sdr_id, zone_key, fresh, unanswered, seq)
    WHERE state = 'queued';
CREATE INDEX messages_without_zone ON messages (lead_id)
    WHERE zone_key = '?' AND state IN ('queued', 'leased', 'begun', 'review', 'dead');

UPDATE messages SET
    fresh = NOT EXISTS (
        SELECT 1 FROM messages o WHERE o.phone = messages.phone AND o.sent_at_ms IS NOT NULL),
    unanswered = (
        SELECT count(*) FROM messages o WHERE o.phone = messages.phone AND o.sent_at_ms > coalesce((
            SELECT max(min(r.at_ms, r.received_at_ms)) FROM message_replies r
            JOIN messages q ON q.id = r.message_id WHERE q.phone = messages.phone), -1))
WHERE state IN ('queued', 'leased', 'begun', 'review', 'dead');

CREATE TRIGGER zones_are_looked_at_anew AFTER UPDATE OF time_zone ON leads
WHEN OLD.time_zone IS NOT NEW.time_zone BEGIN
    UPDATE messages SET zone_key = '?'
    WHERE lead_id = NEW.id AND state IN ('queued', 'leased', 'begun', 'review', 'dead');
END;
