SELECT count(s.id)
FROM unnest($1::{key_type}[], $2::bytea[]) WITH ORDINALITY AS given (user_id, epoch, place)
LEFT JOIN {schema}.sessions AS s ON s.user_id = given.user_id AND s.epoch = given.epoch
    AND s.revoked_at IS NULL AND s.idle_at > $3 AND s.absolute_at > $3
GROUP BY given.place
ORDER BY given.place
