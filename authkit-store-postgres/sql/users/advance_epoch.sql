-- $2 the epoch that must stand, $3 the one to be, $6 the role that must stand.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN cur.session_epoch <> $2 OR cur.role <> $6 THEN 'stale'
        WHEN $2 = $3 THEN 'unchanged'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {session_epoch} = $3{touch $4}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $5::jsonb) AS e WHERE $5 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
