SELECT id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, authenticated_at, rotated_at, idle_at,
       absolute_at, revoked_at, revoked_reason, ip, user_agent, device
FROM {schema}.sessions
WHERE id = $1
