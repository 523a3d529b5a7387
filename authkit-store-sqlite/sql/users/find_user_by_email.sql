SELECT {columns}
FROM {users}
WHERE {email_key} = ?1
