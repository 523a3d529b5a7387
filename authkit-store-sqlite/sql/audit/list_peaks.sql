-- {index} and {code}: see peaks.rs. ?1 the code, ?2 the begin of the day, ?3 its end, ?4 and ?5 ids that it lies between, ?6 how
-- often at least, ?7 how many peaks, ?8 the length of a day, ?9 the begin of the week before, ?10 and ?11 ids that it lies
-- between.
WITH day AS MATERIALIZED (
    SELECT ip, subject
    FROM ak_audit_events INDEXED BY {index}
    WHERE code = {code} AND id >= ?4 AND id < ?5 AND at >= ?2 AND at < ?3
    ORDER BY id DESC
    LIMIT 20000
),
peaks AS MATERIALIZED (
    SELECT kind, name, n
    FROM (
        SELECT 'ip' AS kind, ip AS name, count(*) AS n FROM day GROUP BY ip
        UNION ALL SELECT 'user', subject, count(*) FROM day GROUP BY subject
    )
    WHERE name IS NOT NULL AND n >= ?6
    ORDER BY n DESC, kind, name
    LIMIT ?7
),
-- Of the newest in the week those alone are kept that a peak is about.
week AS MATERIALIZED (
    SELECT ip, subject, (?2 - 1 - at) / ?8 AS days
    FROM (
        SELECT ip, subject, at
        FROM ak_audit_events INDEXED BY {index}
        WHERE EXISTS (SELECT 1 FROM peaks) AND code = {code} AND id >= ?10 AND id < ?11 AND at >= ?9 AND at < ?2
        ORDER BY id DESC
        LIMIT 100000
    )
    WHERE ip IN (SELECT name FROM peaks WHERE kind = 'ip') OR subject IN (SELECT name FROM peaks WHERE kind = 'user')
)
-- The instant at which a day begins is its own.
SELECT p.kind, p.name, p.n, w.days, count(w.days)
FROM peaks AS p LEFT JOIN week AS w ON CASE p.kind WHEN 'ip' THEN w.ip ELSE w.subject END = p.name
GROUP BY p.n, p.kind, p.name, w.days
ORDER BY p.n DESC, p.kind, p.name
