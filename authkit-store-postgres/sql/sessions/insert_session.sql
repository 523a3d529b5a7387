-- $17 the cap without the new session, $18 and $19 the events of the insert and of what has to go for it.
WITH made AS (
    INSERT INTO {schema}.sessions (id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at,
                                   authenticated_at, rotated_at, idle_at, absolute_at, ip, user_agent, device)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
    WHERE {user_exists $2}
    RETURNING id, created_at
),
over AS MATERIALIZED (
    SELECT s.id
    FROM {schema}.sessions AS s, made
    WHERE s.user_id = $2 AND s.epoch = $3 AND s.revoked_at IS NULL AND s.idle_at > $9 AND s.absolute_at > $9
    ORDER BY s.id DESC
    OFFSET $17
),
kept AS MATERIALIZED (
    SELECT s.id FROM {schema}.sessions AS s WHERE s.id IN (SELECT over.id FROM over) ORDER BY s.id FOR UPDATE
),
evicted AS (
    UPDATE {schema}.sessions AS s
    SET revoked_at = $9, revoked_reason = 'cap'
    FROM kept
    WHERE s.id = kept.id AND s.revoked_at IS NULL
    RETURNING s.id
),
ids AS (SELECT count(*) AS n, coalesce(array_agg(evicted.id ORDER BY evicted.id), '{}') AS ids FROM evicted),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM made, jsonb_populate_record(NULL::{schema}.audit_events, $18::jsonb) AS e WHERE $18 IS NOT NULL
),
cap_event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM ids, jsonb_populate_record(NULL::{schema}.audit_events, {schema}.ending($19::jsonb, ids.ids)) AS e
    WHERE $19 IS NOT NULL AND ids.n > 0
)
SELECT ids.ids FROM made, ids
