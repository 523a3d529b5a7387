UPDATE ak_users
SET deleted_at = ?3, session_epoch = ?2, updated_at = ?3
WHERE id = ?1 AND deleted_at IS NULL
