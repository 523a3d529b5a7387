-- Which rows are over was read before; here it is asked again, since a rotation may have come between.
DELETE FROM ak_sessions
WHERE id = ?1 AND (absolute_at < ?2 OR idle_at < ?2 OR revoked_at < ?2)
