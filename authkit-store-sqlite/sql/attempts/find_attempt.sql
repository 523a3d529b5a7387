SELECT key, window_start, count, streak, blocked_until, updated_at
FROM ak_attempts
WHERE key = ?1
