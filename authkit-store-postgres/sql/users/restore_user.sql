-- $2 the new epoch, $5 the updated_at that the page showed, $6 the role that must stand.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.updated_at <> $5 OR cur.role <> $6 THEN 'stale'
        WHEN cur.deleted_at IS NULL THEN 'unchanged'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {session_epoch} = $2{set_deleted NULL}{touch $3}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, cur, jsonb_populate_record(NULL::{schema}.audit_events, $4::jsonb || jsonb_build_object(
        'change', jsonb_build_object('deleted_at', jsonb_build_array({instant cur.deleted_at}, NULL)))) AS e
    WHERE $4 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
