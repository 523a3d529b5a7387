-- $2 active or not, $3 the new epoch, $4 the role of which one must remain, $5 the updated_at that the page showed, $8 the role
-- that the actor was judged by.
-- The administrators are locked with the row, in one order, and counted in what the locks returned: a count in a sub-select
-- would be of the statement's old snapshot.
WITH locked AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u
    WHERE u.{id} = $1 OR (NOT $2 AND u.{role} = $4 AND u.{is_active} AND NOT {is_deleted})
    ORDER BY u.{id}
    FOR NO KEY UPDATE
),
cur AS (SELECT * FROM locked WHERE locked.id = $1),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN cur.updated_at <> $5 OR cur.role <> $8 THEN 'stale'
        WHEN cur.is_active = $2 THEN 'unchanged'
        WHEN NOT $2 AND cur.role = $4 AND NOT EXISTS (SELECT FROM locked WHERE locked.id <> $1) THEN 'last_admin'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {is_active} = $2, {session_epoch} = $3{touch $6}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, cur, jsonb_populate_record(NULL::{schema}.audit_events, $7::jsonb || jsonb_build_object(
        'change', jsonb_build_object('is_active', jsonb_build_array(cur.is_active, $2)))) AS e
    WHERE $7 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
