-- $1 the codes, $2 the begin, $3 the end, $4 the hours of a span, $5 and $6 ids that the last two days lie between: bound, so that
-- the server knows how few rows that are. What the statistics do not hold yet is counted from the trail, those two days of it.
WITH trail AS MATERIALIZED (
    SELECT greatest($2, $3 - interval '48 hours', nullif(value, '')::timestamptz) AS begin_at
    FROM {schema}.meta
    WHERE name = 'roll_up_mark'
),
counted AS (
    SELECT hour AS at, metric AS code, n
    FROM {schema}.stats_hourly
    WHERE hour >= $2 AND hour < $3 AND metric = ANY ($1)
    UNION ALL
    SELECT e.at, e.code, 1
    FROM trail, {schema}.audit_events AS e
    WHERE e.code = ANY ($1)
        AND e.id >= {schema}.first_id(trail.begin_at - interval '10 minutes')
        AND e.id >= $5 AND e.id < $6
        AND e.at >= trail.begin_at AND e.at < $3
)
SELECT $2 + floor(date_part('epoch', at - $2) / (3600 * $4)) * $4 * interval '1 hour' AS start, code, sum(n)::bigint
FROM counted
GROUP BY 1, 2
ORDER BY 1, 2
