UPDATE ak_users
SET email = ?3, email_key = ?4, is_verified = 1, updated_at = ?6
WHERE id = ?1 AND email_key = ?2 AND session_epoch = ?5 AND deleted_at IS NULL
