UPDATE {users}
SET {is_verified} = 1{touch ?3}
WHERE {id} = ?1 AND {key_is ?2} AND {is_verified} = 0{alive}
