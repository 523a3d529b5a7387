UPDATE ak_users
SET is_verified = 1, updated_at = ?3
WHERE id = ?1 AND email_key = ?2 AND is_verified = 0 AND deleted_at IS NULL
