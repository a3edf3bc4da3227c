-- The sandbox of DEV_ keys: customers and captured mail of its own. A sandbox customer's `address_fingerprint` is made so that it
-- never equals a live one; `updated_at` says when it was used last.

ALTER TABLE customer ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
CREATE INDEX customer_sandbox ON customer (organisation_id, updated_at, id) WHERE sandbox;

-- `sealed`: the mail as JSON. There is a link in it.
CREATE TABLE sandbox_mail (
    captured_at     timestamptz NOT NULL,
    id              uuid        NOT NULL PRIMARY KEY,
    organisation_id uuid        NOT NULL,
    sealed          bytea       NOT NULL
);
CREATE INDEX sandbox_mail_newest ON sandbox_mail (organisation_id, captured_at, id);
CREATE INDEX sandbox_mail_age ON sandbox_mail (captured_at, id);

-- Links of DEV_ keys from before belong to live customers: none of them sets a password any more.
UPDATE reset_token SET superseded_at = now() WHERE sandbox AND used_at IS NULL AND superseded_at IS NULL;
-- Their requests still in the queue count against no live budget.
UPDATE mail_queue SET address_fingerprint = uuid_send(id) WHERE sandbox AND kind = 0;
-- Passwords that they did change are live customers', who get the notice.
UPDATE mail_queue SET sandbox = false WHERE sandbox AND kind = 1;
