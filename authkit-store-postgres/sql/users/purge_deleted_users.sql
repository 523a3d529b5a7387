-- A row that somebody is changing is left for the next time, so nobody waits. The condition stands outside too: a user who
-- was restored meanwhile stays.
WITH over AS MATERIALIZED (
    SELECT u.{id} AS id FROM {users} AS u
    WHERE {deleted_at} < $1
    ORDER BY {deleted_at}
    LIMIT $2
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM {users} AS u USING over WHERE u.{id} = over.id AND {deleted_at} < $1 RETURNING 1
)
SELECT count(*) FROM gone
