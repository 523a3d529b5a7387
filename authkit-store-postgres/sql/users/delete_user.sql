-- $2 the new epoch, $3 the role of which one must remain, $4 the updated_at that the page showed, $7 the role
-- that must stand. See set_active.sql.
WITH locked AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u
    WHERE u.{id} = $1 OR (u.{role} = $3 AND u.{is_active} AND NOT {is_deleted})
    ORDER BY u.{id}
    FOR NO KEY UPDATE
),
cur AS (SELECT * FROM locked WHERE locked.id = $1),
step AS (
    SELECT CASE
        WHEN cur.updated_at <> $4 OR cur.role <> $7 THEN 'stale'
        WHEN cur.deleted_at IS NOT NULL THEN 'unchanged'
        WHEN cur.is_active AND cur.role = $3 AND NOT EXISTS (SELECT FROM locked WHERE locked.id <> $1) THEN 'last_admin'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    {delete $2 $5}
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, cur, jsonb_populate_record(NULL::{schema}.audit_events, $6::jsonb || jsonb_build_object(
        'change', jsonb_build_object('deleted_at', jsonb_build_array(NULL, {instant $5})))) AS e
    WHERE $6 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
