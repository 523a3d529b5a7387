UPDATE {users}
SET {email} = ?3, {email_key} = ?4{verify}{touch ?6}
WHERE {id} = ?1 AND {key_is ?2} AND {epoch} = ?5{alive}
