-- Sessions: one row a sign-in. A refresh changes token_hash, kid, generation, rotated_at and idle_at: no index on them, and
-- room on every page, so that the new row stays on the page of the old one (heap-only) and no index grows.
CREATE TABLE {schema}.sessions (
    id               uuid PRIMARY KEY,
    user_id          {key_type} NOT NULL{references_users},
    epoch            bytea NOT NULL CHECK (octet_length(epoch) = 16),
    token_hash       bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    kid              text NOT NULL CHECK (octet_length(kid) BETWEEN 1 AND 64),
    generation       bigint NOT NULL CHECK (generation >= 0),
    via              text NOT NULL CHECK (via IN ('json', 'console', 'host')),
    idle_ttl         bigint NOT NULL CHECK (idle_ttl >= 0),
    created_at       timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    rotated_at       timestamptz NOT NULL,
    idle_at          timestamptz NOT NULL,
    absolute_at      timestamptz NOT NULL,
    revoked_at       timestamptz,
    revoked_reason   text CHECK (revoked_reason IN ('logout', 'owner', 'admin', 'cap', 'reuse', 'password', 'reset',
                                                    'disabled', 'deleted', 'everywhere', 'replaced')),
    ip               text COLLATE "C" CHECK (octet_length(ip) <= 45),
    user_agent       text CHECK (octet_length(user_agent) <= 256),
    device           text CHECK (octet_length(device) <= 64),
    CHECK (idle_at <= absolute_at),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) WITH (fillfactor = 85);

CREATE INDEX sessions_user ON {schema}.sessions (user_id, id);
CREATE INDEX sessions_absolute ON {schema}.sessions (absolute_at);
CREATE INDEX sessions_ip ON {schema}.sessions (ip, id);

-- The trail has no foreign key: it outlives the users that it is about.
CREATE TABLE {schema}.audit_events (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    code       text COLLATE "C" NOT NULL CHECK (octet_length(code) BETWEEN 1 AND 64),
    outcome    text NOT NULL CHECK (outcome IN ('success', 'failure', 'refused')),
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'cli', 'system', 'anonymous')),
    actor      text COLLATE "C",
    subject    text COLLATE "C" CHECK (octet_length(subject) BETWEEN 1 AND 64),
    session_id uuid,
    identifier text,
    ip         text COLLATE "C" CHECK (octet_length(ip) <= 45),
    user_agent text CHECK (octet_length(user_agent) <= 256),
    device     text CHECK (octet_length(device) <= 64),
    request_id text CHECK (octet_length(request_id) <= 64),
    details    jsonb NOT NULL,
    change     jsonb,
    CHECK ((actor IS NULL) = (actor_kind IN ('system', 'anonymous')))
);

CREATE INDEX audit_events_subject ON {schema}.audit_events (subject, id);
CREATE INDEX audit_events_actor ON {schema}.audit_events (actor, id) WHERE actor IS DISTINCT FROM subject;
CREATE INDEX audit_events_code ON {schema}.audit_events (code, id);

CREATE TABLE {schema}.attempts (
    key           bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    window_start  timestamptz NOT NULL,
    count         integer NOT NULL CHECK (count >= 0),
    streak        integer NOT NULL CHECK (streak >= 0),
    blocked_until timestamptz,
    updated_at    timestamptz NOT NULL
);

CREATE INDEX attempts_updated ON {schema}.attempts (updated_at);

CREATE TABLE {schema}.stats_hourly (
    hour   timestamptz NOT NULL,
    metric text COLLATE "C" NOT NULL,
    n      bigint NOT NULL CHECK (n >= 0),
    PRIMARY KEY (hour, metric)
);

CREATE TABLE {schema}.meta (
    name  text PRIMARY KEY,
    value text NOT NULL
);

-- What statements lock that have no row of their own to lock.
INSERT INTO {schema}.meta (name, value) VALUES ('first_admin', ''), ('retention_floor', ''), ('roll_up_mark', '');

-- Append-only. Only the retention step sets the floor, and takes it away again in the same transaction.
CREATE FUNCTION {schema}.audit_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND old.at < (
        SELECT nullif(value, '')::timestamptz FROM {schema}.meta WHERE name = 'retention_floor'
    ) THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION 'audit_events is append-only: % is refused', TG_OP USING ERRCODE = 'raise_exception';
END
$body$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON {schema}.audit_events
    FOR EACH ROW EXECUTE FUNCTION {schema}.audit_events_are_append_only();

CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON {schema}.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.audit_events_are_append_only();

-- The event with the sessions that a call ended: their number, and at most 200 of their ids.
CREATE FUNCTION {schema}.ending(event jsonb, ids uuid[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $body$
    SELECT event || jsonb_build_object('details', (event -> 'details') || jsonb_build_object(
        'count', cardinality(ids), 'sessions', to_jsonb(ids[1:200])))
$body$;

-- Text with every character that could forge a line, move a cursor or turn the reading direction written as \u{…}.
CREATE FUNCTION {schema}.printable(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $body$
DECLARE
    unsafe CONSTANT text := '[\x01-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]';
    written text := '';
    c text;
BEGIN
    IF given IS NULL OR given !~ unsafe THEN
        RETURN given;
    END IF;
    FOREACH c IN ARRAY string_to_array(given, NULL) LOOP
        written := written || CASE WHEN c ~ unsafe THEN '\u{' || lpad(to_hex(ascii(c)), 4, '0') || '}' ELSE c END;
    END LOOP;
    RETURN written;
END
$body$;

CREATE FUNCTION {schema}.printable_json(given jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $body$
BEGIN
    RETURN CASE jsonb_typeof(given)
        WHEN 'string' THEN to_jsonb({schema}.printable(given #>> '{}'))
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg({schema}.printable_json(item) ORDER BY place), '[]')
                           FROM jsonb_array_elements(given) WITH ORDINALITY AS items (item, place))
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg({schema}.printable(key), {schema}.printable_json(value)), '{}')
                            FROM jsonb_each(given))
        ELSE given
    END;
END
$body$;

-- No event or session that was made at or after an instant has a smaller id: ids begin with their milliseconds.
CREATE FUNCTION {schema}.first_id(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $body$
    SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM at) * 1000), 0)::bigint), 12, '0')
            || '00000000000000000000')::uuid
$body$;
