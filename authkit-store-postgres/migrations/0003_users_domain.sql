-- For lists of users by the domain of their address.
CREATE INDEX users_domain ON {schema}.users (split_part(email_key, '@', 2));
