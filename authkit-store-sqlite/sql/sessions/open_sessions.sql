-- A user's open sessions of one epoch, newest first, but for one (none, when ?4 is NULL).
SELECT id
FROM ak_sessions
WHERE user_id = ?1 AND epoch = ?2 AND revoked_at IS NULL AND idle_at > ?3 AND absolute_at > ?3 AND id IS NOT ?4
ORDER BY id DESC
