-- $2 the canonical address that must stand, $3 and $4 the new one as typed and canonical, $5 the epoch that must stand. Two
-- users with one address are refused by the unique index, and the statement with it; a row that another program inserted has
-- no canonical address for the index yet, so it is asked for by its own.
WITH cur AS MATERIALIZED (
    SELECT {columns} FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.deleted_at IS NOT NULL THEN 'missing'
        WHEN coalesce(cur.email_key, lower(cur.email)) IS DISTINCT FROM $2 OR cur.session_epoch <> $5 THEN 'stale'
        WHEN $4 <> $2 AND NOT {address_is_free lower($3), $4} THEN 'taken'
        ELSE 'done'
    END AS outcome
    FROM cur
),
done AS (
    UPDATE {users} AS u
    SET {email} = $3, {email_key} = $4{set_verified}{touch $6}
    FROM step
    WHERE step.outcome = 'done' AND u.{id} = $1
    RETURNING 1
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM done, cur, jsonb_populate_record(NULL::{schema}.audit_events, $7::jsonb || CASE WHEN cur.is_verified THEN '{}'
        ELSE jsonb_build_object('change', jsonb_build_object('is_verified', jsonb_build_array(false, true))) END) AS e
    WHERE $7 IS NOT NULL
)
SELECT step.outcome, cur.* FROM step, cur
