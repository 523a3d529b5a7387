-- What follows in this transaction sees every first administrator that was made before.
SELECT 1 FROM {schema}.meta WHERE name = 'first_admin' FOR UPDATE
