WITH admin AS MATERIALIZED (
    SELECT 1 FROM {users} AS u WHERE u.{role} = $5 AND u.{is_active} AND NOT {is_deleted} LIMIT 1
),
made AS (
    INSERT INTO {users} AS u ({insert_columns})
    SELECT {insert_values} WHERE NOT EXISTS (SELECT FROM admin) AND {address_is_free lower($2), $3}
    ON CONFLICT ({email_key}) DO NOTHING
    RETURNING {columns}
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM made, jsonb_populate_record(NULL::{schema}.audit_events,
                                     $11::jsonb || jsonb_build_object('subject', made.id::text)) AS e
    WHERE $11 IS NOT NULL
)
SELECT CASE WHEN EXISTS (SELECT FROM admin) THEN 'admin_exists'
            WHEN made.id IS NULL THEN 'email_taken'
            ELSE 'inserted' END AS outcome, made.*
FROM (SELECT 1) AS one LEFT JOIN made ON true
