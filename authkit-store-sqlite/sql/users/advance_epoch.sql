UPDATE {users}
SET {session_epoch} = ?3{touch ?4}
WHERE {id} = ?1 AND {epoch} = ?2{alive}
