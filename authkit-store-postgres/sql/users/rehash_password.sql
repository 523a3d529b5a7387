-- $2 the hash that was verified, $3 the same password under today's parameters. Moves no epoch and no updated_at.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN cur.password_hash IS DISTINCT FROM $2 THEN 'stale'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {password_hash} = $3
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.* FROM done, jsonb_populate_record(NULL::{schema}.audit_events, $4::jsonb) AS e WHERE $4 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
