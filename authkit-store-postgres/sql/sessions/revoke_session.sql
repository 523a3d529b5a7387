-- $2 the owner, if it must be this one's, $3 the instant, $4 the reason.
WITH cur AS MATERIALIZED (
    SELECT id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, authenticated_at, rotated_at,
           idle_at, absolute_at, revoked_at, revoked_reason, ip, user_agent, device
    FROM {schema}.sessions
    WHERE id = $1 AND ($2 IS NULL OR user_id = $2)
    FOR NO KEY UPDATE
),
done AS (
    UPDATE {schema}.sessions AS s
    SET revoked_at = $3, revoked_reason = $4
    FROM cur
    WHERE s.id = cur.id AND cur.revoked_at IS NULL
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $5::jsonb) AS e WHERE $5 IS NOT NULL
)
SELECT * FROM cur
