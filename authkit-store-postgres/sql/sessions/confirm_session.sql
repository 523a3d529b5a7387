WITH done AS (
    UPDATE {schema}.sessions
    SET authenticated_at = greatest(authenticated_at, $2)
    WHERE id = $1 AND revoked_at IS NULL AND idle_at > $2 AND absolute_at > $2
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $3::jsonb) AS e WHERE $3 IS NOT NULL
)
SELECT count(*) FROM done
