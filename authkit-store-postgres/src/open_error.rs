//! Why a database could not be opened, and how to mend it.

use std::error::Error;

use authkit_sql::TableProblem;

/// Why a store could not be opened: what is wrong, where, and what to do about it.
///
/// `target` is where the store was to be: `host:port` of each server and the database, never the password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL cannot be used.
    #[error("the database URL {why}: {mend}")]
    Url {
        /// What is wrong with it. Values that may be part of a password are not in it.
        why: String,
        /// What to do.
        mend: String,
    },
    /// The certificates that the server's is to be checked against cannot be used.
    #[error("{from} {why}")]
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
    #[error("`{target}` cannot be reached: {why}")]
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
    #[error("the certificate of `{target}` is not trusted: {why}")]
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
        "`{target}` does not speak TLS: turn it on there (`ssl = on`); only where nobody else can reach the network in \
         between, add `sslmode=disable` to the URL"
    )]
    TlsRefused {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Server and client agree on no way to speak TLS.
    #[error("`{target}` and this client agree on no way to speak TLS (1.2 or 1.3): {why}")]
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
    #[error("`{target}` refuses the user or the password: {said}; set both right in the URL (percent-encoded)")]
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
    #[error("`{target}` does not let this user in: {said}; {mend}")]
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
    #[error("the database of `{target}` does not exist: create it (`CREATE DATABASE`), or name another in the URL")]
    DatabaseMissing {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server or its pooler has no connection left.
    #[error(
        "`{target}` has no connection left: raise `max_connections` (a pooler: its limits), or give every node a smaller \
         pool"
    )]
    TooManyClients {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server is starting up or shutting down.
    #[error("`{target}` is starting up or shutting down: start again when it is there")]
    NotReady {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// No server takes writes.
    #[error(
        "`{target}` takes no writes: name the primary in the URL, or all servers and `target_session_attrs=read-write`; \
         a single server may have `default_transaction_read_only` set"
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
        "`{target}` takes no start-up options, so it is a pooler: add `pooler=keeps-statements` to the URL (PgBouncer 1.21 \
         or newer with `max_prepared_statements`), or `pooler=forgets-statements`, and no `options`"
    )]
    OptionsRefused {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server is older than what is supported.
    #[error("`{target}` is Postgres {found} and {needed} or newer is needed: update the server")]
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
        "the role that connects to `{target}` lacks a right ({what}): grant it (`GRANT`), or let the owner of the database \
         run the SQL of `migrate print`"
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
    #[error("`{target}` lacks migrations ({}): run them by `store.migrate()` or from `migrate print`", .missing.join(", "))]
    NotMigrated {
        /// Where.
        target: String,
        /// The names of the missing migrations, in order.
        missing: Vec<String>,
    },
    /// A newer version of this crate has migrated the database.
    #[error(
        "`{target}` has schema {found} and this version knows {known}: \
         update `authkit-store-postgres`, or restore the backup from before the update"
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
    #[error("migration {version} of `{target}` is not the one of this version: use the version that made the database")]
    ChangedStep {
        /// Where.
        target: String,
        /// The step's version.
        version: i64,
    },
    /// The database was made for users in another table.
    #[error(
        "`{target}` was made for {was} and is opened for {now}: \
         open it as it was made, or give AuthKit's tables another schema, which ends all sessions"
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
        "`{target}` has a table {table} that AuthKit did not make: \
         rename it, or give AuthKit's tables a schema of their own"
    )]
    NotOurs {
        /// Where.
        target: String,
        /// The table.
        table: String,
    },
    /// The users table that was named does not fit its mapping.
    #[error("the users table in `{target}` does not fit its mapping:{}", lines(.problems))]
    UsersTable {
        /// Where.
        target: String,
        /// All that keeps it from fitting.
        problems: Vec<TableProblem>,
    },
    /// The pool that was given gives no connection.
    #[error("the pool that leads to `{target}` gives no connection: {why}")]
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
        "`{target}` broke a statement off that waited for too long: end the transaction that holds locks, and start again"
    )]
    Busy {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no space to create or migrate the tables.
    #[error("no space is left on `{target}`: make space and start again; nothing was changed")]
    DiskFull {
        /// Where.
        target: String,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Anything else.
    #[error("`{target}` cannot be used: {said}")]
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
    pub(crate) fn url(why: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Url { why: why.into(), mend: mend.into() }
    }
}

/// One problem a line.
fn lines(problems: &[TableProblem]) -> String {
    problems.iter().fold(String::new(), |lines, problem| format!("{lines}\n- {problem}"))
}
