-- The unique index decides between racing inserts of one address. The event's subject is the key that the table gave.
WITH made AS (
    INSERT INTO {users} AS u ({insert_columns})
    SELECT {insert_values} WHERE {address_is_free lower($2), $3}
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
SELECT * FROM made
