-- For lists of users by the domain of their address. The expression is the one of the list's statement, letter for letter.
CREATE INDEX ak_users_domain ON ak_users (substr(email_key, instr(email_key, '@') + 1));
