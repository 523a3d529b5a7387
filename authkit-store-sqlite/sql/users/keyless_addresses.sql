-- Addresses that another program wrote and no backfill has seen yet: a handful.
SELECT {email} FROM {users} WHERE {email_key} IS NULL
