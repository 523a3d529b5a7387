UPDATE ak_users
SET role = ?2, updated_at = ?3
WHERE id = ?1 AND role <> ?2 AND deleted_at IS NULL
