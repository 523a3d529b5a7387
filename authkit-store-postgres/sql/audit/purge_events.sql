-- $1 the instant, $2 an id that every older event is below, $3 how many, $4 the event that tells of it.
WITH over AS MATERIALIZED (
    SELECT id FROM {schema}.audit_events WHERE id < $2 AND at < $1 ORDER BY id LIMIT $3
),
gone AS (
    DELETE FROM {schema}.audit_events AS a USING over WHERE a.id = over.id AND a.at < $1 RETURNING 1
),
n AS (SELECT count(*) AS n FROM gone),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM n, jsonb_populate_record(NULL::{schema}.audit_events,
        $4::jsonb || jsonb_build_object('details', ($4::jsonb -> 'details') || jsonb_build_object('count', n.n))) AS e
    WHERE $4 IS NOT NULL AND n.n > 0
)
SELECT n.n FROM n
