-- The sessions go with their users (ON DELETE CASCADE).
DELETE FROM ak_users
WHERE id IN (SELECT id FROM ak_users WHERE deleted_at < ?1 ORDER BY deleted_at LIMIT ?2) AND deleted_at < ?1
