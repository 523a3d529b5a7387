-- $3 the updated_at that the page showed, $4 the role that must stand.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.updated_at <> $3 OR cur.role <> $4 THEN 'stale'
        WHEN cur.deleted_at IS NULL THEN 'not_deleted'
        ELSE 'purged'
    END AS outcome
    FROM cur
),
done AS (
    DELETE FROM {users} AS u USING step WHERE u.{id} = $1 AND step.outcome = 'purged' RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $2::jsonb) AS e WHERE $2 IS NOT NULL
)
SELECT outcome FROM step
