SELECT id
FROM ak_audit_events
WHERE id < ?2 AND at < ?1
ORDER BY id
LIMIT ?3
