DELETE FROM ak_audit_events
WHERE id = ?1 AND at < ?2
