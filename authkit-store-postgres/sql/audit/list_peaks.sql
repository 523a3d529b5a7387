-- $1 the code, $2 the end of the day, $3 how often at least, $4 how many peaks, $5 and $6 ids that the day lies between, $7 and
-- $8 ids that the week before lies between: bound, so that the server knows how few rows that are.
WITH day AS MATERIALIZED (
    SELECT ip, subject
    FROM {schema}.audit_events
    WHERE code = $1 AND id >= $5 AND id < $6 AND at >= $2 - interval '24 hours' AND at < $2
    ORDER BY id DESC
    LIMIT 20000
),
peaks AS MATERIALIZED (
    SELECT kind, name, count(*) AS n
    FROM day, LATERAL (VALUES ('ip', ip), ('user', subject)) AS of (kind, name)
    WHERE name IS NOT NULL
    GROUP BY kind, name
    HAVING count(*) >= $3
    ORDER BY n DESC, kind, name
    LIMIT $4
),
newest AS (
    SELECT ip, subject, at
    FROM {schema}.audit_events
    WHERE EXISTS (SELECT FROM peaks)
        AND code = $1 AND id >= $7 AND id < $8
        AND at >= $2 - interval '192 hours' AND at < $2 - interval '24 hours'
    ORDER BY id DESC
    LIMIT 100000
),
-- Those alone that a peak is about. The instant at which a day begins is its own.
week AS (
    SELECT kind, name, (ceil(extract(epoch FROM $2 - interval '24 hours' - at) / 86400) - 1)::bigint AS days, count(*) AS n
    FROM newest, LATERAL (VALUES ('ip', ip), ('user', subject)) AS of (kind, name)
    WHERE ip IN (SELECT name FROM peaks WHERE kind = 'ip') OR subject IN (SELECT name FROM peaks WHERE kind = 'user')
    GROUP BY kind, name, days
)
SELECT p.kind, p.name, p.n, w.days, w.n
FROM peaks AS p LEFT JOIN week AS w USING (kind, name)
ORDER BY p.n DESC, p.kind, p.name
