-- Where the users are elsewhere there is no row of the user's to lock: one insert after the other as soon as there is a
-- session.
SELECT 1 FROM {schema}.sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id FOR NO KEY UPDATE
