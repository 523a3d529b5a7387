-- $1 the keys, $2 how many a window allows.
WITH cur AS MATERIALIZED (
    SELECT key, count, streak, blocked_until FROM {schema}.attempts WHERE key = ANY ($1) ORDER BY key FOR NO KEY UPDATE
)
UPDATE {schema}.attempts AS a
SET count = greatest(cur.count - 1, 0), streak = greatest(cur.streak - 1, 0),
    blocked_until = CASE WHEN greatest(cur.count - 1, 0) < given.most THEN NULL ELSE cur.blocked_until END
FROM cur JOIN unnest($1, $2) AS given (key, most) ON given.key = cur.key
WHERE a.key = cur.key
