-- A phone is linked also by a code that is typed. See store/postgres/wishes.rs.

ALTER TABLE hotdesk_queue.wishes
    DROP CONSTRAINT wishes_wish_check,
    ADD CONSTRAINT wishes_wish_check CHECK (wish IN ('link', 'link_by_code', 'disconnect')),
    -- Whose code it is; for link_by_code.
    ADD COLUMN phone TEXT;
