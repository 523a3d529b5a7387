-- One stretch of $4 rows in the order of the key, from $2 on: there is no index on what a rotation changes, so the purge
-- walks. At most $3 of them go; rows that somebody holds are left for the next time. Answers how many went, and the last row
-- that was looked at.
WITH stretch AS MATERIALIZED (
    SELECT id, idle_at < $1 OR revoked_at < $1 OR absolute_at < $1 AS is_over
    FROM {schema}.sessions
    WHERE id > $2
    ORDER BY id
    LIMIT $4
),
over AS MATERIALIZED (
    SELECT id
    FROM {schema}.sessions
    WHERE id IN (SELECT id FROM stretch WHERE is_over ORDER BY id LIMIT $3)
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.sessions AS s
    USING over
    WHERE s.id = over.id AND (s.idle_at < $1 OR s.revoked_at < $1 OR s.absolute_at < $1)
    RETURNING 1
),
looked AS (
    SELECT coalesce((SELECT id FROM stretch WHERE is_over ORDER BY id OFFSET $3 - 1 LIMIT 1),
                    (SELECT id FROM stretch ORDER BY id DESC LIMIT 1)) AS last
)
SELECT (SELECT count(*) FROM gone), looked.last, (SELECT count(*) FROM stretch) FROM looked
