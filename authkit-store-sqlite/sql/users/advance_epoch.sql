UPDATE ak_users
SET session_epoch = ?3, updated_at = ?4
WHERE id = ?1 AND session_epoch = ?2 AND deleted_at IS NULL
