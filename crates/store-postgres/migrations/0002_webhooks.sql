-- Where organisations are told of what happened, and what they are still to be told. `sealed`, `submitted` and `entry` are encrypted
-- with the installation's data key. Nothing that was there before is changed: replicas that do not know these tables go on as they did.

CREATE TABLE webhook_endpoint (
    id              uuid        NOT NULL PRIMARY KEY,
    organisation_id uuid        NOT NULL,
    sealed          bytea       NOT NULL,            -- URL and secret
    events          text[]      NOT NULL,            -- empty: all
    created_at      timestamptz NOT NULL,
    disabled_at     timestamptz,
    failures        integer     NOT NULL DEFAULT 0,  -- calls in a row that failed
    rests_until     timestamptz,                     -- no call before
    last_answer     text
) WITH (fillfactor = 80);
CREATE INDEX webhook_endpoint_active ON webhook_endpoint (organisation_id) WHERE disabled_at IS NULL;

-- One row for each event and endpoint. `due_at`: when the next call is due, or when the lease ends (`lease_owner` is set). No foreign
-- key: to remove an endpoint must not fail the outcome of a mail that is being told to it.
CREATE TABLE webhook_event (
    at          timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0,
    sandbox     boolean     NOT NULL,
    id          uuid        NOT NULL PRIMARY KEY,
    endpoint_id uuid        NOT NULL,
    request_id  uuid        NOT NULL,
    customer_id uuid,
    lease_owner uuid,
    event       text        NOT NULL,
    state       text        NOT NULL DEFAULT 'waiting',  -- waiting, delivered, given-up
    submitted   bytea       NOT NULL,                    -- the submitted address, told masked
    entry       bytea,                                   -- what became of the mail
    last_answer text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX webhook_event_due ON webhook_event (endpoint_id, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_event_leased ON webhook_event (endpoint_id, lease_owner, due_at) WHERE lease_owner IS NOT NULL;
CREATE INDEX webhook_event_endpoint ON webhook_event (endpoint_id, state);
CREATE INDEX webhook_event_age ON webhook_event (state, at);
