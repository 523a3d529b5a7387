DELETE FROM ak_users
WHERE id = ?1 AND deleted_at IS NOT NULL
