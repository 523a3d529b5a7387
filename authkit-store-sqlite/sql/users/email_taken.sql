SELECT EXISTS (SELECT 1 FROM {users} WHERE {email_key} = ?1)
