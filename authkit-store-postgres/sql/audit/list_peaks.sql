-- $1 the code, $2 the end of the day, $3 how often at least, $4 how many peaks.
WITH day AS MATERIALIZED (
    SELECT ip, subject
    FROM {schema}.audit_events
    WHERE code = $1
        AND id >= {schema}.first_id($2 - interval '1450 minutes') AND id < {schema}.first_id($2 + interval '10 minutes')
        AND at >= $2 - interval '24 hours' AND at < $2
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
week AS MATERIALIZED (
    SELECT ip, subject, at
    FROM {schema}.audit_events
    WHERE EXISTS (SELECT FROM peaks)
        AND code = $1
        AND id >= {schema}.first_id($2 - interval '11530 minutes') AND id < {schema}.first_id($2 - interval '1430 minutes')
        AND at >= $2 - interval '192 hours' AND at < $2 - interval '24 hours'
    ORDER BY id DESC
    LIMIT 100000
)
-- The instant at which a day begins is its own.
SELECT p.kind, p.name, p.n, (ceil(extract(epoch FROM $2 - interval '24 hours' - w.at) / 86400) - 1)::bigint AS days, count(w.at)
FROM peaks AS p LEFT JOIN week AS w ON CASE p.kind WHEN 'ip' THEN w.ip ELSE w.subject END = p.name
GROUP BY p.n, p.kind, p.name, days
ORDER BY p.n DESC, p.kind, p.name
