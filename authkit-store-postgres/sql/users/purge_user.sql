WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR UPDATE
),
done AS (
    DELETE FROM {users} AS u USING cur WHERE u.{id} = $1 AND cur.deleted_at IS NOT NULL RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $2::jsonb) AS e WHERE $2 IS NOT NULL
)
SELECT CASE WHEN cur.deleted_at IS NULL THEN 'not_deleted' ELSE 'purged' END AS outcome FROM cur
