-- All or none. $1 the keys, $2 the instant; for each key: $3 how many a window allows, $4 the window, and where there is a
-- delay $5 the first, $6 the longest, $7 the failures in a row that block for good ($5 to $7 are -1 where there is none). It
-- says what `authkit_core::take_all` says.
WITH given AS (
    SELECT * FROM unnest($1, $3, $4, $5, $6, $7) AS g (key, most, length, first, longest, stop_after)
),
cur AS MATERIALIZED (
    SELECT * FROM {schema}.attempts WHERE key = ANY ($1) ORDER BY key FOR NO KEY UPDATE
),
judged AS (
    SELECT cur.*, given.most, given.length, given.first, given.longest, given.stop_after,
           greatest(cur.window_start, cur.blocked_until) + given.length AS window_end
    FROM cur JOIN given ON given.key = cur.key
),
verdict AS (
    SELECT count(*) AS n, max(CASE
        WHEN stop_after >= 0 AND streak >= stop_after THEN {end_of_time}
        WHEN blocked_until > $2 THEN blocked_until
        WHEN stop_after < 0 AND count >= most AND $2 < window_end THEN window_end
    END) AS until
    FROM judged
),
next AS (
    SELECT judged.*,
           CASE WHEN $2 >= window_end THEN 0 ELSE count END + 1 AS next_count,
           CASE WHEN $2 >= window_end THEN $2 ELSE least(window_start, $2) END AS next_start,
           CASE WHEN $2 < window_end THEN blocked_until END AS next_blocked
    FROM judged
),
done AS (
    UPDATE {schema}.attempts AS a
    SET window_start = next.next_start, count = next.next_count, streak = a.streak + 1, updated_at = $2,
        blocked_until = CASE
            WHEN next.stop_after >= 0 AND next.next_count >= next.most
            THEN $2 + least(next.first * power(2, least(next.next_count - next.most, 31)), next.longest)
            ELSE next.next_blocked
        END
    FROM next, verdict
    WHERE a.key = next.key AND verdict.until IS NULL AND verdict.n = cardinality($1)
)
SELECT verdict.until, verdict.n, (SELECT min(greatest(most - next_count, 0)) FROM next) FROM verdict
