-- $2 the digest that was presented, $3 its successor's, $4 the key that signs it, $5 the grace, $6 the instant; $7, $8 and $9
-- the events of a rotation, a replay and a reuse. The locking read returns the newest version of the row, whatever the
-- statement's snapshot holds; nothing here is decided by a plain sub-select. It says what `authkit_core::decide` says.
WITH cur AS MATERIALIZED (
    SELECT id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, authenticated_at, rotated_at,
           idle_at, absolute_at, revoked_at, revoked_reason, ip, user_agent, device
    FROM {schema}.sessions
    WHERE id = $1
    FOR NO KEY UPDATE
),
step AS (
    SELECT CASE
        WHEN cur.revoked_at IS NOT NULL THEN 'revoked'
        WHEN $6 >= cur.idle_at OR $6 >= cur.absolute_at THEN 'expired'
        WHEN cur.token_hash = $2 THEN 'rotated'
        WHEN cur.token_hash <> $3 OR $6 > cur.rotated_at + $5 THEN 'reused'
        WHEN $6 < cur.rotated_at - least($5, interval '5 seconds') THEN 'clock_behind'
        ELSE 'replayed'
    END AS outcome
    FROM cur
),
rotated AS (
    UPDATE {schema}.sessions AS s
    SET token_hash = $3, kid = $4, generation = s.generation + 1, rotated_at = $6,
        idle_at = least($6 + s.idle_ttl * interval '1 second', s.absolute_at)
    FROM step
    WHERE step.outcome = 'rotated' AND s.id = $1
),
reused AS (
    UPDATE {schema}.sessions AS s
    SET revoked_at = $6, revoked_reason = 'reuse'
    FROM step
    WHERE step.outcome = 'reused' AND s.id = $1
),
told AS (
    SELECT CASE step.outcome WHEN 'rotated' THEN $7 WHEN 'replayed' THEN $8 WHEN 'reused' THEN $9 END AS event FROM step
),
event AS (
    INSERT INTO {schema}.audit_events
    SELECT e.*
    FROM told, jsonb_populate_record(NULL::{schema}.audit_events, told.event::jsonb) AS e
    WHERE told.event IS NOT NULL
)
SELECT cur.*, step.outcome FROM cur, step
