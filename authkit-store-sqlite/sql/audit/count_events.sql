-- ?1 the codes as JSON, ?2 the begin, ?3 the end, ?4 the length of a span, ?5 from where on the trail itself is counted, ?6 and
-- ?7 ids that all of that lies between.
SELECT ?2 + (at - ?2) / ?4 * ?4 AS start, code, sum(n)
FROM (
    SELECT hour AS at, metric AS code, n
    FROM ak_stats_hourly
    WHERE hour >= ?2 AND hour < ?3 AND metric IN (SELECT value FROM json_each(?1))
    UNION ALL
    SELECT at, code, 1
    FROM ak_audit_events INDEXED BY ak_audit_events_code
    WHERE code IN (SELECT value FROM json_each(?1)) AND id >= ?6 AND id < ?7 AND at >= ?5 AND at < ?3
)
GROUP BY start, code
ORDER BY start, code
