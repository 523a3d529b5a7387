INSERT INTO ak_audit_events (id, at, code, outcome, actor_kind, actor, subject, session_id, identifier, ip, user_agent,
                             device, request_id, details, change)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
