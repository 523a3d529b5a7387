SELECT id, at, code, outcome, actor_kind, actor, subject, session_id, identifier, ip, user_agent, device, request_id, details,
       change
FROM {schema}.audit_events
WHERE id = $1
