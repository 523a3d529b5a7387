-- For users in a table that exists already; the names in braces are filled in. What that table gets (email_key,
-- session_epoch, the unique index) depends on what it has, so the code adds it.
-- Times are microseconds since 1970 UTC. Every value comes from the core, so no column has a default.

-- No index on token_hash, generation, rotated_at or idle_at: a rotation changes them.
CREATE TABLE ak_sessions (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id          {key_type} NOT NULL REFERENCES {users.table} ({id}) ON DELETE CASCADE,
    epoch            BLOB    NOT NULL CHECK (length(epoch) = 16),
    token_hash       BLOB    NOT NULL CHECK (length(token_hash) = 32),
    kid              TEXT    NOT NULL CHECK (octet_length(kid) BETWEEN 1 AND 64),
    generation       INTEGER NOT NULL CHECK (generation >= 0),
    via              TEXT    NOT NULL CHECK (via IN ('json', 'console', 'host')),
    idle_ttl         INTEGER NOT NULL CHECK (idle_ttl >= 0),
    created_at       INTEGER NOT NULL CHECK (created_at >= 0),
    authenticated_at INTEGER NOT NULL CHECK (authenticated_at >= 0),
    rotated_at       INTEGER NOT NULL CHECK (rotated_at >= 0),
    idle_at          INTEGER NOT NULL CHECK (idle_at >= 0),
    absolute_at      INTEGER NOT NULL CHECK (absolute_at >= 0),
    revoked_at       INTEGER CHECK (revoked_at >= 0),
    revoked_reason   TEXT CHECK (revoked_reason IN ('logout', 'owner', 'admin', 'cap', 'reuse', 'password', 'reset',
                                                    'disabled', 'deleted', 'everywhere', 'replaced')),
    ip               TEXT CHECK (octet_length(ip) <= 45),
    user_agent       TEXT CHECK (octet_length(user_agent) <= 256),
    device           TEXT CHECK (octet_length(device) <= 64),
    CHECK (idle_at <= absolute_at),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX ak_sessions_user ON ak_sessions (user_id, id);
CREATE INDEX ak_sessions_absolute ON ak_sessions (absolute_at);

-- No foreign key: the trail outlives the users that it is about. With a rowid, since rows are only ever appended; sessions,
-- which are read by key, are kept in the order of their keys.
CREATE TABLE ak_audit_events (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at         INTEGER NOT NULL CHECK (at >= 0),
    code       TEXT    NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 64),
    outcome    TEXT    NOT NULL CHECK (outcome IN ('success', 'failure', 'refused')),
    actor_kind TEXT    NOT NULL CHECK (actor_kind IN ('user', 'cli', 'system', 'anonymous')),
    actor      TEXT,
    subject    TEXT CHECK (octet_length(subject) BETWEEN 1 AND 64),
    session_id BLOB CHECK (length(session_id) = 16),
    identifier TEXT,
    ip         TEXT CHECK (octet_length(ip) <= 45),
    user_agent TEXT CHECK (octet_length(user_agent) <= 256),
    device     TEXT CHECK (octet_length(device) <= 64),
    request_id TEXT CHECK (octet_length(request_id) <= 64),
    details    TEXT    NOT NULL CHECK (json_valid(details)),
    change     TEXT CHECK (json_valid(change)),
    CHECK ((actor IS NULL) = (actor_kind IN ('system', 'anonymous')))
) STRICT;

CREATE INDEX ak_audit_events_subject ON ak_audit_events (subject, id);
CREATE INDEX ak_audit_events_actor ON ak_audit_events (actor, id) WHERE actor IS NOT subject;
CREATE INDEX ak_audit_events_code ON ak_audit_events (code, id);

-- Append-only. A replacing insert would remove the old row without asking a trigger on DELETE.
CREATE TRIGGER ak_audit_events_no_replace BEFORE INSERT ON ak_audit_events
WHEN EXISTS (SELECT 1 FROM ak_audit_events WHERE id = new.id)
    OR EXISTS (SELECT 1 FROM ak_audit_events WHERE rowid = new.rowid)
BEGIN
    SELECT RAISE(ABORT, 'ak_audit_events is append-only: this id is taken');
END;

CREATE TRIGGER ak_audit_events_no_update BEFORE UPDATE ON ak_audit_events
BEGIN
    SELECT RAISE(ABORT, 'ak_audit_events is append-only: no event is ever changed');
END;

-- Only the retention step sets the floor, and takes it away again in the same transaction.
CREATE TRIGGER ak_audit_events_no_delete BEFORE DELETE ON ak_audit_events
WHEN old.at >= coalesce((SELECT CAST(value AS INTEGER) FROM ak_meta WHERE name = 'retention_floor'), 0)
BEGIN
    SELECT RAISE(ABORT, 'ak_audit_events is append-only: only retention removes events');
END;

CREATE TABLE ak_attempts (
    key           BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    window_start  INTEGER NOT NULL CHECK (window_start >= 0),
    count         INTEGER NOT NULL CHECK (count >= 0),
    streak        INTEGER NOT NULL CHECK (streak >= 0),
    blocked_until INTEGER CHECK (blocked_until >= 0),
    updated_at    INTEGER NOT NULL CHECK (updated_at >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX ak_attempts_updated ON ak_attempts (updated_at);

CREATE TABLE ak_stats_hourly (
    hour   INTEGER NOT NULL CHECK (hour >= 0),
    metric TEXT    NOT NULL,
    n      INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (hour, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE ak_meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
