UPDATE ak_users
SET password_hash = ?2, session_epoch = ?3, updated_at = ?4
WHERE id = ?1 AND password_hash IS ?5 AND session_epoch = ?6 AND is_active = 1 AND deleted_at IS NULL
