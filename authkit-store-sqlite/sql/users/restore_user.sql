UPDATE {users}
SET {deleted_at} = NULL, {session_epoch} = ?2{touch ?3}
WHERE {id} = ?1{dead}
