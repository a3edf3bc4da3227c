-- The audit log gets a key: `mac` authenticates a row and all before it, and `seal` the log's end. Rows from before, and of replicas
-- that do not know it yet, have none. The mark says that this is why, and goes with the first row that has one.
ALTER TABLE audit ADD COLUMN mac bytea;
ALTER TABLE audit_head ADD COLUMN seal bytea;
INSERT INTO installation (name, value)
SELECT 'audit-unkeyed', ''::bytea WHERE EXISTS (SELECT 1 FROM organisation) OR EXISTS (SELECT 1 FROM audit);
