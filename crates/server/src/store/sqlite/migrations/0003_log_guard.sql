CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_chained BEFORE INSERT ON events
WHEN NEW.hash IS NULL OR NEW.previous IS NOT
    (SELECT coalesce(log_head, zeroblob(32)) FROM messages WHERE id = NEW.message_id)
BEGIN SELECT RAISE(ABORT, 'an event must carry the hash of the one before'); END;
