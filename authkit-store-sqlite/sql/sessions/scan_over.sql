-- One stretch of the table in the order of its key, and whether each row is over: there is no index on what a rotation
-- changes, so the purge walks.
SELECT id, absolute_at < ?1 OR idle_at < ?1 OR coalesce(revoked_at < ?1, 0)
FROM ak_sessions
WHERE id > ?2
ORDER BY id
LIMIT ?3
