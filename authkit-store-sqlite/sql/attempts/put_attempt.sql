INSERT INTO ak_attempts (key, window_start, count, streak, blocked_until, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (key) DO UPDATE
SET window_start = excluded.window_start, count = excluded.count, streak = excluded.streak,
    blocked_until = excluded.blocked_until, updated_at = excluded.updated_at
