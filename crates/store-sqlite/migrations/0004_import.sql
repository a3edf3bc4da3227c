-- Partial writes of customers. A password that a reset set is replaced only by one that was changed later.
ALTER TABLE customer ADD COLUMN password_reset_at INTEGER;  -- NULL: the present password was not set by a reset
ALTER TABLE customer ADD COLUMN revision INTEGER;           -- the greatest one applied; NULL: none was given
-- A reset wrote the same time into both, and whatever changed the password later moved the second.
UPDATE customer SET password_reset_at = sessions_valid_from
  FROM reset_token t WHERE t.customer_id = customer.id AND t.used_at = customer.sessions_valid_from;
