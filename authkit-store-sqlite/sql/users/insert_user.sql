INSERT INTO ak_users (id, email, email_key, password_hash, role, is_active, is_verified, session_epoch, profile,
                      created_at, updated_at, last_sign_in_at, deleted_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10, NULL)
