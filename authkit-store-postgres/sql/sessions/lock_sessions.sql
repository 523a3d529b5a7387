-- Where the users are elsewhere there is no row of the user's to lock: one insert after the other for each key. Held by the
-- transaction, so a pooler may stand in between. Locks on the sessions themselves would be taken in another order than that
-- of the eviction, which also takes what was inserted meanwhile.
SELECT pg_advisory_xact_lock(hashtextextended('authkit sign-in ' || $1, 0))
