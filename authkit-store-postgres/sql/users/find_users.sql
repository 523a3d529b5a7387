SELECT {columns} FROM {users} AS u WHERE u.{id} = ANY ($1)
