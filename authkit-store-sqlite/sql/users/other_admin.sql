-- Whether an active, undeleted user with the role exists besides the one named (none, when ?2 is NULL).
SELECT EXISTS (SELECT 1 FROM ak_users WHERE role = ?1 AND is_active = 1 AND deleted_at IS NULL AND id IS NOT ?2)
