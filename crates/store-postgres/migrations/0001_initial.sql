-- Columns called `sealed`, `submitted`, `geo`, `ip`, `detail`, and every element of `timeline`, are encrypted with the installation's data
-- key (AddressVault); fingerprints are keyed hashes. Times are UTC, kept in microseconds.

-- What this installation keeps for itself: its data key (where the operator configured none) and the text that tells a
-- wrong key from the right one.
CREATE TABLE installation (
    name  text  NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE organisation (
    id         uuid        NOT NULL PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    suspended  boolean     NOT NULL,
    settings   json        NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE api_key (
    id              uuid        NOT NULL PRIMARY KEY,
    organisation_id uuid        NOT NULL,
    hash            bytea       NOT NULL UNIQUE,
    kind            text        NOT NULL,
    description     text        NOT NULL,
    scopes          text[]      NOT NULL,       -- empty: everything
    networks        text[]      NOT NULL,       -- CIDR; empty: anywhere
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);

CREATE TABLE customer (
    id                   uuid        NOT NULL PRIMARY KEY,
    organisation_id      uuid        NOT NULL,
    external_fingerprint bytea,                 -- of the platform's own identifier
    address_fingerprint  bytea,                 -- NULL: registered by phone only
    phone_fingerprint    bytea,
    sealed               bytea       NOT NULL,  -- e-mail, name, phone, external identifier
    language             text,
    status               text        NOT NULL,
    password_hash        text,
    links_valid_from     timestamptz,           -- requests accepted before it get no token any more
    sessions_valid_from  timestamptz,           -- sessions begun before it are revoked
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL
) WITH (fillfactor = 90);
-- A fingerprint is made for one organisation and differs in every other, so it needs no organisation beside it.
CREATE UNIQUE INDEX customer_external ON customer (external_fingerprint) WHERE external_fingerprint IS NOT NULL;
CREATE UNIQUE INDEX customer_address ON customer (address_fingerprint) WHERE address_fingerprint IS NOT NULL;
CREATE INDEX customer_phone ON customer (phone_fingerprint) WHERE phone_fingerprint IS NOT NULL;

-- Former password hashes, in the order of their replacement.
CREATE TABLE password_history (
    customer_id uuid        NOT NULL,
    n           bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    hash        text        NOT NULL,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, n)
);

-- Mails that are not at their end: requests and notices alike. `due_at`: NULL for a row that is ready; else when its lease ends
-- (`lease_owner` is set) or when its next step is due. `kind`: 0 contact-reset-password, 1 contact-password-changed.
--
-- Every change of a row leaves a dead version behind, so what changes is kept apart from what is kept: this table holds the
-- work of the moment and is vacuumed in passing; `mail` below is written once per mail and never again.
CREATE TABLE mail_queue (
    accepted_at         timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL,
    due_at              timestamptz,
    attempts            integer     NOT NULL DEFAULT 0,
    kind                smallint    NOT NULL,
    priority            smallint    NOT NULL,
    sandbox             boolean     NOT NULL,
    admitted            boolean,                -- the address budget's verdict; NULL: not asked yet
    id                  uuid        NOT NULL PRIMARY KEY,
    organisation_id     uuid        NOT NULL,
    api_key_id          uuid,
    customer_id         uuid,
    lease_owner         uuid,
    state               text        NOT NULL DEFAULT 'in-queue',
    address_fingerprint bytea,                  -- of the submitted address
    submitted           bytea       NOT NULL,   -- the submitted address, and the IP of who asked
    geo                 bytea,
    timeline            bytea[]     NOT NULL DEFAULT '{}'
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
    vacuum_truncate = false
);
CREATE INDEX mail_queue_ready ON mail_queue (priority DESC, accepted_at, id) WHERE due_at IS NULL;
CREATE INDEX mail_queue_due ON mail_queue (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mail_queue_lease ON mail_queue (lease_owner) WHERE lease_owner IS NOT NULL;

-- Mails at their end. Partitioned by day: an identifier is a UUIDv7 and begins with its time, so a range of identifiers is a
-- range of time, and the identifier alone is the key. Partitions are made ahead and dropped whole by the program; what has
-- none (identifiers of another kind, or from a time when nobody made them) goes to the default partition.
CREATE TABLE mail (
    accepted_at         timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL,
    ended_at            timestamptz NOT NULL,
    attempts            integer     NOT NULL,
    kind                smallint    NOT NULL,
    priority            smallint    NOT NULL,
    sandbox             boolean     NOT NULL,
    admitted            boolean,
    id                  uuid        NOT NULL PRIMARY KEY,
    organisation_id     uuid        NOT NULL,
    api_key_id          uuid,
    customer_id         uuid,
    state               text        NOT NULL,
    no_mail_reason      text,
    address_fingerprint bytea,
    submitted           bytea       NOT NULL,
    geo                 bytea,
    timeline            bytea[]     NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE mail_default PARTITION OF mail DEFAULT;
CREATE INDEX mail_age ON mail (accepted_at, id);
CREATE INDEX mail_organisation ON mail (organisation_id, accepted_at, id);
CREATE INDEX mail_failed ON mail (accepted_at, id) WHERE state IN ('preparing-error', 'sending-error', 'undeliverable');

-- What happened to a link after its mail: opened, scanned, consumed, disowned, flagged. Partitioned like `mail`.
-- `n`: 1 to 100 for notes, which outsiders cause; above for what resetd itself has to say.
CREATE TABLE mail_event (
    mail_id uuid        NOT NULL,
    at      timestamptz NOT NULL,
    n       integer     NOT NULL,
    event   text        NOT NULL,
    detail  bytea,                              -- NULL: nothing to add
    PRIMARY KEY (mail_id, n)
) PARTITION BY RANGE (mail_id);
CREATE TABLE mail_event_default PARTITION OF mail_event DEFAULT;

-- One row per attempt that made a token; several of one request may be good at once.
CREATE TABLE reset_token (
    accepted_at     timestamptz NOT NULL,       -- the request's
    issued_at       timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    superseded_at   timestamptz,
    sandbox         boolean     NOT NULL,
    request_id      uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    customer_id     uuid        NOT NULL,
    hash            bytea       NOT NULL PRIMARY KEY   -- SHA-256
) WITH (fillfactor = 90);
CREATE INDEX reset_token_customer ON reset_token (customer_id, accepted_at, request_id);
CREATE INDEX reset_token_request ON reset_token (request_id);

-- When mails were admitted within the last hour, by submitted address.
CREATE TABLE address_budget (
    last_at             timestamptz   NOT NULL,
    address_fingerprint bytea         NOT NULL PRIMARY KEY,
    admitted            timestamptz[] NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX address_budget_age ON address_budget (last_at);

CREATE TABLE template (
    organisation_id uuid        NOT NULL,
    kind            text        NOT NULL,
    language        text        NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_until     timestamptz,
    subject         text        NOT NULL,
    html            text        NOT NULL,
    text            text        NOT NULL,
    PRIMARY KEY (organisation_id, kind, language, valid_from)
);

CREATE TABLE layout (
    organisation_id uuid        NOT NULL,
    language        text        NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_until     timestamptz,
    html            text        NOT NULL,
    PRIMARY KEY (organisation_id, language, valid_from)
);

-- The chain of deeds; `hash` covers the row and the hash before it. Partitioned by sequence, which is the order of time: the
-- program begins a new partition with each month, so that old ones can be dropped without a gap in the rest.
CREATE TABLE audit (
    sequence        bigint      NOT NULL PRIMARY KEY,
    at              timestamptz NOT NULL,
    organisation_id uuid,
    actor           text        NOT NULL,
    action          text        NOT NULL,
    subject         text        NOT NULL,
    ip              bytea,
    hash            bytea       NOT NULL
) PARTITION BY RANGE (sequence);
CREATE TABLE audit_first PARTITION OF audit FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

-- The end of the chain: one row, whose lock puts appends in order.
CREATE TABLE audit_head (
    one      boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint  NOT NULL,
    hash     bytea   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE import_checkpoint (
    organisation_id uuid   NOT NULL,
    name            text   NOT NULL,
    position        bigint NOT NULL,
    PRIMARY KEY (organisation_id, name)
);
