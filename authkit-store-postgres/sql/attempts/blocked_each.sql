-- $1 the keys, $2 the instant; for each key: $3 how many a window allows, $4 the window, $5 the failures in a row that block
-- for good (-1: none). A row for each key, in their order; a counter that is not there blocks nobody. Reads only.
SELECT CASE
    WHEN given.stop_after >= 0 AND a.streak >= given.stop_after THEN {end_of_time}
    WHEN a.blocked_until > $2 THEN a.blocked_until
    WHEN given.stop_after < 0 AND a.count >= given.most AND $2 < greatest(a.window_start, a.blocked_until) + given.length
    THEN greatest(a.window_start, a.blocked_until) + given.length
END
FROM unnest($1, $3, $4, $5) WITH ORDINALITY AS given (key, most, length, stop_after, place)
LEFT JOIN {schema}.attempts AS a ON a.key = given.key
ORDER BY given.place
