UPDATE ak_sessions
SET revoked_at = ?2, revoked_reason = ?3
WHERE id = ?1 AND revoked_at IS NULL
