-- $2 the canonical address that was proven.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN coalesce(cur.email_key, lower(cur.email)) IS DISTINCT FROM $2 THEN 'stale'
        WHEN cur.is_verified THEN 'unchanged'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {email_key} = $2{set_verified}{touch $3}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, cur, jsonb_populate_record(NULL::{schema}.audit_events, $4::jsonb || jsonb_build_object(
        'change', jsonb_build_object('is_verified', jsonb_build_array(cur.is_verified, true)))) AS e
    WHERE $4 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
