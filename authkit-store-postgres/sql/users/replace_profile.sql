-- $2 the new profile as JSON, $3 the updated_at that the page showed.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN cur.updated_at <> $3 THEN 'stale'
        WHEN cur.profile = $2::jsonb THEN 'unchanged'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {email_key} = u.{email_key}{set_profile $2}{touch $4}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
change AS (
    SELECT jsonb_object_agg('profile.' || {schema}.printable(name), jsonb_build_array(
        {schema}.printable_json(cur.profile -> name), {schema}.printable_json($2::jsonb -> name))) AS fields
    FROM done, cur, LATERAL (
        SELECT jsonb_object_keys(cur.profile) UNION SELECT jsonb_object_keys($2::jsonb)
    ) AS names (name)
    WHERE cur.profile -> name IS DISTINCT FROM $2::jsonb -> name
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, change, jsonb_populate_record(NULL::{schema}.audit_events,
                                             $5::jsonb || jsonb_build_object('change', change.fields)) AS e
    WHERE $5 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
