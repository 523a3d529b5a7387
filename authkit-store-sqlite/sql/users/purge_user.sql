-- Where the table has no mark of deletion, this is the deletion itself.
DELETE FROM {users}
WHERE {id} = ?1{dead}
