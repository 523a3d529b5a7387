//! Why a database could not be opened, and how to mend it.

use std::error::Error;
use std::fmt;

use authkit_core::OpenCode;
use authkit_sql::{TableProblem, lines};

/// Why a store could not be opened: what is wrong, where, and what to do about it.
///
/// `target` is where the store was to be: `host:port` of each server and the database, never the password.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL cannot be used.
    #[error("{ak}: the database URL {why}: {mend}", ak = OpenCode::Url)]
    Url {
        /// What is wrong with it. Values that may be part of a password are not in it.
        why: String,
        /// What to do.
        mend: String,
    },
    /// The certificates that the server's is to be checked against cannot be used.
    #[error("{ak}: {from} {why}", ak = OpenCode::Authority)]
    Tls {
        /// The file, or what else they come from.
        from: String,
        /// What is wrong with them, and what to do.
        why: String,
        /// What the system or the TLS library said.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// No connection to a server could be made.
    #[error("{ak}: `{target}` cannot be reached: {why}", ak = OpenCode::Unreachable)]
    Unreachable {
        /// Where.
        target: String,
        /// What happened, and what to do.
        why: String,
        /// The driver's error.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The server's certificate does not prove that it is the server that was asked for.
    #[error("{ak}: the certificate of `{target}` is not trusted: {why}", ak = OpenCode::CertificateNotTrusted)]
    CertificateNotTrusted {
        /// Where.
        target: String,
        /// What is wrong with it, and what to do.
        why: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server has TLS turned off.
    #[error(
        "{ak}: `{target}` does not speak TLS: turn it on there (`ssl = on`); only where nobody else can reach the \
         network in between, add `sslmode=disable` to the URL",
        ak = OpenCode::TlsRefused
    )]
    TlsRefused {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Server and client agree on no way to speak TLS.
    #[error(
        "{ak}: `{target}` and this client agree on no way to speak TLS (1.2 or 1.3): {why}",
        ak = OpenCode::TlsFailed
    )]
    TlsFailed {
        /// Where.
        target: String,
        /// What the TLS library said.
        why: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server refuses the user or the password.
    #[error(
        "{ak}: `{target}` refuses the user or the password: {said}; set both right in the URL (percent-encoded)",
        ak = OpenCode::WrongPassword
    )]
    WrongPassword {
        /// Where.
        target: String,
        /// What the server said.
        said: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server lets this user not in from here, whatever the password.
    #[error("{ak}: `{target}` does not let this user in: {said}; {mend}", ak = OpenCode::NotLetIn)]
    NotLetIn {
        /// Where.
        target: String,
        /// What the server said.
        said: String,
        /// What to do.
        mend: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no such database.
    #[error(
        "{ak}: the database of `{target}` does not exist: create it (`CREATE DATABASE`), or name another in the URL",
        ak = OpenCode::DatabaseMissing
    )]
    DatabaseMissing {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server or its pooler has no connection left.
    #[error(
        "{ak}: `{target}` has no connection left: raise `max_connections` (a pooler: its limits), or give every \
         node a smaller \
         pool",
        ak = OpenCode::TooManyClients
    )]
    TooManyClients {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server is starting up or shutting down.
    #[error("{ak}: `{target}` is starting up or shutting down: start again when it is there", ak = OpenCode::NotReady)]
    NotReady {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// No server takes writes.
    #[error(
        "{ak}: `{target}` takes no writes: name the primary in the URL, or all servers and \
         `target_session_attrs=read-write`; \
         a single server may have `default_transaction_read_only` set",
        ak = OpenCode::ReadOnly
    )]
    ReadOnly {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// A pooler between here and the server takes no start-up options.
    #[error(
        "{ak}: `{target}` takes no start-up options, so it is a pooler: add `pooler=keeps-statements` to the URL \
         (PgBouncer 1.21 \
         or newer with `max_prepared_statements`), or `pooler=forgets-statements`, and no `options`",
        ak = OpenCode::OptionsRefused
    )]
    OptionsRefused {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server is older than what is supported.
    #[error(
        "{ak}: `{target}` is Postgres {found} and {needed} or newer is needed: update the server",
        ak = OpenCode::TooOld
    )]
    TooOld {
        /// Where.
        target: String,
        /// The server's version as it says itself.
        found: String,
        /// The oldest major version that will do.
        needed: u32,
    },
    /// The role may not do what has to be done.
    #[error(
        "{ak}: the role that connects to `{target}` lacks a right ({what}): grant it (`GRANT`), or let the owner \
         of the database \
         run the SQL of `migrate print`",
        ak = OpenCode::NoRights
    )]
    NoRights {
        /// Where.
        target: String,
        /// What it may not do, in our words or the server's.
        what: String,
        /// The driver's error.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Migrations have not been run.
    #[error(
        "{ak}: `{target}` lacks migrations ({}): run them by `store.migrate()` or from `migrate print`",
        .missing.join(", "),
        ak = OpenCode::NotMigrated
    )]
    NotMigrated {
        /// Where.
        target: String,
        /// The names of the missing migrations, in order.
        missing: Vec<String>,
    },
    /// A newer version of this crate has migrated the database.
    #[error(
        "{ak}: `{target}` has schema {found} and this version knows {known}: \
         update `authkit-store-postgres`, or restore the backup from before the update",
        ak = OpenCode::NewerSchema
    )]
    NewerSchema {
        /// Where.
        target: String,
        /// The version in the database.
        found: i64,
        /// The newest version that this crate knows.
        known: i64,
    },
    /// A migration that the database has gone through is not the one that this crate holds.
    #[error(
        "{ak}: migration {version} of `{target}` is not the one of this version: use the version that made the \
         database",
        ak = OpenCode::ChangedStep
    )]
    ChangedStep {
        /// Where.
        target: String,
        /// The step's version.
        version: i64,
    },
    /// The database was made for users in another table.
    #[error(
        "{ak}: `{target}` was made for {was} and is opened for {now}: \
         open it as it was made, or give AuthKit's tables another schema, which ends all sessions",
        ak = OpenCode::OtherUsers
    )]
    OtherUsers {
        /// Where.
        target: String,
        /// What it was made for.
        was: String,
        /// What it is opened for.
        now: String,
    },
    /// The database has a table of one of our names and was not made by us.
    #[error(
        "{ak}: `{target}` has a table {table} that AuthKit did not make: \
         rename it, or give AuthKit's tables a schema of their own",
        ak = OpenCode::NotOurs
    )]
    NotOurs {
        /// Where.
        target: String,
        /// The table.
        table: String,
    },
    /// The users table that was named does not fit its mapping.
    #[error(
        "{ak}: the users table in `{target}` does not fit its mapping:{}", lines(.problems),
        ak = OpenCode::UsersTable
    )]
    UsersTable {
        /// Where.
        target: String,
        /// All that keeps it from fitting.
        problems: Vec<TableProblem>,
    },
    /// The pool that was given gives no connection.
    #[error("{ak}: the pool that leads to `{target}` gives no connection: {why}", ak = OpenCode::Pool)]
    Pool {
        /// Where.
        target: String,
        /// What is wrong with it, and what to do.
        why: String,
        /// The pool's error.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Other transactions held locks, or the server was too slow.
    #[error(
        "{ak}: `{target}` broke a statement off that waited for too long: end the transaction that holds locks, \
         and start again",
        ak = OpenCode::Busy
    )]
    Busy {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no space to create or migrate the tables.
    #[error(
        "{ak}: no space is left on `{target}`: make space and start again; nothing was changed",
        ak = OpenCode::DiskFull
    )]
    DiskFull {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Anything else.
    #[error("{ak}: `{target}` cannot be used: {said}", ak = OpenCode::Other)]
    Other {
        /// Where.
        target: String,
        /// What the server or the driver said.
        said: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl OpenError {
    /// The kind of reason, with its stable text and its page in the guide.
    pub const fn code(&self) -> OpenCode {
        match self {
            Self::Url { .. } => OpenCode::Url,
            Self::Tls { .. } => OpenCode::Authority,
            Self::Unreachable { .. } => OpenCode::Unreachable,
            Self::CertificateNotTrusted { .. } => OpenCode::CertificateNotTrusted,
            Self::TlsRefused { .. } => OpenCode::TlsRefused,
            Self::TlsFailed { .. } => OpenCode::TlsFailed,
            Self::WrongPassword { .. } => OpenCode::WrongPassword,
            Self::NotLetIn { .. } => OpenCode::NotLetIn,
            Self::DatabaseMissing { .. } => OpenCode::DatabaseMissing,
            Self::TooManyClients { .. } => OpenCode::TooManyClients,
            Self::NotReady { .. } => OpenCode::NotReady,
            Self::ReadOnly { .. } => OpenCode::ReadOnly,
            Self::OptionsRefused { .. } => OpenCode::OptionsRefused,
            Self::TooOld { .. } => OpenCode::TooOld,
            Self::NoRights { .. } => OpenCode::NoRights,
            Self::NotMigrated { .. } => OpenCode::NotMigrated,
            Self::NewerSchema { .. } => OpenCode::NewerSchema,
            Self::ChangedStep { .. } => OpenCode::ChangedStep,
            Self::OtherUsers { .. } => OpenCode::OtherUsers,
            Self::NotOurs { .. } => OpenCode::NotOurs,
            Self::UsersTable { .. } => OpenCode::UsersTable,
            Self::Pool { .. } => OpenCode::Pool,
            Self::Busy { .. } => OpenCode::Busy,
            Self::DiskFull { .. } => OpenCode::DiskFull,
            Self::Other { .. } => OpenCode::Other,
        }
    }

    pub(crate) fn url(why: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Url { why: why.into(), mend: mend.into() }
    }
}

impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().explain(self, f)
    }
}
