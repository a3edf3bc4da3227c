-- Partial writes of customers. A password that a reset set is replaced only by one that was changed later.
ALTER TABLE customer
    ADD COLUMN password_reset_at timestamptz,  -- NULL: the present password was not set by a reset
    ADD COLUMN revision          bigint;       -- the greatest one applied; NULL: none was given
-- A reset wrote the same time into both, and whatever changed the password later moved the second.
UPDATE customer c SET password_reset_at = c.sessions_valid_from
FROM reset_token t WHERE t.customer_id = c.id AND t.used_at = c.sessions_valid_from;
