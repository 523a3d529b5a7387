UPDATE ak_users
SET is_active = ?2, session_epoch = ?3, updated_at = ?4
WHERE id = ?1 AND is_active <> ?2 AND deleted_at IS NULL
