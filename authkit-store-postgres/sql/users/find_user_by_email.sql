SELECT {columns} FROM {users} AS u WHERE u.{email_key} = $1
