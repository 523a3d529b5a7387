UPDATE {users}
SET {last_sign_in_at} = ?2
WHERE {id} = ?1 AND {order.last_sign_in_at} < ?3
