-- Whether an active, undeleted user with the role exists besides the one named (none, when ?2 is NULL).
SELECT EXISTS (SELECT 1 FROM {users} WHERE {role} = ?1 AND {is_active} = 1{alive} AND {id} IS NOT ?2)
