UPDATE {users}
SET {is_active} = ?2, {session_epoch} = ?3{touch ?4}
WHERE {id} = ?1 AND {is_active} <> ?2{alive}
