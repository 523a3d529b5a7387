-- In the order of ids, like every statement that locks several sessions.
WITH kept AS MATERIALIZED (
    SELECT id
    FROM {schema}.sessions
    WHERE user_id = $1 AND epoch = $2 AND revoked_at IS NULL
    ORDER BY id
    FOR NO KEY UPDATE
),
done AS (
    UPDATE {schema}.sessions AS s
    SET revoked_at = $3, revoked_reason = $4
    FROM kept
    WHERE s.id = kept.id AND s.revoked_at IS NULL
    RETURNING 1
)
SELECT count(*) FROM done
