-- Rows for what was never counted, so that the next statement has something to lock. In the order of keys, like every
-- statement that locks several counters.
INSERT INTO {schema}.attempts (key, window_start, count, streak, blocked_until, updated_at)
SELECT given.key, $2, 0, 0, NULL, $2 FROM unnest($1) AS given (key) ORDER BY given.key
ON CONFLICT (key) DO NOTHING
