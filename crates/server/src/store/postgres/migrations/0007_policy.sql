-- When messages may begin, and how many. See store/lanes.rs.

-- An office that is there gets the design's hours and caps like a new one: until now it sent at night and
-- on Sundays, which is what these are for. What is queued waits and is not lost; an admin may set other
-- hours. Only the sample office goes on at any hour and without caps.
ALTER TABLE hotdesk_queue.office
    ADD COLUMN hours      TEXT   NOT NULL DEFAULT
        '{"mode":"weekly","days":["mon","tue","wed","thu","fri"],"fromMin":540,"toMin":1080,"holidays":[]}',
    -- Null for any number.
    ADD COLUMN new_leads  BIGINT DEFAULT 20,
    ADD COLUMN unanswered BIGINT DEFAULT 2;
UPDATE hotdesk_queue.office SET hours = '{"mode":"always"}', new_leads = NULL, unanswered = NULL
WHERE tenant = 'sample-office';

-- An IANA name that counts instead of what the number tells. The office's own table may have it.
ALTER TABLE leads ADD COLUMN IF NOT EXISTS time_zone TEXT;

ALTER TABLE hotdesk_queue.messages
    -- The zones that the lead may be in; '?' until the server has looked at the number.
    ADD COLUMN zone_key   TEXT   COLLATE "C" NOT NULL DEFAULT '?',
    -- 1 if no message has ever left to this number, else 0.
    ADD COLUMN fresh      BIGINT NOT NULL DEFAULT 1,
    -- How many have left to it since its last reply.
    ADD COLUMN unanswered BIGINT NOT NULL DEFAULT 0;
CREATE INDEX messages_in_lanes ON hotdesk_queue.messages (sdr_id, zone_key, fresh, unanswered, seq)
    WHERE state = 'queued';
CREATE INDEX messages_without_zone ON hotdesk_queue.messages (lead_id)
    WHERE zone_key = '?' AND state IN ('queued', 'leased', 'begun', 'review', 'dead');

UPDATE hotdesk_queue.messages m SET
    fresh = (NOT EXISTS (
        SELECT 1 FROM hotdesk_queue.messages o
        WHERE o.phone = m.phone AND o.sent_at_ms IS NOT NULL))::int,
    unanswered = (
        SELECT count(*) FROM hotdesk_queue.messages o
        WHERE o.phone = m.phone AND o.sent_at_ms > coalesce((
            SELECT max(least(r.at_ms, r.received_at_ms)) FROM hotdesk_queue.message_replies r
            JOIN hotdesk_queue.messages q ON q.id = r.message_id WHERE q.phone = m.phone), -1))
WHERE state IN ('queued', 'leased', 'begun', 'review', 'dead');

CREATE FUNCTION hotdesk_queue.look_at_zone_anew() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE hotdesk_queue.messages SET zone_key = '?'
    WHERE lead_id = NEW.id::text AND state IN ('queued', 'leased', 'begun', 'review', 'dead');
    RETURN NULL;
END $$;
CREATE TRIGGER zones_are_looked_at_anew AFTER UPDATE OF time_zone ON leads
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)
    EXECUTE FUNCTION hotdesk_queue.look_at_zone_anew();
