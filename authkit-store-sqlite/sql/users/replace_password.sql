UPDATE {users}
SET {password_hash} = ?2, {session_epoch} = ?3{touch ?4}
WHERE {id} = ?1 AND {password_hash} IS ?5 AND {epoch} = ?6 AND {is_active} = 1{alive}
