-- For what the console counts of users, so that no row is read for it: the same indexes as before, which now tell of
-- deleted users too.
DROP INDEX ak_users_last_sign_in;
CREATE INDEX ak_users_last_sign_in ON ak_users (last_sign_in_at, id, is_active, deleted_at);
DROP INDEX ak_users_role;
CREATE INDEX ak_users_role ON ak_users (role, id, deleted_at);
DROP INDEX ak_users_verified;
CREATE INDEX ak_users_verified ON ak_users (is_verified, id, deleted_at);
DROP INDEX ak_users_disabled;
CREATE INDEX ak_users_disabled ON ak_users (id, deleted_at) WHERE is_active = 0;
DROP INDEX ak_users_domain;
CREATE INDEX ak_users_domain ON ak_users (substr(email_key, instr(email_key, '@') + 1), deleted_at);
-- That of the addresses is unique and cannot: from its count, that of the deleted ones is taken away.
DROP INDEX ak_users_deleted;
CREATE INDEX ak_users_deleted ON ak_users (deleted_at, email_key) WHERE deleted_at IS NOT NULL;
