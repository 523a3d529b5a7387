-- ?1 the codes as JSON, ?2 the begin, ?3 the end, ?4 the length of a span, ?5 from where on the trail itself is counted, all of
-- them starts of an hour. An id lies at most ten minutes (see `lowest` and `highest`) from its event's instant, so forty
-- minutes of an hour are counted by ids alone, which no row is read for; around its start each event tells its hour.
WITH RECURSIVE hours (at) AS (
    SELECT ?5 UNION ALL SELECT at + 3600000000 FROM hours WHERE at < ?3
),
ids AS MATERIALIZED (
    SELECT at,
        unhex(printf('%012x', at / 1000 - 600000) || '00000000000000000000') AS before,
        unhex(printf('%012x', at / 1000 + 600000) || '00000000000000000000') AS after,
        unhex(printf('%012x', at / 1000 + 3000000) || '00000000000000000000') AS last
    FROM hours
),
codes AS MATERIALIZED (SELECT DISTINCT value AS code FROM json_each(?1))
SELECT ?2 + (at - ?2) / ?4 * ?4 AS start, code, sum(n)
FROM (
    SELECT hour AS at, metric AS code, n
    FROM ak_stats_hourly
    WHERE hour >= ?2 AND hour < ?3 AND metric IN (SELECT code FROM codes)
    UNION ALL
    SELECT i.at, c.code, (
        SELECT count(*)
        FROM ak_audit_events AS e INDEXED BY ak_audit_events_code
        WHERE e.code = c.code AND e.id >= i.after AND e.id < i.last
    )
    FROM ids AS i CROSS JOIN codes AS c
    WHERE i.at < ?3
    UNION ALL
    SELECT e.at, c.code, 1
    FROM ids AS i CROSS JOIN codes AS c CROSS JOIN ak_audit_events AS e INDEXED BY ak_audit_events_code
    WHERE e.code = c.code AND e.id >= i.before AND e.id < i.after AND e.at >= ?5 AND e.at < ?3
)
GROUP BY start, code
HAVING sum(n) > 0
ORDER BY start, code
