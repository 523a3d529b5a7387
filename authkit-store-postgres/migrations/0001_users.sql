-- AuthKit's own users. Every value comes from the core, so no column has a default.

CREATE TABLE {schema}.users (
    id              text COLLATE "C" PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 64),
    email           text NOT NULL,
    email_key       text COLLATE "C" NOT NULL CHECK (octet_length(email_key) BETWEEN 1 AND 254),
    password_hash   text,
    role            text COLLATE "C" NOT NULL CHECK (octet_length(role) BETWEEN 1 AND 50),
    is_active       boolean NOT NULL,
    is_verified     boolean NOT NULL,
    session_epoch   bytea NOT NULL CHECK (octet_length(session_epoch) = 16),
    profile         jsonb NOT NULL CHECK (jsonb_typeof(profile) = 'object'),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz NOT NULL,
    deleted_at      timestamptz
);

CREATE UNIQUE INDEX users_email_key ON {schema}.users (email_key);
CREATE INDEX users_created ON {schema}.users (created_at, id);
CREATE INDEX users_last_sign_in ON {schema}.users (last_sign_in_at, id);
CREATE INDEX users_role ON {schema}.users (role, id);
CREATE INDEX users_verified ON {schema}.users (is_verified, id);
CREATE INDEX users_disabled ON {schema}.users (id) WHERE NOT is_active;
CREATE INDEX users_deleted ON {schema}.users (deleted_at) WHERE deleted_at IS NOT NULL;
