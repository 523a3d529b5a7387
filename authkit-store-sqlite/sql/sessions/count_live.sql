SELECT count(*)
FROM ak_sessions
WHERE user_id = ?1 AND epoch = ?2 AND revoked_at IS NULL AND idle_at > ?3 AND absolute_at > ?3
