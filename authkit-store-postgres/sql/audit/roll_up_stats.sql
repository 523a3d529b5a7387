-- Counts whole hours from where the last call stopped: at most $2 of them, up to $1. The mark is locked first, so two calls
-- never count one hour twice.
WITH mark AS MATERIALIZED (
    SELECT nullif(value, '')::timestamptz AS at FROM {schema}.meta WHERE name = 'roll_up_mark' FOR UPDATE
),
start AS (
    SELECT coalesce(mark.at, (
        SELECT date_trunc('hour', e.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        FROM {schema}.audit_events AS e
        ORDER BY e.id
        LIMIT 1
    )) AS at
    FROM mark
),
span AS (
    SELECT start.at AS begin_at, least($1, start.at + $2 * interval '1 hour') AS end_at FROM start WHERE start.at < $1
),
counted AS (
    INSERT INTO {schema}.stats_hourly (hour, metric, n)
    SELECT date_trunc('hour', e.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', e.code, count(*)
    FROM span, {schema}.audit_events AS e
    WHERE e.id >= {schema}.first_id(span.begin_at - interval '10 minutes')
        AND e.id < {schema}.first_id(span.end_at + interval '10 minutes')
        AND e.at >= span.begin_at AND e.at < span.end_at
    GROUP BY 1, 2
),
moved AS (
    UPDATE {schema}.meta SET value = {instant span.end_at} FROM span WHERE name = 'roll_up_mark'
)
SELECT (extract(epoch FROM span.end_at - span.begin_at) / 3600)::bigint FROM span
