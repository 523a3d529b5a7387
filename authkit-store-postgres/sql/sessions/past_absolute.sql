-- Rows that somebody holds are left for the next time, so nobody waits; each is asked again where it is removed.
WITH over AS MATERIALIZED (
    SELECT id FROM {schema}.sessions WHERE absolute_at < $1 ORDER BY absolute_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {schema}.sessions AS s USING over WHERE s.id = over.id AND s.absolute_at < $1 RETURNING 1
)
SELECT count(*) FROM gone
