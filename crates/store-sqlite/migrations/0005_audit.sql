-- The audit log gets a key: `mac` authenticates a row and all before it, and the row `audit-seal` of `installation` the log's end.
-- Rows from before have none. The mark says that this is why, and goes with the first row that has one.
ALTER TABLE audit ADD COLUMN mac BLOB;
INSERT INTO installation (name, value)
SELECT 'audit-unkeyed', x'' WHERE EXISTS (SELECT 1 FROM organisation) OR EXISTS (SELECT 1 FROM audit);
