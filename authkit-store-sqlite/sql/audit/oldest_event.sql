SELECT at FROM ak_audit_events ORDER BY id LIMIT 1
