UPDATE ak_users
SET deleted_at = NULL, session_epoch = ?2, updated_at = ?3
WHERE id = ?1 AND deleted_at IS NOT NULL
