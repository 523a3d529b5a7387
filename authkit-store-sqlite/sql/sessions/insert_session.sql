INSERT INTO ak_sessions (id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, authenticated_at,
                         rotated_at, idle_at, absolute_at, revoked_at, revoked_reason, ip, user_agent, device)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
