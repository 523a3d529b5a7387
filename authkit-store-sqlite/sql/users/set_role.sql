UPDATE {users}
SET {role} = ?2{touch ?3}
WHERE {id} = ?1 AND {role} <> ?2{alive}
