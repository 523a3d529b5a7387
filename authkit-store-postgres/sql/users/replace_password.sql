-- $2 the hash that allowed it, $3 the new one, $4 the epoch that must stand, $5 the one to be.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN cur.password_hash IS DISTINCT FROM $2 OR NOT cur.is_active OR cur.session_epoch <> $4 THEN 'stale'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {password_hash} = $3, {session_epoch} = $5{touch $6}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $7::jsonb) AS e WHERE $7 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
