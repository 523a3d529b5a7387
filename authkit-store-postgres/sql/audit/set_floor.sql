-- The trigger lets events before the floor go; it stands only inside the transaction that removes them.
UPDATE {schema}.meta SET value = $1 WHERE name = 'retention_floor'
