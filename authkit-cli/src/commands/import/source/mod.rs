//! The old system's database, read and never written: one snapshot, some hundred rows at a time.

mod postgres;
mod read;
mod sqlite;

use authkit_core::DatabaseUrl;

use super::convert::Row;
use crate::codes::CliCode;
use crate::failure::Failure;
use read::ROWS;

/// What the last sign-in of a user is called in a row of users: taken out of the audit trail.
pub(super) const LAST_SIGN_IN: &str = "authkit_last_sign_in";

/// The tables of one installation: users, audit trail, sessions.
#[derive(Debug, Clone, Copy)]
struct Tables {
    users: &'static str,
    events: &'static str,
    sessions: &'static str,
}

/// Those of the library, and those that its `init` wrote.
const KNOWN: [Tables; 2] = [
    Tables { users: "authkit_users", events: "authkit_audit_logs", sessions: "authkit_refresh_tokens" },
    Tables { users: "users", events: "audit_logs", sessions: "refresh_tokens" },
];

/// What makes a table of users one of that system.
const MARKS: [&str; 7] = ["id", "email", "hashed_password", "role", "is_active", "is_verified", "created_at"];

enum Connection {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// A database with the tables of the old system in it.
pub(super) struct Source {
    connection: Connection,
    tables: Tables,
    has_events: bool,
    has_sessions: bool,
}

/// A list that is being read.
pub(super) struct Rows {
    sql: String,
    /// SQLite: the row to go on after.
    after: i64,
    /// Postgres: the cursor is open.
    begun: bool,
}

impl Source {
    /// Opens what a URL names and looks for the tables.
    pub(super) async fn open(url: &DatabaseUrl, users: Option<&str>) -> Result<Self, Failure> {
        let mut connection = match url {
            DatabaseUrl::Sqlite(path) => Connection::Sqlite(sqlite::Sqlite::open(path)?),
            DatabaseUrl::Postgres(url) => Connection::Postgres(postgres::Postgres::open(url).await?),
            DatabaseUrl::Memory => {
                return Err(Failure::new(CliCode::Usage, "--from memory: names nothing that could be read"));
            }
        };
        let mut fitting = Vec::new();
        for tables in KNOWN.into_iter().filter(|tables| users.is_none_or(|name| name == tables.users)) {
            let columns = connection.columns(tables.users).await?;
            if MARKS.iter().all(|mark| columns.iter().any(|column| column == mark)) {
                fitting.push(tables);
            }
        }
        let tables = match fitting.as_slice() {
            [tables] => *tables,
            [] => {
                let why = "it has no users table of fast-authkit: neither `authkit_users` nor `users` has its columns";
                return Err(
                    Failure::new(CliCode::NotFound, why).fix("name the database that its AUTHKIT_DATABASE_URL named")
                );
            }
            _ => {
                let why = "both `authkit_users` and `users` would do";
                return Err(
                    Failure::new(CliCode::Usage, why).fix("--users-table authkit_users, or --users-table users")
                );
            }
        };
        let has_events = !connection.columns(tables.events).await?.is_empty();
        let has_sessions = !connection.columns(tables.sessions).await?.is_empty();
        Ok(Self { connection, tables, has_events, has_sessions })
    }

    /// The roles that its users have.
    pub(super) async fn roles(&mut self) -> Result<Vec<String>, Failure> {
        self.connection.texts(&format!("SELECT DISTINCT role FROM {} ORDER BY role", self.tables.users)).await
    }

    /// How many of its sessions are open.
    pub(super) async fn open_sessions(&mut self) -> Result<u64, Failure> {
        if !self.has_sessions {
            return Ok(0);
        }
        let now = self.connection.now();
        let sql = format!(
            "SELECT CAST(count(*) AS text) FROM {} WHERE NOT is_revoked AND expires_at > {now}",
            self.tables.sessions
        );
        let counts = self.connection.texts(&sql).await?;
        Ok(counts.first().and_then(|count| count.parse().ok()).unwrap_or_default())
    }

    /// The users, those who were made first coming first.
    pub(super) fn users(&self) -> Rows {
        let Tables { users, events, .. } = self.tables;
        let last = if self.has_events {
            format!(
                "(SELECT max(e.created_at) FROM {events} AS e WHERE e.user_id = r.id \
                 AND e.action IN ('user_logged_in', 'admin_logged_in'))"
            )
        } else {
            "NULL".to_owned()
        };
        self.rows(&format!("r.*, {last} AS {LAST_SIGN_IN}"), users)
    }

    /// The events, in their order; `None`: there is no such table.
    pub(super) fn events(&self) -> Option<Rows> {
        self.has_events.then(|| self.rows("r.*", self.tables.events))
    }

    fn rows(&self, columns: &str, table: &str) -> Rows {
        Rows { sql: self.connection.list(columns, table), after: i64::MIN, begun: false }
    }

    /// The next rows; `None`: that was all.
    pub(super) async fn next(&mut self, rows: &mut Rows) -> Result<Option<Vec<Row>>, Failure> {
        let page = match &mut self.connection {
            Connection::Sqlite(connection) => connection.page(&rows.sql, &mut rows.after)?,
            Connection::Postgres(connection) => connection.page(&rows.sql, &mut rows.begun).await?,
        };
        Ok((!page.is_empty()).then_some(page))
    }
}

impl Connection {
    /// The columns of a table; none: there is no such table.
    async fn columns(&mut self, table: &str) -> Result<Vec<String>, Failure> {
        match self {
            Self::Sqlite(connection) => connection.texts(&format!("SELECT name FROM pragma_table_info('{table}')")),
            Self::Postgres(connection) => {
                let sql =
                    "SELECT attname::text FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid = ";
                connection.texts(&format!("{sql}to_regclass('{table}')")).await
            }
        }
    }

    /// The one column of a statement.
    async fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        match self {
            Self::Sqlite(connection) => connection.texts(sql),
            Self::Postgres(connection) => connection.texts(sql).await,
        }
    }

    const fn now(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "CURRENT_TIMESTAMP",
            Self::Postgres(_) => "now()",
        }
    }

    /// A statement that lists a table, oldest first.
    fn list(&self, columns: &str, table: &str) -> String {
        match self {
            // Rows are numbered in the order in which they were inserted.
            Self::Sqlite(_) => {
                format!("SELECT r.rowid, {columns} FROM {table} AS r WHERE r.rowid > ?1 ORDER BY r.rowid LIMIT {ROWS}")
            }
            Self::Postgres(_) => {
                let inner = format!("SELECT {columns} FROM {table} AS r ORDER BY r.created_at, r.id");
                format!("SELECT row_to_json(x)::text FROM ({inner}) AS x")
            }
        }
    }
}
