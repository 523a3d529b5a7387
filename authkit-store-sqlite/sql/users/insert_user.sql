INSERT INTO {users} ({insert_columns})
VALUES ({insert_values})
