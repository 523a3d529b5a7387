INSERT INTO {schema}.audit_events
SELECT e.* FROM jsonb_populate_record(NULL::{schema}.audit_events, $1::jsonb) AS e
