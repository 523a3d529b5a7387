DELETE FROM ak_attempts
WHERE key IN (SELECT key FROM ak_attempts WHERE updated_at < ?1 ORDER BY updated_at LIMIT ?2) AND updated_at < ?1
