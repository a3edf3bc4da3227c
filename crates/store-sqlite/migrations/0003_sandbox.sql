-- The sandbox of DEV_ keys: customers and captured mail of its own. A sandbox customer's `address_fingerprint` is made so that it
-- never equals a live one; `updated_at` says when it was used last.

ALTER TABLE customer ADD COLUMN sandbox INTEGER NOT NULL DEFAULT 0;
CREATE INDEX customer_sandbox ON customer (organisation_id, updated_at) WHERE sandbox = 1;

-- `sealed`: the mail as JSON. There is a link in it.
CREATE TABLE sandbox_mail (
    id              BLOB    NOT NULL PRIMARY KEY,
    organisation_id BLOB    NOT NULL,
    captured_at     INTEGER NOT NULL,
    sealed          BLOB    NOT NULL
) STRICT;
CREATE INDEX sandbox_mail_newest ON sandbox_mail (organisation_id, captured_at, id);
CREATE INDEX sandbox_mail_age ON sandbox_mail (captured_at, id);

-- Links of DEV_ keys from before belong to live customers: none of them sets a password any more.
UPDATE reset_token SET superseded_at = unixepoch() * 1000 WHERE used_at IS NULL AND superseded_at IS NULL
    AND mail IN (SELECT seq FROM mail WHERE sandbox = 1);
-- Their requests still in the queue count against no live budget.
UPDATE mail SET address_fingerprint = id WHERE sandbox = 1 AND kind = 0 AND stage <> 3;
-- Passwords that they did change are live customers', who get the notice.
UPDATE mail SET sandbox = 0 WHERE sandbox = 1 AND kind = 1 AND stage <> 3;
