WITH cur AS MATERIALIZED (
    SELECT key FROM {schema}.attempts WHERE key = ANY ($1) ORDER BY key FOR UPDATE
)
DELETE FROM {schema}.attempts AS a USING cur WHERE a.key = cur.key
