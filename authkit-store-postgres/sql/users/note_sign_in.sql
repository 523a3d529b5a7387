UPDATE {users} AS u SET {last_sign_in_at} = {last_sign_in_value $2} WHERE u.{id} = $1 AND {last_sign_in} < $2
