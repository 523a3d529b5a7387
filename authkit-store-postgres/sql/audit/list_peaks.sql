-- $1 the code, $2 the end of the day, $3 its begin, $4 the begin of the week before, $5 how often at least, $6 how many peaks, $7 and
-- $8 ids that the day lies between, $9 and $10 ids that the week lies between: bound, so that the server knows how few rows
-- that are, and reckons none of it for each.
WITH day AS MATERIALIZED (
    SELECT ip, subject
    FROM {schema}.audit_events
    WHERE code = $1 AND id >= $7 AND id < $8 AND at >= $3 AND at < $2
    ORDER BY id DESC
    LIMIT 20000
),
peaks AS MATERIALIZED (
    SELECT kind, name, n
    FROM (
        SELECT 'ip' AS kind, ip AS name, count(*) AS n FROM day GROUP BY ip
        UNION ALL SELECT 'user', subject, count(*) FROM day GROUP BY subject
    ) AS counted
    WHERE name IS NOT NULL AND n >= $5
    ORDER BY n DESC, kind, name
    LIMIT $6
),
newest AS (
    SELECT ip, subject, at
    FROM {schema}.audit_events
    WHERE EXISTS (SELECT FROM peaks) AND code = $1 AND id >= $9 AND id < $10 AND at >= $4 AND at < $3
    ORDER BY id DESC
    LIMIT 100000
),
-- Of those in the week the ones that a peak is about.
kept AS MATERIALIZED (
    SELECT ip, subject, at
    FROM newest
    WHERE ip IN (SELECT name FROM peaks WHERE kind = 'ip') OR subject IN (SELECT name FROM peaks WHERE kind = 'user')
),
-- The instant at which a day begins is its own.
week AS (
    SELECT kind, name, (ceil(date_part('epoch', $3 - at) / 86400) - 1)::bigint AS days, count(*) AS n
    FROM (SELECT 'ip' AS kind, ip AS name, at FROM kept UNION ALL SELECT 'user', subject, at FROM kept) AS of
    GROUP BY kind, name, days
)
SELECT p.kind, p.name, p.n, w.days, w.n
FROM peaks AS p LEFT JOIN week AS w USING (kind, name)
ORDER BY p.n DESC, p.kind, p.name
