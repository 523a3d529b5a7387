-- The users are in a table of the application's own: two columns more. The canonical addresses are filled in and made
-- unique after this step, by the core's own canonicaliser.

ALTER TABLE {users}
    ADD COLUMN IF NOT EXISTS {session_epoch} bytea CHECK (octet_length({session_epoch}) = 16),
    ADD COLUMN IF NOT EXISTS {email_key} text COLLATE "C";
