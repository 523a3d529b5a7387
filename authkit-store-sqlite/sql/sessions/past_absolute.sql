SELECT id
FROM ak_sessions
WHERE absolute_at < ?1
ORDER BY absolute_at
LIMIT ?2
