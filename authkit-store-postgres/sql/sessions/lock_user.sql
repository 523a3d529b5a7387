-- One insert after the other for each user: what follows in this transaction sees the sessions of those before.
SELECT 1 FROM {users} AS u WHERE u.{id} = $1 FOR NO KEY UPDATE
