UPDATE ak_sessions
SET authenticated_at = max(authenticated_at, ?2)
WHERE id = ?1 AND revoked_at IS NULL AND idle_at > ?2 AND absolute_at > ?2
