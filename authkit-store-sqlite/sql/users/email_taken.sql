SELECT EXISTS (SELECT 1 FROM ak_users WHERE email_key = ?1)
