DELETE FROM ak_attempts WHERE key = ?1
