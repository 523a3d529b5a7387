-- The sessions go with their users (ON DELETE CASCADE).
DELETE FROM {users}
WHERE {id} IN (SELECT {id} FROM {users} WHERE {order.deleted_at} < ?1 ORDER BY {order.deleted_at} LIMIT ?2)
    AND {order.deleted_at} < ?1
