UPDATE ak_sessions
SET revoked_at = ?3, revoked_reason = ?4
WHERE user_id = ?1 AND epoch = ?2 AND revoked_at IS NULL
