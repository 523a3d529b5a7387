UPDATE {users}
SET {deleted_at} = ?3, {session_epoch} = ?2{touch ?3}
WHERE {id} = ?1{alive}
