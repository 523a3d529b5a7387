-- The open sessions of user $1 that carry epoch $2, but for $3; $4 the instant, $5 the reason.
WITH kept AS MATERIALIZED (
    SELECT id
    FROM {schema}.sessions
    WHERE user_id = $1 AND epoch = $2 AND id IS DISTINCT FROM $3
        AND revoked_at IS NULL AND idle_at > $4 AND absolute_at > $4
    ORDER BY id
    FOR NO KEY UPDATE
),
ended AS (
    UPDATE {schema}.sessions AS s
    SET revoked_at = $4, revoked_reason = $5
    FROM kept
    WHERE s.id = kept.id AND s.revoked_at IS NULL
    RETURNING s.id
),
ids AS (SELECT count(*) AS n, coalesce(array_agg(ended.id ORDER BY ended.id), '{}') AS ids FROM ended),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM ids, jsonb_populate_record(NULL::{schema}.audit_events, {schema}.ending($6::jsonb, ids.ids)) AS e
    WHERE $6 IS NOT NULL AND ids.n > 0
)
SELECT ids.ids FROM ids
