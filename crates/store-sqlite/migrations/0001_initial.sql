-- Times are INTEGER milliseconds since the Unix epoch, UTC. Identifiers are the 16 bytes of a UUID. `sealed`, `submitted`, `geo`,
-- every `reply` and every `detail` are encrypted with the data key (AddressVault): servers like to quote the address in
-- their replies. Fingerprints are keyed hashes.

-- What this installation keeps for itself: its data key (where the operator configured none) and the text that tells a
-- wrong key from the right one.
CREATE TABLE installation (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisation (
    id         BLOB    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    suspended  INTEGER NOT NULL,
    settings   TEXT    NOT NULL,            -- JSON
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key (
    id              BLOB    NOT NULL PRIMARY KEY,
    organisation_id BLOB    NOT NULL,
    hash            BLOB    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    scopes          TEXT    NOT NULL,       -- JSON array; empty: everything
    networks        TEXT    NOT NULL,       -- JSON array of CIDR; empty: anywhere
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    revoked_at      INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    seq                 INTEGER PRIMARY KEY,
    id                  BLOB    NOT NULL UNIQUE,
    organisation_id     BLOB    NOT NULL,
    external_id         TEXT,
    address_fingerprint BLOB,               -- NULL: registered by phone only
    phone_fingerprint   BLOB,
    sealed              BLOB    NOT NULL,   -- e-mail, name, phone
    language            TEXT,
    status              TEXT    NOT NULL,
    password_hash       TEXT,
    links_valid_from    INTEGER NOT NULL,   -- requests accepted before it get no token any more
    sessions_valid_from INTEGER NOT NULL,   -- sessions begun before it are revoked
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX customer_external ON customer (organisation_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX customer_address ON customer (address_fingerprint) WHERE address_fingerprint IS NOT NULL;
CREATE INDEX customer_phone ON customer (phone_fingerprint) WHERE phone_fingerprint IS NOT NULL;

-- Former password hashes, oldest first.
CREATE TABLE password_history (
    customer_id BLOB    NOT NULL REFERENCES customer (id),
    n           INTEGER NOT NULL,
    hash        TEXT    NOT NULL,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, n)
) STRICT, WITHOUT ROWID;

-- Requests and notice mails alike. `stage` says which queue index a row is in:
--   0 ready, 1 leased (`due_at`: the lease's end), 2 waiting (`due_at`: when), 3 ended (`due_at`: when it did).
-- `kind`: 0 contact-reset-password, 1 contact-password-changed.
CREATE TABLE mail (
    seq                 INTEGER PRIMARY KEY,
    id                  BLOB    NOT NULL UNIQUE,
    kind                INTEGER NOT NULL,
    stage               INTEGER NOT NULL,
    state               TEXT    NOT NULL,
    organisation_id     BLOB    NOT NULL,
    api_key_id          BLOB,
    sandbox             INTEGER NOT NULL,
    priority            INTEGER NOT NULL,
    accepted_at         INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL,
    address_fingerprint BLOB,               -- of the submitted address
    address_masked      TEXT    NOT NULL,   -- for the operator's eyes
    submitted           BLOB    NOT NULL,   -- the submitted address, and the IP of who asked
    due_at              INTEGER,            -- NULL: accepted_at
    lease_owner         BLOB,
    admitted            INTEGER,            -- the address budget's verdict; NULL: not asked yet
    attempts            INTEGER NOT NULL DEFAULT 0,
    customer_id         BLOB,
    geo                 BLOB,               -- JSON
    no_mail_reason      TEXT,
    last_reply          BLOB,               -- a reason that belongs to no attempt; NULL: the last attempt's reply
    sent_at             INTEGER
) STRICT;
CREATE INDEX mail_ready ON mail (priority DESC, accepted_at) WHERE stage = 0;
CREATE INDEX mail_leased ON mail (due_at) WHERE stage = 1;
CREATE INDEX mail_waiting ON mail (due_at, state, accepted_at) WHERE stage = 2;
CREATE INDEX mail_ended ON mail (state, accepted_at) WHERE stage = 3;

CREATE TABLE mail_attempt (
    mail    INTEGER NOT NULL REFERENCES mail (seq) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    host    TEXT    NOT NULL,
    reply   BLOB    NOT NULL,
    outcome TEXT    NOT NULL,               -- the state it led to
    PRIMARY KEY (mail, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_event (
    mail   INTEGER NOT NULL REFERENCES mail (seq) ON DELETE CASCADE,
    n      INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    event  TEXT    NOT NULL,
    detail BLOB,                            -- NULL: nothing to add
    PRIMARY KEY (mail, n)
) STRICT, WITHOUT ROWID;

-- One row per attempt that made a token; several of one request may be good at once.
CREATE TABLE reset_token (
    mail          INTEGER NOT NULL REFERENCES mail (seq) ON DELETE CASCADE,
    n             INTEGER NOT NULL,
    hash          BLOB    NOT NULL UNIQUE,  -- SHA-256
    customer_id   BLOB    NOT NULL,
    issued_at     INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    used_at       INTEGER,
    superseded_at INTEGER,
    PRIMARY KEY (mail, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX reset_token_open ON reset_token (customer_id) WHERE used_at IS NULL AND superseded_at IS NULL;

-- Mails admitted within the last hour, by submitted address.
CREATE TABLE address_budget (
    address_fingerprint BLOB    NOT NULL,
    admitted_at         INTEGER NOT NULL,
    mail                INTEGER NOT NULL,
    PRIMARY KEY (address_fingerprint, admitted_at, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_budget_age ON address_budget (admitted_at);

CREATE TABLE template (
    organisation_id BLOB    NOT NULL,
    kind            TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    valid_from      INTEGER NOT NULL,
    valid_until     INTEGER,
    subject         TEXT    NOT NULL,
    html            TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    PRIMARY KEY (organisation_id, kind, language, valid_from)
) STRICT;

CREATE TABLE layout (
    organisation_id BLOB    NOT NULL,
    language        TEXT    NOT NULL,
    valid_from      INTEGER NOT NULL,
    valid_until     INTEGER,
    html            TEXT    NOT NULL,
    PRIMARY KEY (organisation_id, language, valid_from)
) STRICT;

-- The chain of deeds; `hash` covers the row and the hash before it.
CREATE TABLE audit (
    sequence        INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    organisation_id BLOB,
    actor           TEXT    NOT NULL,
    action          TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    ip              TEXT,
    hash            BLOB    NOT NULL
) STRICT;

CREATE TABLE import_checkpoint (
    organisation_id BLOB    NOT NULL,
    name            TEXT    NOT NULL,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, name)
) STRICT, WITHOUT ROWID;
