-- Where organisations are told of what happened, and what they are still to be told. `sealed` and `reply` are encrypted with the
-- data key. Nothing that was there before is changed: programs that do not know these tables go on as they did.

CREATE TABLE webhook_endpoint (
    id              BLOB    NOT NULL PRIMARY KEY,
    organisation_id BLOB    NOT NULL,
    sealed          BLOB    NOT NULL,            -- URL and secret
    events          TEXT    NOT NULL,            -- JSON array of event types; empty: all
    created_at      INTEGER NOT NULL,
    disabled_at     INTEGER,
    failures        INTEGER NOT NULL DEFAULT 0,  -- calls in a row that failed
    rests_until     INTEGER,                     -- no call before
    last_answer     TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_endpoint_active ON webhook_endpoint (organisation_id) WHERE disabled_at IS NULL;

-- One row for each event and endpoint. `due_at`: when the next call is due, or when the lease ends (`lease_owner` is set).
CREATE TABLE webhook_event (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE,
    endpoint_id    BLOB    NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    event          TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    request_id     BLOB    NOT NULL,
    sandbox        INTEGER NOT NULL,
    address_masked TEXT    NOT NULL,
    customer_id    BLOB,
    expires_at     INTEGER NOT NULL,
    host           TEXT,
    reply          BLOB,
    state          TEXT    NOT NULL DEFAULT 'waiting',  -- waiting, delivered, given-up
    due_at         INTEGER NOT NULL,
    lease_owner    BLOB,
    attempts       INTEGER NOT NULL DEFAULT 0,
    last_answer    TEXT
) STRICT;
CREATE INDEX webhook_event_due ON webhook_event (endpoint_id, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_event_leased ON webhook_event (endpoint_id, due_at) WHERE lease_owner IS NOT NULL;
CREATE INDEX webhook_event_endpoint ON webhook_event (endpoint_id, state);
CREATE INDEX webhook_event_age ON webhook_event (state, at);
