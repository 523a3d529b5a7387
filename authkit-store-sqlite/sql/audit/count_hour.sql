SELECT code, count(*)
FROM ak_audit_events
WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND at < ?4
GROUP BY code
