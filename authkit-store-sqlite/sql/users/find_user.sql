SELECT id, email, email_key, password_hash, role, is_active, is_verified, session_epoch, profile, created_at, updated_at,
       last_sign_in_at, deleted_at
FROM ak_users
WHERE id = ?1
