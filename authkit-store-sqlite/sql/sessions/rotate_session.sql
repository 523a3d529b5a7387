-- What `decide` made of the row; the guard repeats what it was decided on.
UPDATE ak_sessions
SET token_hash = ?3, kid = ?4, generation = ?5, rotated_at = ?6, idle_at = ?7
WHERE id = ?1 AND token_hash = ?2 AND revoked_at IS NULL
