CREATE TABLE hotdesk_queue.audit (
    seq            BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    -- Empty where it was done at the server.
    desktop_id     TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    told_by        TEXT   NOT NULL,
    sdr_id         TEXT,
    entry          TEXT   NOT NULL,
    at_ms          BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    UNIQUE (desktop_id, id)
);
CREATE INDEX audit_of_sdr ON hotdesk_queue.audit (sdr_id, seq);
-- What was done stays done.
CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE OR DELETE ON hotdesk_queue.audit
    FOR EACH ROW EXECUTE FUNCTION hotdesk_queue.refuse_change('the audit is only added to');
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON hotdesk_queue.audit
    FOR EACH STATEMENT EXECUTE FUNCTION hotdesk_queue.refuse_change('the audit is only added to');
