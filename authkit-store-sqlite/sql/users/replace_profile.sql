UPDATE {users}
SET {set_profile}{touch ?3}
WHERE {id} = ?1{alive}
