WITH over AS MATERIALIZED (
    SELECT key FROM {schema}.attempts WHERE updated_at < $1 ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.attempts AS a USING over WHERE a.key = over.key AND a.updated_at < $1 RETURNING 1
)
SELECT count(*) FROM gone
